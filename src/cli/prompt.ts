/**
 * Passwords, as they come from a person or from another program.
 * Asks at the terminal without showing what is typed, or reads the first line of standard input.
 * Does not check or store a password (host/accounts.ts).
 * Always: a password is never taken from the command line, where others could see it.
 * Before: cli/user.ts.
 */
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { Writable } from 'node:stream';
import { Trouble } from './output.ts';

/** The first line of standard input. */
export async function passwordFromInput(): Promise<string> {
  const line = (await text(process.stdin)).split(/\r?\n/, 1)[0] ?? '';
  if (line === '') throw new Trouble('There is no password on standard input.');
  return line;
}

/** Asks twice, until both are the same. */
export async function askPassword(): Promise<string> {
  if (!process.stdin.isTTY) {
    throw new Trouble('There is no terminal to ask for the password; give it with --password-stdin.');
  }
  const once = await ask('Password: ');
  if (once === '') throw new Trouble('The password is empty.');
  if ((await ask('Once more: ')) !== once)
    throw new Trouble('The two are not the same; nothing was changed.');
  return once;
}

function ask(question: string): Promise<string> {
  // Readline echoes to its output: this one swallows it.
  const output = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output, terminal: true });
  process.stderr.write(question);
  return new Promise((resolve, reject) => {
    lines.once('line', (line) => {
      lines.removeAllListeners('close');
      lines.close();
      process.stderr.write('\n');
      resolve(line);
    });
    lines.once('SIGINT', () => lines.close());
    lines.once('close', () => {
      process.stderr.write('\n');
      reject(new Trouble('Nothing was changed.'));
    });
  });
}

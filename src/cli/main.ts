/**
 * The command line.
 * Owns the list of commands and options, and the exit status: 0 when it went well, 2 for a bad config, 1 otherwise.
 * Does not do the work: one file per command does, loaded when it is called.
 * Always: an error is told in plain words; only a bug shows a stack.
 * Before: bin/vizard.mjs. After: cli/start.ts and the other commands.
 */
import { Command } from 'commander';
import { complain, ignoreClosedPipes } from './output.ts';
import { version } from './version.ts';

/** Runs one command; resolves with the exit status. */
export async function main(argv: readonly string[]): Promise<number> {
  ignoreClosedPipes();
  let status = 0;
  const program = commands((result) => (status = result));
  program.exitOverride();
  try {
    await program.parseAsync([...argv]);
    return status;
  } catch (error) {
    return statusOf(error);
  }
}

type Finish = (status: number) => void;

function commands(finish: Finish): Command {
  const program = new Command('vizard')
    .description('XMPP group channels in which nobody’s address is shown unless the rules say so.')
    .version(version(), '-V, --version', 'show the version')
    .helpOption('-h, --help', 'show this help')
    .helpCommand(false);
  program
    .command('start')
    .description(
      'run: attached to an XMPP server if the config has a [server], else with a small one built in',
    )
    .option('-c, --config <file>', 'the config; without it, stand-alone with data in ./data')
    .action(async (options: object) => finish(await (await import('./start.ts')).start(options)));
  program
    .command('check')
    .description('try what a start would need, and say what was found')
    .option('-c, --config <file>', 'the config')
    .option('--offline', 'do not attach to the XMPP server')
    .action(async (options: object) => finish(await (await import('./check.ts')).check(options)));
  program
    .command('invite')
    .description('show a new link with which one person can make an account (stand-alone)')
    .option('-c, --config <file>', 'the config')
    .action(async (options: object) => finish((await import('./invite.ts')).invite(options)));
  program
    .command('about')
    .description('show the versions of Vizard, Node and SQLite')
    .action(async () => finish((await import('./about.ts')).about()));
  addUser(program.command('user').description('accounts (stand-alone)'), finish);
  return program;
}

function addUser(user: Command, finish: Finish): void {
  const config = ['-c, --config <file>', 'the config'] as const;
  const input = ['--password-stdin', 'read the password from standard input'] as const;
  const load = () => import('./user.ts');
  user
    .command('add <name>')
    .description('make an account')
    .option(...config)
    .option('--operator', 'one that may do in every channel what its owner may, and invite people')
    .option(...input)
    .action(async (name: string, options: object) => finish(await (await load()).add(name, options)));
  user
    .command('passwd <name>')
    .description('set the password of an account')
    .option(...config)
    .option(...input)
    .action(async (name: string, options: object) => finish(await (await load()).passwd(name, options)));
  user
    .command('remove <name>')
    .description('remove an account and all that is stored for it')
    .option(...config)
    .action(async (name: string, options: object) => finish(await (await load()).remove(name, options)));
  user
    .command('list')
    .description('show all accounts')
    .option(...config)
    .action(async (options: object) => finish(await (await load()).list(options)));
}

/** Errors whose message is meant for the operator, by their names: their classes need not be loaded for that. */
const FOR_OPERATORS = ['Trouble', 'LinkRefused', 'HostRefused', 'AccountRefused', 'NoSqlite'];

function statusOf(error: unknown): number {
  if (!(error instanceof Error)) {
    complain(String(error));
    return 1;
  }
  // Commander has said it already.
  if (error.name === 'CommanderError') return (error as { readonly exitCode?: number }).exitCode ?? 1;
  if (error.name === 'ConfigError') {
    complain('The config cannot be used:', ...error.message.split('\n').map((line) => `  ${line}`));
    return 2;
  }
  if (FOR_OPERATORS.includes(error.name)) complain(error.message);
  else complain('This is a bug in Vizard; please report it.', error.stack ?? error.message);
  return 1;
}

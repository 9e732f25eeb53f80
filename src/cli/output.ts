/**
 * What the operator reads.
 * Owns the two ways to tell something: to standard output what was asked for, to standard error what went wrong.
 * Does not log (log.ts), which is for later reading.
 * Always: whole lines, without colour; a reader that has gone away ends nothing.
 * Before: cli/main.ts. After: every command.
 */

/** One or more lines to standard output. */
export function say(...lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** One or more lines to standard error. */
export function complain(...lines: readonly string[]): void {
  process.stderr.write(`${lines.join('\n')}\n`);
}

/** `vizard start | head` must not take the service down when head has seen enough. */
export function ignoreClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}

/** Text in columns, each as wide as its widest entry. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows)
    for (const [at, text] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, text.length);
  return rows.map((row) =>
    row
      .map((text, at) => text.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** Something that the operator has to mend; the message says what and how, and no stack is shown. */
export class Trouble extends Error {
  override readonly name = 'Trouble';
}

/** Why a system call failed, in words. */
export function whyNot(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const message = error instanceof Error ? error.message : String(error);
  return WORDS[code] ?? message;
}

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist',
  EACCES: 'this user may not open it',
  EPERM: 'this user may not do that',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of its path is no folder',
  EEXIST: 'a file is where a folder should be',
  EROFS: 'its file system is read-only',
  ENOSPC: 'the disk is full',
};

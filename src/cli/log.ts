/**
 * The log: pino, as text for people or as JSON for programs.
 * Owns where lines go (standard output) and how they look.
 * Does not decide what is logged, nor hide addresses: a RealJid hides itself (jid/real-jid.ts).
 * Always: a line is written when the call returns, so none is lost when the process ends right after.
 * Before: transport/log.ts. After: cli/start.ts.
 */
import { pino } from 'pino';
import type { Config } from '../service/config.ts';
import type { Log } from '../transport/log.ts';

export interface OperatorLog extends Log {
  /** What the operator waits for; shown whatever the level. */
  announce: (fields: object, text: string) => void;
}

/** Makes a log. `write` takes whole lines. */
export async function createLog(
  { level, format }: Config['log'],
  write: (line: string) => void = (line) => void process.stdout.write(line),
): Promise<OperatorLog> {
  const show = format === 'pretty' ? await prettifier() : (line: string) => line;
  const logger = pino(
    { level, base: null, formatters: { level: (label) => ({ level: label }) } },
    { write: (line: string) => write(show(line)) },
  );
  const announcer = logger.child({}, { level: 'info' });
  return {
    debug: (fields, text) => logger.debug(fields, text),
    info: (fields, text) => logger.info(fields, text),
    warn: (fields, text) => logger.warn(fields, text),
    error: (fields, text) => logger.error(fields, text),
    announce: (fields, text) => announcer.info(fields, text),
  };
}

/** pino-pretty as a function: its stream would write later, and its transport would need a thread. */
async function prettifier(): Promise<(line: string) => string> {
  const { prettyFactory } = await import('pino-pretty');
  const hasTime = process.env['JOURNAL_STREAM'] === undefined;
  return prettyFactory({
    colorize: process.stdout.isTTY && process.env['NO_COLOR'] === undefined,
    singleLine: true,
    translateTime: 'SYS:yyyy-mm-dd HH:MM:ss',
    // journald writes its own.
    ignore: hasTime ? 'pid,hostname' : 'pid,hostname,time',
  });
}

/** For parts that must be given a log where nobody would read it. */
export const silent: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

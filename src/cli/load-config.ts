/**
 * The config as a command gets it: a file, if one is named, and the environment.
 * Reads the files; says where a problem is.
 * Does not know what a config holds (service/config.ts).
 * Always: without a file and without VIZARD_… variables, the defaults of the stand-alone mode.
 * Before: cli/main.ts. After: service/config.ts.
 */
import { readFileSync } from 'node:fs';
import { ConfigError, parseConfig, type Config } from '../service/config.ts';
import { Trouble, whyNot } from './output.ts';

/** @throws ConfigError when the file cannot be read or used. */
export function loadConfig(file: string | undefined): Config {
  return parseConfig(file === undefined ? undefined : configText(file), process.env, textOf);
}

/** The config of the stand-alone mode. @throws Trouble when the config is one of a component. */
export function loadStandAlone(file: string | undefined): Config {
  const config = loadConfig(file);
  if (config.server === undefined) return config;
  throw new Trouble(
    'This config has a [server], so accounts are kept by that XMPP server: use its own tools ' +
      '(prosodyctl adduser, ejabberdctl register).',
  );
}

function configText(file: string): string {
  try {
    return textOf(file);
  } catch (error) {
    throw new ConfigError([{ key: `--config ${file}`, text: `cannot be read: ${(error as Error).message}` }]);
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(whyNot(error), { cause: error });
  }
}

/**
 * The config's keys in the environment: VIZARD_<SECTION>__<KEY>, and VIZARD_SERVER__SECRET_FILE; the section
 * [host.limits] is spelt HOST_LIMITS there.
 * Turns such variables into the tables that the same keys would make in the file.
 * Does not judge the values (config-schema.ts), nor look at variables of another shape.
 * Always: a text becomes a number, a list or a truth value only where the key takes no text.
 * Before: service/config-schema.ts. After: service/config.ts.
 */
import { SECTIONS } from './config-schema.ts';
import { keyName, unknownKey, type Problem } from './config-error.ts';

export type Environment = Readonly<Record<string, string | undefined>>;
/** The text of a file. Throws an Error whose message says why it cannot be had. */
export type ReadFile = (path: string) => string;

/** Sections with their keys, as a TOML parser would give them. */
export type Tables = Record<string, Record<string, unknown>>;

type Section = keyof typeof SECTIONS;

const VARIABLE = /^VIZARD_([A-Z]+(?:_[A-Z]+)?)__([A-Z\d_]+)$/;
const SECRETS = ['server.secret'];

/** What the environment sets. What cannot be used is added to `problems`. */
export function environmentOf(env: Environment, readFile: ReadFile, problems: Problem[]): Tables {
  const found: Tables = {};
  for (const [variable, text] of Object.entries(env)) {
    const [, word = '', key = ''] = VARIABLE.exec(variable)?.map((part) => part.toLowerCase()) ?? [];
    if (word === '' || text === undefined) continue;
    const section = word.replace('_', '.');
    const plain = key.replace(/_file$/, '');
    const isFile = SECRETS.includes(`${section}.${plain}`) && plain !== key;
    const name = isFile ? plain : key;
    if (!isSection(section) || !(name in SECTIONS[section].shape)) {
      problems.push({
        ...unknownKey(isSection(section) ? section : undefined, isSection(section) ? key : section, SECTIONS),
        key: variable,
      });
      continue;
    }
    const values = (found[section] ??= {});
    if (name in values) problems.push({ key: keyName(section, name), text: twice(section, name) });
    else if (isFile) values[name] = secretIn(text, variable, readFile, problems);
    else values[name] = valueOf(section, name, text);
  }
  return found;
}

function twice(section: string, key: string): string {
  const variable = `VIZARD_${section}__${key}`.toUpperCase();
  return `${variable} and ${variable}_FILE are both set; take one of them away`;
}

function secretIn(path: string, variable: string, readFile: ReadFile, problems: Problem[]): string {
  try {
    // Editors end a file with a new line, which is no part of a secret.
    return readFile(path).replace(/\r?\n$/, '');
  } catch (error) {
    const why = error instanceof Error ? error.message : 'unknown error';
    problems.push({ key: variable, text: `cannot be read: ${why}` });
    return 'unread';
  }
}

function isSection(name: string): name is Section {
  return Object.hasOwn(SECTIONS, name);
}

/** The first reading of the text that the key takes; where it takes none, one that says best what is wrong. */
function valueOf(section: Section, key: string, text: string): unknown {
  const schema = (SECTIONS[section].shape as Readonly<Record<string, Readable>>)[key];
  const takes = (value: unknown) => schema?.safeParse(value).success === true;
  const reading = [text, ...number(text), ...truth(text), list(text)].find(takes);
  return reading ?? (takes([]) ? list(text) : text);
}

interface Readable {
  safeParse(value: unknown): { readonly success: boolean };
}

function number(text: string): number[] {
  return /^[+-]?\d+$/.test(text.trim()) ? [Number(text)] : [];
}

function truth(text: string): boolean[] {
  return text === 'true' || text === 'false' ? [text === 'true'] : [];
}

function list(text: string): string[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

/**
 * What is wrong with a config, for the person who wrote it.
 * Owns ConfigError, and the way from the schema's findings to sentences.
 * Does not decide what is wrong (config-schema.ts).
 * Always: each problem names its key as it is written in the file, `[section] key`, and repeats no value.
 * Before: service/config-schema.ts. After: service/config.ts.
 */
import type { z } from 'zod';

export interface Problem {
  /** `[section] key`, or a place in the file. */
  readonly key: string;
  readonly text: string;
}

/** The config cannot be used. The message has one line for each problem: `[server] port: must be …`. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(({ key, text }) => `${key}: ${text}`).join('\n'));
    this.problems = problems;
  }
}

type Shapes = Readonly<Record<string, { readonly shape: object }>>;

/** The findings of the schema as sentences. `sections` is for guesses at what was meant. */
export function problemsOf(issues: readonly z.core.$ZodIssue[], sections: Shapes): Problem[] {
  return issues.flatMap((issue) => {
    const [section, key, place] = issue.path;
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((unknown) => unknownKey(section as string | undefined, unknown, sections));
    }
    const which = typeof place === 'number' ? `entry ${place + 1} ` : '';
    const name = key === undefined ? `[${String(section)}]` : keyName(String(section), String(key));
    return [{ key: name, text: `${which}${issue.message}` }];
  });
}

/** A key as messages and the documentation name it. */
export function keyName(section: string, key: string): string {
  return `[${section}] ${key}`;
}

/** What is said of a key that is not there. */
export function unknownKey(section: string | undefined, unknown: string, sections: Shapes): Problem {
  const known = section === undefined ? Object.keys(sections) : Object.keys(sections[section]?.shape ?? {});
  const guess = known.find((name) => distance(name, unknown.toLowerCase()) <= 2);
  const hint =
    guess === undefined ? '' : `; is ${section === undefined ? `[${guess}]` : `"${guess}"`} meant?`;
  return section === undefined
    ? { key: `[${unknown}]`, text: `is no section of the config${hint}` }
    : { key: keyName(section, unknown), text: `is no key of the config${hint}` };
}

/** How many letters have to be put in, taken out or changed (Levenshtein). */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (const [at, letter] of Array.from(one).entries()) {
    const next = [at + 1];
    for (const [column, against] of Array.from(other).entries()) {
      const changed = (row[column] ?? 0) + (letter === against ? 0 : 1);
      next.push(Math.min(changed, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

/**
 * Texts with holes: what transcripts say of values that differ from run to run.
 * Fills `${name}` in, and matches `{any}` and `{any:name}`, which keeps what it stood for.
 * Does not know where the values come from (runner.ts).
 * Always: what is filled in is taken as it stands; a name that nobody has given is an error of the transcript.
 * Before: testing/stage.ts. After: testing/match.ts.
 */

/** The values by their names, such as `coven`, `Hag's id`. */
export type Variables = ReadonlyMap<string, string>;

/** A transcript uses a name that has no value. */
export class UnknownVariable extends Error {
  override readonly name = 'UnknownVariable';
}

/** The text with its variables filled in. @throws UnknownVariable */
export function fill(template: string, variables: Variables): string {
  return template.replace(/\$\{([^}]+)\}/g, (_, name: string) => {
    const value = variables.get(name.trim());
    if (value === undefined) throw new UnknownVariable(`there is no value for \${${name}}`);
    return value;
  });
}

/** The values that the text's `{any:name}` stand for; undefined where it does not match. @throws UnknownVariable */
export function matchText(
  template: string,
  text: string,
  variables: Variables,
): ReadonlyMap<string, string> | undefined {
  const names: string[] = [];
  const parts = template.split(/(\{any(?::[^}]+)?\})/).map((part) => {
    const hole = /^\{any(?::([^}]+))?\}$/.exec(part);
    if (hole === null) return escaped(fill(part, variables));
    if (hole[1] === undefined) return '.*?';
    names.push(hole[1].trim());
    return '(.*?)';
  });
  const found = new RegExp(`^${parts.join('')}$`, 's').exec(text);
  return found === null ? undefined : new Map(names.map((name, at) => [name, found[at + 1] ?? '']));
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

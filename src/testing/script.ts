/**
 * Transcripts (`.scs`), after Prosody's scansion: a play of one use case, which can be read beside the document.
 * Reads a transcript into its cast, its channels and its steps, each with its line; what the steps do: runner.ts.
 * Does not play anything, nor know XML beyond cutting it into elements.
 * Always: a line that is not understood is an error with its number.
 * Before: testing/template.ts. After: testing/runner.ts.
 */
import { parseFragment } from '../xml/document.ts';
import type { XmlElement } from '../xml/element.ts';

/*
 * How a transcript is written. The head:
 *     [Client] Hecate            one client; `jid: hecate@a.example/pot` below it. The stage adds a secret to each part,
 *                                so a transcript says ${Hecate's jid}, never the address itself
 *     [Channel] coven            made by its `owner:` (a client; by default somebody else), with any option of XEP-0406
 *     [Domain] a.example         `software: silent` or what its server says that it is
 *     [Only] memory: because     not played on other stages
 *     ---
 * Steps ("X" is a client, "C" a channel); XML stands below, indented; `{any}`, `{any:name}`, `${name}` in it:
 *     X joins C as "nick" [with Field: value, …] [subscribing to node, …]     must succeed; gives ${X's id}, ${X's address}
 *     X joins C: / X leaves C      a join of one's own by way of X's server; look at the answer with the next two
 *     X enters C as "nick"         as an occupant of a room (XEP-0045), without history; gives ${X's id} where it may
 *     X exits C
 *     X is answered[:]             a result came to the last request, with this payload
 *     X is refused: condition[, application condition]
 *     X posts to C: "text"         X writes to ADDRESS: "text"
 *     X sends:
 *     X receives:                  these stanzas in this order, others may come between, since somebody last did something
 *     X receives nothing           beyond what steps were about, since then
 *     X never receives: text       neither before nor after
 *     X disconnects                X reconnects
 * In a simulated world only:
 *     2 minutes pass     the service restarts     the link drops     the link is slow (or fast)
 *     X vanishes         X's server bounces       X's card:
 */

export interface Step {
  /** In the file, from 1. */
  readonly line: number;
  readonly text: string;
  readonly xml: readonly XmlElement[];
}

export interface Entry {
  readonly line: number;
  readonly name: string;
  readonly options: readonly (readonly [string, string])[];
}

export interface Script {
  readonly file: string;
  readonly clients: readonly Entry[];
  readonly channels: readonly Entry[];
  readonly domains: readonly Entry[];
  /** The one stage on which it can be played, and why. */
  readonly only: { readonly stage: string; readonly because: string } | undefined;
  readonly steps: readonly Step[];
  /** The rows of the conformance map that its comments name. */
  readonly rows: readonly string[];
}

/** Something in a transcript that cannot be read, or that did not happen. */
export class ScriptError extends Error {
  override readonly name = 'ScriptError';

  constructor(file: string, line: number, text: string, cause?: unknown) {
    super(`${file}:${line}: ${text}`, cause === undefined ? undefined : { cause });
  }
}

interface Block {
  readonly line: number;
  readonly text: string;
  readonly below: readonly string[];
}

/** Reads a transcript. @throws ScriptError */
export function parseScript(file: string, source: string): Script {
  const lines = source.split('\n');
  const cut = lines.findIndex((line) => line.trim() === '---');
  if (cut < 0) throw new ScriptError(file, 1, 'has no line --- between its head and its steps');
  const head = blocksOf(file, lines.slice(0, cut), 1).map((block) => parseEntry(file, block));
  const only = head.find(({ kind }) => kind === 'Only');
  return {
    file,
    clients: head.filter(({ kind }) => kind === 'Client'),
    channels: head.filter(({ kind }) => kind === 'Channel'),
    domains: head.filter(({ kind }) => kind === 'Domain'),
    only: only && onlyOn(file, only),
    steps: blocksOf(file, lines.slice(cut + 1), cut + 2).map((block) => parseStep(file, block)),
    rows: [
      ...new Set(
        lines.filter((line) => /^\s*#/.test(line)).flatMap((line) => line.match(/\b[A-Z]+-\d+\b/g) ?? []),
      ),
    ],
  };
}

/** A line that is not indented, and what stands indented below it. */
function blocksOf(file: string, lines: readonly string[], first: number): Block[] {
  const blocks: { line: number; text: string; below: string[] }[] = [];
  for (const [at, line] of lines.entries()) {
    const isComment = /^\s*#/.test(line);
    if (/^\s/.test(line) || line === '') {
      const block = blocks.at(-1);
      if (block === undefined && line.trim() !== '' && !isComment)
        throw new ScriptError(file, first + at, 'is indented, but stands below nothing');
      // Kept empty, so that the lines of the XML are those of the file.
      block?.below.push(isComment ? '' : line);
    } else if (isComment) blocks.at(-1)?.below.push('');
    else blocks.push({ line: first + at, text: line.trim(), below: [] });
  }
  return blocks;
}

const KINDS = ['Client', 'Channel', 'Domain', 'Only'];

function parseEntry(file: string, { line, text, below }: Block): Entry & { readonly kind: string } {
  const [, kind = '', rest = ''] = /^\[(\w+)\]\s*(.*)$/.exec(text) ?? [];
  if (!KINDS.includes(kind) || rest === '')
    throw new ScriptError(file, line, `is not a line of a head: ${text}`);
  // Options may stand behind the name, after two spaces or more.
  const [name = '', ...beside] = rest.split(/\s{2,}|\t/);
  const options = [...beside, ...below]
    .filter((each) => each.trim() !== '')
    .map((each): [string, string] => {
      const [, key, value] = /^\s*([^:]+?)\s*:\s*(.*?)\s*$/.exec(each) ?? [];
      if (key === undefined || value === undefined)
        throw new ScriptError(file, line, `is no option: ${each.trim()}`);
      return [key, value];
    });
  return { kind, line, name, options };
}

function onlyOn(file: string, { line, name }: Entry): Script['only'] {
  const [, stage, because] = /^(\w+):\s*(.+)$/.exec(name) ?? [];
  if (stage === undefined || because === undefined)
    throw new ScriptError(file, line, 'says on which stage, but not why');
  return { stage, because };
}

function parseStep(file: string, { line, text, below }: Block): Step {
  try {
    return { line, text, xml: parseFragment(below.join('\n')) };
  } catch (error) {
    throw new ScriptError(file, line, `has XML below it that cannot be read: ${String(error)}`, error);
  }
}

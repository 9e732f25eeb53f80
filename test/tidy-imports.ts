/**
 * The import rule: one direction, no cycles, no Node in what runs in browsers, and one door for addresses.
 * Owns the table of what each part of src/ may see, and the short list of those who may take an address in clear.
 * Does not judge how code is written (tidy-text.ts).
 * Always: a helper in a XEP's folder counts as belonging to the lowest side that its own imports allow, so the
 * wire side stays fit for browsers however it is cut into files.
 * Before: test/tidy-tree.ts. After: test/tidy-text.ts.
 */
import { importsOf, isShipped, isWeb, type Import, type Rule, type SourceFile } from './tidy-tree.ts';

const LOWEST = ['words', 'jid', 'xml'];
const WIRE = [...LOWEST, 'stanza', 'wire'];
const FACTS = 'store interface';

/** What each part may import besides itself. */
const MAY_SEE: Readonly<Record<string, readonly string[]>> = {
  words: ['jid', 'xml'],
  jid: ['xml', 'words'],
  xml: [],
  stanza: LOWEST,
  wire: WIRE,
  [FACTS]: ['words', 'jid'],
  channel: ['words', 'jid', FACTS],
  storage: ['words', 'jid', FACTS],
  extension: ['words', 'jid', 'xml', 'channel', FACTS],
  'xep service': [...WIRE, 'channel', 'extension', FACTS],
  'xep client': [...WIRE, 'client'],
  transport: WIRE,
  service: [...WIRE, 'channel', 'extension', 'xep service', FACTS, 'transport'],
  host: [...WIRE, 'transport'],
  client: [...WIRE, 'xep client'],
  index: [...WIRE, 'xep client', 'client'],
  node: [...WIRE, 'xep client', 'client', 'index'],
  web: [...WIRE, 'xep client', 'client', 'index'],
  cli: [...WIRE, 'client', 'service', 'host', 'storage', FACTS, 'transport', 'index', 'node'],
  testing: [
    ...WIRE,
    'client',
    'service',
    'host',
    'storage',
    FACTS,
    'transport',
    'channel',
    'extension',
    'xep service',
    'index',
    'node',
  ],
};

/** Single imports beyond the table, each with its reason. */
const EXCEPTIONS: readonly { readonly from: RegExp; readonly to: RegExp; readonly because: string }[] = [
  {
    from: /^src\/transport\//,
    to: /^src\/xep\/0114-component\/handshake\.ts$/,
    because: 'the handshake hashes with node:crypto, so it is no wire, and only the component stream uses it',
  },
  {
    from: /^src\/host\//,
    to: /^src\/storage\/sqlite\/connection\.ts$/,
    because: 'one place knows how SQLite is opened on every Node',
  },
  {
    from: /^src\/service\/config(-schema)?\.ts$/,
    to: /^src\/host\/limits\.ts$/,
    because: 'one schema has every key of the config, those of the embedded server among them',
  },
];

/** Where no `node:` module may be, since it runs in browsers or is pure. */
const WITHOUT_NODE = [
  'words',
  'xml',
  'jid',
  'stanza',
  'channel',
  'client',
  'index',
  'wire',
  'xep client',
  'extension',
  FACTS,
];

/** Who may take an address in clear out of jid/real-jid.ts. */
const DOOR = 'src/jid/real-jid.ts';
const DOORKEEPERS: Readonly<Record<string, readonly RegExp[]>> = {
  reveal: [/^src\/channel\/visibility\.ts$/, /^src\/storage\//],
  envelope: [/^src\/service\/wire-text\.ts$/],
  revealDomain: [/^src\/service\/domains\.ts$/],
};

/** The part of src/ that a file belongs to, as far as its name says; 'helper' for the other files of a XEP. */
function partByName(path: string): string | undefined {
  if (path === 'src/mix.ts' || path === 'src/refusal.ts') return 'words';
  if (path === 'src/index.ts') return 'index';
  if (path.startsWith('web/')) return 'web';
  if (path === 'src/xep/extension.ts') return 'extension';
  if (path === 'src/storage/facts.ts' || path === 'src/storage/store.ts') return FACTS;
  const xep = /^src\/xep\/[^/]+\/(.+)\.ts$/.exec(path)?.[1];
  if (xep !== undefined)
    return { wire: 'wire', service: 'xep service', client: 'xep client' }[xep] ?? 'helper';
  const folder = /^src\/([^/]+)\//.exec(path)?.[1];
  return folder !== undefined && Object.hasOwn(MAY_SEE, folder) ? folder : undefined;
}

/** The imports of every shipped file, and the part of src/ that each file belongs to. */
class Sources {
  readonly imports: ReadonlyMap<string, readonly Import[]>;
  readonly #parts = new Map<string, string>();

  constructor(files: readonly SourceFile[]) {
    const judged = files.filter((file) => isShipped(file) || isWeb(file));
    this.imports = new Map(judged.map((file) => [file.path, importsOf(file)]));
  }

  part(path: string): string | undefined {
    const byName = partByName(path);
    if (byName !== 'helper') return byName;
    const known = this.#parts.get(path);
    if (known !== undefined) return known;
    // While it is being found out: two helpers that import each other do not keep one another from being wires.
    this.#parts.set(path, 'wire');
    const part = ['wire', 'xep client'].find((side) => this.#fits(path, side)) ?? 'xep service';
    this.#parts.set(path, part);
    return part;
  }

  #fits(path: string, side: string): boolean {
    return (this.imports.get(path) ?? []).every(({ specifier, target }) => {
      if (target === undefined) return !specifier.startsWith('node:');
      const part = this.part(target);
      return part === side || MAY_SEE[side]?.includes(part ?? '') === true;
    });
  }
}

export const importDirection: Rule = (files) => {
  const sources = new Sources(files);
  const complaints: string[] = [];
  for (const [path, imports] of sources.imports) {
    const part = sources.part(path);
    if (part === undefined) {
      complaints.push(
        `${path}:1: is in no part of src/ that ARCHITECTURE.md knows; move it, or add the part to the table`,
      );
      continue;
    }
    for (const { line, target, isTypeOnly } of imports) {
      if (target === undefined) continue;
      const seen = sources.part(target);
      const isException = EXCEPTIONS.some(({ from, to }) => from.test(path) && to.test(target));
      const isAllowed = seen === part || MAY_SEE[part]?.includes(seen ?? '') === true || isException;
      if (!isAllowed) {
        const may = [part, ...(MAY_SEE[part] ?? [])].join(', ');
        complaints.push(
          `${path}:${line}: ${part} imports ${target} (${seen ?? 'no part of src/'}); it may see ${may}`,
        );
      } else if (part === 'xep client' && seen === 'client' && !isTypeOnly) {
        complaints.push(`${path}:${line}: a XEP's client side may import types only from ${target}`);
      }
    }
  }
  return complaints;
};

/** Files that need one another to be loaded. Types alone may refer to one another. */
export const noCycles: Rule = (files) => {
  const { imports } = new Sources(files);
  const complaints: string[] = [];
  const done = new Set<string>();
  const walk = (path: string, above: readonly string[]): void => {
    const at = above.indexOf(path);
    if (at >= 0)
      complaints.push(`${path}:1: imports itself by way of ${[...above.slice(at + 1), path].join(' -> ')}`);
    if (at >= 0 || done.has(path)) return;
    for (const { target, isTypeOnly } of imports.get(path) ?? [])
      if (target !== undefined && !isTypeOnly) walk(target, [...above, path]);
    done.add(path);
  };
  for (const path of imports.keys()) walk(path, []);
  return complaints;
};

export const noNode: Rule = (files) => {
  const sources = new Sources(files);
  return [...sources.imports].flatMap(([path, imports]) =>
    imports
      .filter(
        ({ specifier }) => specifier.startsWith('node:') && WITHOUT_NODE.includes(sources.part(path) ?? ''),
      )
      .map(
        ({ line, specifier }) => `${path}:${line}: imports ${specifier}, but has to run in a browser as well`,
      ),
  );
};

/** `reveal` and its two relatives are taken by their keepers only, and by name, so that the list can be read. */
export const oneDoor: Rule = (files) => {
  const complaints: string[] = [];
  for (const file of files.filter(isShipped)) {
    if (file.path === DOOR) continue;
    for (const { line, target, names } of importsOf(file)) {
      if (target !== DOOR) continue;
      if (names === 'everything')
        complaints.push(`${file.path}:${line}: takes all of ${DOOR}; name what is needed`);
      else
        for (const name of names)
          if (DOORKEEPERS[name]?.every((keeper) => !keeper.test(file.path)) === true)
            complaints.push(
              `${file.path}:${line}: takes ${name}; ask channel/visibility.ts what may be shown`,
            );
    }
    const inside = /\bRealJid\s*\.\s*(revealed|enveloped|domain)\b/.exec(file.text);
    if (inside !== null) complaints.push(`${file.path}:1: uses ${inside[0]}, which is for ${DOOR} alone`);
  }
  return complaints;
};

/** What is shipped stands on what is installed with it. */
export function onlyDependencies(dependencies: readonly string[], testBodies: readonly RegExp[]): Rule {
  return (files) =>
    files.filter(isShipped).flatMap((file) => {
      if (testBodies.some((body) => body.test(file.path))) return [];
      const foreign = importsOf(file).filter(({ specifier, target }) => {
        if (target !== undefined || specifier.startsWith('node:')) return false;
        const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
        return !dependencies.includes(name);
      });
      return foreign.map(
        ({ line, specifier }) => `${file.path}:${line}: imports ${specifier}, which is no dependency`,
      );
    });
}

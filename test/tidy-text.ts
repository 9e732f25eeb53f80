/**
 * How code is written: headers, sizes, banned calls, leftovers.
 * Owns the rules of STYLE.md that concern one file at a time, and the lists of exceptions with their reasons.
 * Does not know who may import whom (tidy-imports.ts).
 * Always: a complaint says what to do instead.
 * Before: test/tidy-imports.ts. After: test/tidy.test.ts.
 */
import { functionsOf, isCode, isShipped, isWeb, usesOf, type Rule, type SourceFile } from './tidy-tree.ts';

const LINES_MAX = 400;
const FUNCTION_LINES_MAX = 70;
const HEADER_LINES_MAX = 12;

/** Files that may be longer, each with its reason. */
const LONGER: Readonly<Record<string, string>> = {};
/** Functions that may be longer: those of these files, which are lists of tests. */
const LISTS_OF_TESTS = [/\.test\.ts$/, /^src\/storage\/contract/];

/** The header of a file, without its frame; undefined where there is none. */
function headerOf({ text }: SourceFile): string[] | undefined {
  const frame = /^\/\*\*\n((?: \*.*\n)*?) \*\/\n/.exec(text);
  return frame?.[1]
    ?.trimEnd()
    .split('\n')
    .map((line) => line.slice(3));
}

function hasHeader(file: SourceFile): boolean {
  return isShipped(file) || isWeb(file);
}

/** The five items of DESIGN: what it is about, what it does, what it does not do, what always holds, what to read next. */
export const header: Rule = (files) =>
  files.filter(hasHeader).flatMap((file) => {
    const lines = headerOf(file);
    if (lines === undefined) return [`${file.path}:1: has no header of five items; see STYLE.md`];
    const items: readonly (readonly [RegExp, string])[] = [
      [/^Does no(t|thing)\b/, 'what it does not do ("Does not …")'],
      [/^Always: \S/, 'what always holds ("Always: …")'],
      [/^(Before|After): \S/, 'what to read before and after it ("Before: … After: …")'],
    ];
    const missing = items.filter(([form]) => !lines.some((line) => form.test(line))).map(([, what]) => what);
    const first = lines.findIndex((line) => /^Does no/.test(line));
    if (first >= 0 && first < 2) missing.push('its notion, and one line on what it does, before that');
    if (lines.length > HEADER_LINES_MAX) missing.push(`at most ${HEADER_LINES_MAX} lines`);
    return missing.map((what) => `${file.path}:1: the header lacks ${what}`);
  });

/** The files that a header sends its reader to are there. */
export const headerPointsSomewhere: Rule = (files) => {
  const paths = files.map(({ path }) => path);
  const exists = (name: string): boolean =>
    paths.some(
      (path) => path === name || path.endsWith(`/${name}`) || path.includes(`/${name.replace(/\/$/, '')}/`),
    );
  return files.filter(hasHeader).flatMap((file) => {
    const next = (headerOf(file) ?? []).join(' ').match(/(?:Before|After): .*/)?.[0] ?? '';
    const names = next.match(/[\w/.-]+(?:\.m?[tj]sx?|\.css|\/)(?=[\s,.;)]|$)/g) ?? [];
    return names
      .filter((name) => !exists(name))
      .map((name) => `${file.path}:1: the header sends the reader to ${name}, which is not there`);
  });
};

export const sizes: Rule = (files) =>
  files.filter(isCode).flatMap((file) => {
    const lines = file.text.split('\n').length - 1;
    if (lines <= LINES_MAX || Object.hasOwn(LONGER, file.path)) return [];
    return [
      `${file.path}:1: has ${lines} lines, and ${LINES_MAX} are the limit; part it by what its parts know`,
    ];
  });

export const functionSizes: Rule = (files) =>
  files
    .filter((file) => isCode(file) && !LISTS_OF_TESTS.some((list) => list.test(file.path)))
    .flatMap((file) =>
      functionsOf(file)
        .filter(({ lines }) => lines > FUNCTION_LINES_MAX)
        .map(
          ({ line, lines }) =>
            `${file.path}:${line}: a function of ${lines} lines; ${FUNCTION_LINES_MAX} fit a screen`,
        ),
    );

interface Ban {
  readonly name: RegExp;
  readonly instead: string;
  /** Who may nevertheless, and why. */
  readonly but: readonly (readonly [RegExp, string])[];
}

const SYSTEM_CLOCK = [/^src\/cli\//, 'hands the real clock and chance to the service'] as const;
const HOST = [/^src\/host\//, 'the host stands for a real server: it runs on real time'] as const;
const LINKS = [
  /^src\/transport\//,
  'sockets time out in real time, and a link in memory comes later as a socket does',
] as const;
const CLIENT = [
  /^src\/(client|node|xep\/[^/]+\/client\b)/,
  'runs where the user is, on the real clock',
] as const;
const STAGES = [/^src\/testing\//, 'waits for real sockets'] as const;

/** Calls that hide a dependency which is handed in everywhere else. */
const BANS: readonly Ban[] = [
  {
    name: /^(Date\.now|performance\.now|new Date)$/,
    instead: 'ask the Clock that you are given, so that tests and the simulation decide what time it is',
    but: [SYSTEM_CLOCK, HOST, CLIENT, STAGES],
  },
  {
    name: /^Math\.random$/,
    instead: 'ask the Random that you are given: this one can be guessed',
    but: [],
  },
  {
    name: /^((global|globalThis)\.)?crypto\.\w+$|^random(Bytes|UUID)$/,
    instead: 'ask the Random that you are given',
    but: [
      SYSTEM_CLOCK,
      HOST,
      CLIENT,
      [/^src\/jid\/keyed-hash\.ts$/, 'one key for each run of the program, which no test may know'],
    ],
  },
  {
    name: /^(setTimeout|setInterval)$/,
    instead: 'use Clock.after',
    but: [SYSTEM_CLOCK, HOST, CLIENT, LINKS, STAGES],
  },
  {
    name: /^(setImmediate|queueMicrotask|process\.nextTick)$/,
    instead: 'return, and let the caller order the work',
    but: [
      LINKS,
      HOST,
      STAGES,
      CLIENT,
      [/^src\/service\/(committer|outbox)\.ts$/, 'groups what one turn of the event loop brought'],
      [/^src\/storage\//, 'a store answers later even where its driver answers at once'],
    ],
  },
  {
    name: /^console\.\w+$/,
    instead: 'use the Log that you are given; it hides addresses',
    but: [[/^src\/cli\//, 'what a command prints is its answer']],
  },
  {
    name: /^process\.\w+$/,
    instead: 'let cli/ read the environment and hand it in',
    but: [
      [/^src\/cli\//, 'the one place that meets the operating system'],
      [/^src\/testing\/child\.ts$/, 'starts another Node like this one'],
    ],
  },
];

export const bannedCalls: Rule = (files) =>
  files
    .filter(isShipped)
    .flatMap((file) =>
      usesOf(file).flatMap(({ line, name }) =>
        BANS.filter((ban) => ban.name.test(name) && !ban.but.some(([path]) => path.test(file.path))).map(
          ({ instead }) => `${file.path}:${line}: ${name}: ${instead}`,
        ),
      ),
    );

/** Spelt so that this file does not find itself. */
const LEFTOVERS: readonly (readonly [RegExp, string])[] = [
  [/\bTO[D]O\b(?!\(#\d+\))/, 'a to-do without an issue; write it as TO' + 'DO(#123)'],
  [/\bFIX[M]E\b|\bXX[X]\b/, 'mend it, or open an issue and name it'],
  [/(^|[\s'"`(=])\/(work|home|root|Users)\/[\w.]/, 'a path of somebody’s machine'],
  [/\.(only)\(/, 'a test that keeps the others from running'],
];

export const leftovers: Rule = (files) =>
  files.flatMap(({ path, text }) =>
    text
      .split('\n')
      .flatMap((line, at) =>
        LEFTOVERS.filter(([form]) => form.test(line)).map(([, what]) => `${path}:${at + 1}: ${what}`),
      ),
  );

/** Every folder of a XEP has its wire, and every wire its namespace. */
export const wholeXeps: Rule = (files) => {
  const paths = files.map(({ path }) => path);
  const folders = new Set(paths.flatMap((path) => /^src\/xep\/[^/]+(?=\/)/.exec(path)?.[0] ?? []));
  const complaints: string[] = [];
  for (const folder of folders) {
    if (!/\/\d{4}-[a-z]+$/.test(folder)) complaints.push(`${folder}:1: is not called NNNN-name`);
    const wire = files.find(({ path }) => path === `${folder}/wire.ts`);
    if (wire === undefined) complaints.push(`${folder}:1: has no wire.ts`);
    else if (!/\bNS(_\w+)?\b/.test(wire.text)) complaints.push(`${wire.path}:1: names no namespace NS`);
  }
  return complaints;
};

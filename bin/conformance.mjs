/**
 * `npm run conformance`: which requirement is shown by which test.
 * Looks for the ids of docs/conformance-rows.txt in the names and data of tests, in the comments of transcripts and in
 * the programs of the interoperability tests, and writes docs/conformance.md.
 * Does not run a test, nor judge whether it shows what it names.
 * Always: the same sources give the same bytes; after a merge it is run again, and test/conformance-map.test.ts says
 * so where that was forgotten.
 * Before: docs/conformance-rows.txt. After: docs/conformance.md.
 */
import { readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
export const PAGE = join(ROOT, 'docs', 'conformance.md');
/** What the families are about, in the order of the list. */
const FAMILIES = {
  ANON: 'hidden addresses, preferences, private messages (XEP-0404)',
  CORE: 'channels, participants, nicks, messages (XEP-0369)',
  PRES: 'presence and requests between clients (XEP-0403)',
  ADM: 'roles, configuration, lists of people (XEP-0406)',
  MISC: 'retraction, invitations, avatars, registered nicks (XEP-0407)',
  MUC: 'the mirror for MUC clients (XEP-0408)',
  PUBSUB: 'nodes and items (XEP-0060)',
  MAM: 'history (XEP-0313)',
  GEN: 'stanzas, errors, limits, crashes',
  LEAK: 'ways in which an address could be given away',
  EXT: 'other extensions in a channel',
  PAM: 'the server of the participant (XEP-0405)',
  CLI: 'the client',
};
const ID = new RegExp(`\\b(?:${Object.keys(FAMILIES).join('|')})-\\d+\\b`, 'g');
/** Tests of the generator and of tidiness name ids that they do not show. */
const NOT_TESTS = /^test\/(?:tidy|conformance-map)/;

/** The whole page. */
export function page() {
  const rows = readFileSync(join(ROOT, 'docs', 'conformance-rows.txt'), 'utf8')
    .split('\n')
    .filter(Boolean);
  const tests = new Map(rows.map((row) => [row, new Set()]));
  for (const path of sources())
    for (const id of idsIn(path, readFileSync(join(ROOT, path), 'utf8'))) tests.get(id)?.add(path);
  const isTested = (row) => tests.get(row).size > 0;
  const families = Object.entries(FAMILIES).map(([family, about]) => {
    const own = rows.filter((row) => row.startsWith(`${family}-`));
    return { family, about, own, tested: own.filter(isTested).length };
  });
  return [
    '# Conformance',
    'Requirements are numbered; here stands which test names each of them. A row without a test is open. This page is',
    'made by `npm run conformance` from the ids in `docs/conformance-rows.txt`; after every merge it is made anew.',
    '',
    `${rows.filter(isTested).length} of ${rows.length} rows are named by a test.`,
    ...families.flatMap(({ family, about, own, tested }) => [
      '',
      `## ${family}: ${tested} of ${own.length}`,
      '',
      `${about[0].toUpperCase()}${about.slice(1)}.`,
      '',
      ...own.map((row) => `- ${row}: ${told([...tests.get(row)])}`),
    ]),
    '',
  ]
    .join('\n')
    .replace('# Conformance\n', '# Conformance\n\n');
}

function told(paths) {
  return paths.length === 0 ? '**open**' : paths.map((path) => `\`${path}\``).join(', ');
}

/** Where tests are, in an order that does not depend on the machine. */
function sources() {
  return ['src', 'test']
    .flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true }).map((path) =>
        join(folder, path).replaceAll('\\', '/'),
      ),
    )
    .filter((path) =>
      /\.(?:test\.ts|scs)$|^test\/.*\.(?:ts|mjs|py)$|^src\/storage\/contract.*\.ts$/.test(path),
    )
    .filter((path) => !NOT_TESTS.test(path))
    .sort((one, other) => (one < other ? -1 : 1));
}

function idsIn(path, text) {
  const ids = text.match(ID) ?? [];
  if (ids.length === 0 || !path.endsWith('.ts')) return ids;
  return literals(path, text).flatMap((literal) => literal.match(ID) ?? []);
}

/** The texts in a program: names of tests, and the data that they are made of; comments are not among them. */
function literals(path, text) {
  const found = [];
  const visit = (node) => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node)) found.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, false, ts.ScriptKind.TS));
  return found;
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url))
  writeFileSync(PAGE, page());

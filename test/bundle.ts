/**
 * The client library as a browser gets it: bundled, without what is not used.
 * Bundles a piece of code that imports from 'vizard', with the tool that the web client is built with.
 * Does not run it (browser.test.ts) nor judge its size (size.test.ts).
 * Always: from the sources as they are, written nowhere.
 * Before: src/index.ts. After: test/size.test.ts, test/browser.test.ts.
 */
import { build } from 'vite';

const root = new URL('..', import.meta.url).pathname;
const ENTRY = 'virtual:entry';

export interface Bundle {
  readonly code: string;
  /** The project's files and packages that are in it, by their path from the root. */
  readonly modules: readonly string[];
}

/** Bundles a module. In it, 'vizard' is the door for browsers. */
export async function bundle(code: string): Promise<Bundle> {
  const made = await build({
    root,
    configFile: false,
    logLevel: 'silent',
    resolve: { alias: { vizard: `${root}src/index.ts` } },
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === ENTRY ? `\0${ENTRY}` : undefined),
        load: (id) => (id === `\0${ENTRY}` ? code : undefined),
      },
    ],
    build: { write: false, target: 'es2023', minify: true, rolldownOptions: { input: ENTRY } },
  });
  const outputs =
    'output' in made ? made.output : Array.isArray(made) ? made.flatMap(({ output }) => output) : [];
  const chunks = outputs.filter((output) => output.type === 'chunk');
  return {
    code: chunks.map((chunk) => chunk.code).join('\n'),
    modules: chunks.flatMap(({ modules }) =>
      Object.entries(modules)
        .filter(([, { renderedLength }]) => renderedLength > 0)
        .map(([path]) => path.replace(root, '')),
    ),
  };
}

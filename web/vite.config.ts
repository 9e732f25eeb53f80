/**
 * How the web client is built: web/src/ made into web/dist/, which the host serves.
 * Owns the entries, the alias of the client library, and the list of files that the service worker keeps.
 * Does not compile the library's own dist/ (tsconfig.build.json).
 * Always: nothing is inlined into the page, since its policy allows no inline script or style.
 * Before: bin/build.mjs. After: web/index.html.
 */
import preact from '@preact/preset-vite';
import { defineConfig, type Plugin } from 'vite';

const here = (path: string): string => decodeURIComponent(new URL(path, import.meta.url).pathname);
const library = here('../src/index.ts');
const page = here('index.html');
const worker = here('src/offline/worker.ts');

/** Writes the names of all files into the service worker, which keeps them for times without a network. */
function shell(): Plugin {
  return {
    name: 'shell',
    generateBundle(_, bundle) {
      const files = Object.keys(bundle).filter((name) => !/^(sw\.js|index\.html)$|\.map$/.test(name));
      const names = ['/', ...files.map((name) => `/${name}`), '/mask.svg', '/manifest.webmanifest'];
      const made = bundle['sw.js'];
      if (made?.type === 'chunk') made.code = made.code.replaceAll('__SHELL__', JSON.stringify(names));
    },
  };
}

export default defineConfig({
  plugins: [preact({ devToolsEnabled: false }), shell()],
  resolve: { alias: { vizard: library } },
  build: {
    target: 'es2023',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      input: { page, sw: worker },
      output: {
        entryFileNames: ({ name }) => (name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js'),
      },
    },
  },
  server: {
    proxy: {
      '/xmpp-websocket': { target: 'ws://127.0.0.1:5280', ws: true },
      '/config.json': 'http://127.0.0.1:5280',
    },
  },
});

/**
 * The service worker: the client's own files, kept for when there is no network.
 * Keeps the page, its scripts and styles, and hands them out.
 * Does not see messages: those go over the WebSocket, which no service worker sees.
 * Always: only files of this version are kept; a version that is gone takes its files with it.
 * Before: web/vite.config.ts. After: offline/start.ts.
 */

/** Filled in by the build: the client's files. */
declare const __SHELL__: readonly string[];

interface ExtendableEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}

interface FetchEvent extends ExtendableEvent {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}

interface Worker {
  readonly location: Location;
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(name: 'install' | 'activate', listener: (event: ExtendableEvent) => void): void;
  addEventListener(name: 'fetch', listener: (event: FetchEvent) => void): void;
}

const worker = self as unknown as Worker;
const files = __SHELL__;
const CACHE = `vizard ${files.join(' ').length} ${files.join(' ')}`.slice(0, 400);
/** Paths that are views of the one page. */
const VIEWS = /^\/($|c\/|join\/|invite\/|settings)/;

worker.addEventListener('install', (event) => {
  const fill = async (): Promise<void> => {
    const cache = await caches.open(CACHE);
    await cache.addAll([...files]);
    // Where another server hands out these files there may be none.
    await cache.add('/config.json').catch(() => undefined);
    await worker.skipWaiting();
  };
  event.waitUntil(fill());
});

worker.addEventListener('activate', (event) => {
  const clean = async (): Promise<void> => {
    for (const name of await caches.keys()) if (name !== CACHE) await caches.delete(name);
    await worker.clients.claim();
  };
  event.waitUntil(clean());
});

worker.addEventListener('fetch', (event) => {
  const { method, url, mode } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== 'GET' || origin !== worker.location.origin) return;
  if (mode === 'navigate' && VIEWS.test(pathname)) event.respondWith(newestOr(event.request, '/'));
  else if (pathname === '/config.json') event.respondWith(newestOr(event.request, pathname));
  else if (files.includes(pathname)) event.respondWith(keptOr(event.request));
});

/** From the server, and what was kept when it cannot be reached. */
async function newestOr(request: Request, kept: string): Promise<Response> {
  try {
    return await fetch(request);
  } catch {
    return (await caches.match(kept)) ?? Response.error();
  }
}

async function keptOr(request: Request): Promise<Response> {
  return (await caches.match(request)) ?? fetch(request);
}

/**
 * The web client: the files that web/ is built into.
 * Reads their folder once, and serves them, with the client's page at every address that the client knows.
 * Does not build them (bin/build.mjs), nor serve anything else (http.ts); `?plain` asks for the pages of pages.ts.
 * Always: an address is looked up in the list of files that was read, so none leads out of the folder; no script and no
 * style runs but those of the folder; only what has its content's hash in its name is kept without asking again.
 * Before: host/http.ts. After: host/pages.ts.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Context, Hono } from 'hono';
import type { Env } from './http-env.ts';
import type { HostFacts } from './pages.ts';

/** A folder beyond these is no web client. */
const FILES_MAX = 2_000;
const BYTES_MAX = 64 * 1024 * 1024;
/** What is smaller does not gain by compression. */
const GZIP_BYTES_MIN = 1_024;

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
};
const COMPRESSED = new Set(['.png', '.webp', '.woff2']);

/** The addresses of the client's own pages; the client itself finds out what to show. */
const PAGES = /^\/(?:(?:join|invite|c|settings)(?:\/.*)?)?$/;

interface WebFile {
  readonly type: string;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly gzipped: Uint8Array<ArrayBuffer> | undefined;
  readonly hash: string;
  readonly cache: string;
}

/** The files by their addresses. */
export type WebClient = ReadonlyMap<string, WebFile>;

/** Reads the folder; undefined where nothing has been built there. */
export function readWebClient(folder: string): WebClient | undefined {
  if (!existsSync(join(folder, 'index.html'))) return undefined;
  const files = new Map<string, WebFile>();
  let bytes = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || entry.name.startsWith('.')) continue;
    const path = join(entry.parentPath, entry.name);
    const file = readWebFile(path, relative(folder, path).split(sep).join('/'));
    bytes += file.body.length;
    if (files.size >= FILES_MAX || bytes > BYTES_MAX)
      throw new Error(`${folder} is too large for a web client`);
    files.set(`/${relative(folder, path).split(sep).join('/')}`, file);
  }
  return files;
}

function readWebFile(path: string, name: string): WebFile {
  const body = new Uint8Array(readFileSync(path));
  const kind = extname(name).toLowerCase();
  const isWorthIt = body.length >= GZIP_BYTES_MIN && !COMPRESSED.has(kind);
  return {
    type: TYPES[kind] ?? 'application/octet-stream',
    body,
    gzipped: isWorthIt ? new Uint8Array(gzipSync(body)) : undefined,
    hash: createHash('sha256').update(body).digest('base64url').slice(0, 22),
    cache: name.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
  };
}

export function addWebClient(app: Hono<Env>, client: WebClient, facts: () => HostFacts): void {
  app.get('*', (c, next) => {
    const { path } = c.req;
    const file = client.get(PAGES.test(path) ? '/index.html' : path);
    if (file === undefined || path === '/index.html' || c.req.query('plain') !== undefined) return next();
    return answer(c, file, facts());
  });
}

function answer(c: Context<Env>, file: WebFile, facts: HostFacts): Response {
  const body = /\bgzip\b/.test(c.req.header('accept-encoding') ?? '') ? file.gzipped : undefined;
  const etag = body === undefined ? `"${file.hash}"` : `"${file.hash}-gzip"`;
  const headers: Record<string, string> = {
    'content-type': file.type,
    'cache-control': file.cache,
    etag,
    vary: 'accept-encoding',
    'content-security-policy': policy(facts, c.req.header('host') ?? ''),
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    // An address may hold an invite.
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  };
  if (knows(c.req.header('if-none-match'), etag)) return c.body(null, 304, headers);
  if (body !== undefined) headers['content-encoding'] = 'gzip';
  return c.body(body ?? file.body, 200, headers);
}

/** RFC 9110 §13.1.2, with the weak comparison. */
function knows(given: string | undefined, etag: string): boolean {
  return given?.split(',').some((one) => one.trim().replace(/^W\//, '') === etag) === true;
}

/**
 * The WebSocket is named since not every browser counts it to 'self'; and the host by both of its addresses, that of the
 * config and the one at which it was found.
 */
function policy({ httpUrl, webSocketUrl }: HostFacts, host: string): string {
  const found = /^[\w.:[\]-]+$/.test(host) ? ` ${new URL(webSocketUrl).protocol}//${host}` : '';
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "font-src 'self'",
    `img-src 'self' ${httpUrl} blob: data:`,
    `media-src 'self' ${httpUrl} blob:`,
    `connect-src 'self' ${httpUrl} ${webSocketUrl}${found}`,
    "manifest-src 'self'",
    "worker-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ');
}

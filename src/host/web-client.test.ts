import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStage, type Stage } from './stage.ts';

let folder: string;
let stage: Stage;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'vizard-web-'));
  const web = join(folder, 'dist');
  mkdirSync(join(web, 'assets'), { recursive: true });
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  writeFileSync(join(web, 'index.html'), `<!doctype html><title>client</title>${' '.repeat(2_000)}`);
  writeFileSync(join(web, 'sw.js'), 'self.addEventListener("fetch", () => {});');
  writeFileSync(join(web, 'manifest.webmanifest'), '{}');
  writeFileSync(join(web, 'icon.png'), 'png');
  writeFileSync(join(web, '.hidden'), 'hidden');
  writeFileSync(join(web, 'assets', 'index-4f3a.js'), 'export {};');
  symlinkSync(join(folder, 'secret.txt'), join(web, 'link.txt'));
  stage = await openStage({ webClient: web, version: '1.2.3' });
});
afterEach(async () => {
  await stage.stop();
  rmSync(folder, { recursive: true });
});

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(stage.host.httpUrl + path, { headers });

/** What stands in the answer to a path that no client library would send as it is. */
async function raw(path: string): Promise<string> {
  const { hostname, port } = new URL(stage.host.httpUrl);
  const socket = connect(Number(port), hostname);
  socket.write(`GET ${path} HTTP/1.1\r\nHost: ${hostname}\r\nConnection: close\r\n\r\n`);
  let answer = '';
  for await (const bytes of socket) answer += String(bytes);
  return answer;
}

test.each(['/', '/join', '/join/lobby@mix.localhost', '/invite/abc', '/c/a/b', '/settings', '/settings/x'])(
  'at %s is the client, to be asked for again each time',
  async (path) => {
    const answer = await get(path);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('<title>client</title>');
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(answer.headers.get('cache-control')).toBe('no-cache');
  },
);

test('what has its hash in its name is kept; the worker and the rest is not', async () => {
  const asset = await get('/assets/index-4f3a.js');
  expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  expect(asset.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
  for (const [path, type] of [
    ['/sw.js', 'text/javascript; charset=utf-8'],
    ['/manifest.webmanifest', 'application/manifest+json'],
    ['/icon.png', 'image/png'],
  ] as const) {
    const answer = await get(path);
    expect(answer.headers.get('cache-control'), path).toBe('no-cache');
    expect(answer.headers.get('content-type'), path).toBe(type);
  }
  expect((await fetch(`${stage.host.httpUrl}/sw.js`, { method: 'HEAD' })).status).toBe(200);
});

test('a file that has not changed is not sent again, compressed or not', async () => {
  for (const encoding of ['gzip', 'identity']) {
    const first = await get('/', { 'accept-encoding': encoding });
    expect(first.headers.get('content-encoding')).toBe(encoding === 'gzip' ? 'gzip' : null);
    const etag = first.headers.get('etag') ?? '';
    const again = await get('/', { 'accept-encoding': encoding, 'if-none-match': `"x", W/${etag}` });
    expect(again.status).toBe(304);
    expect(again.headers.get('content-security-policy')).toContain("default-src 'none'");
  }
});

test('only scripts and styles of the folder run, and nothing may frame it', async () => {
  const { headers } = await get('/invite/abc');
  const own = stage.host.httpUrl;
  const socket = `${own.replace('http', 'ws')}/xmpp-websocket`;
  expect(headers.get('content-security-policy')?.split('; ')).toEqual([
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "font-src 'self'",
    `img-src 'self' ${own} blob: data:`,
    `media-src 'self' ${own} blob:`,
    `connect-src 'self' ${own} ${socket} ${own.replace('http', 'ws')}`,
    "manifest-src 'self'",
    "worker-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ]);
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
  expect(headers.get('referrer-policy')).toBe('no-referrer');
});

test('a Host header that is none does not get into the policy', async () => {
  const { hostname, port } = new URL(stage.host.httpUrl);
  const socket = connect(Number(port), hostname);
  socket.write(`GET /sw.js HTTP/1.1\r\nHost: x;script-src *\r\nConnection: close\r\n\r\n`);
  let answer = '';
  for await (const bytes of socket) answer += String(bytes);
  expect(answer).not.toContain('script-src *');
});

test.each([
  '/../secret.txt',
  '/assets/../../secret.txt',
  '/%2e%2e/secret.txt',
  '/..%2fsecret.txt',
  '/assets/..%5c..%5csecret.txt',
  '//secret.txt',
  '/link.txt',
  '/.hidden',
  '/index.html',
  '/assets',
  '/nothing',
])('%s leads to no file', async (path) => {
  const answer = await raw(path);
  expect(answer).toMatch(/^HTTP\/1\.1 40[04]/);
  expect(answer).not.toMatch(/secret$|hidden$/);
});

test('the plain pages are there for browsers without JavaScript', async () => {
  const invite = stage.host.createInvite();
  expect(await (await fetch(invite)).text()).toContain('<title>client</title>');
  expect(await (await fetch(`${invite}?plain`)).text()).toContain('<form method="post"');
  expect(await (await get('/?plain')).text()).toContain('Vizard is running');
  expect((await get('/style.css')).status).toBe(200);
});

test('the client learns where to connect, and nothing secret', async () => {
  const answer = await get('/config.json');
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(await answer.json()).toEqual({
    domain: 'localhost',
    service: 'mix.localhost',
    websocket: '/xmpp-websocket',
    registration: 'invite',
    version: '1.2.3',
  });
});

/** The host tells its public address only, so a test has to know the other one. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

test('behind a TLS proxy everything that is told is https and wss', async () => {
  const http = { host: '127.0.0.1', port: await freePort() };
  const proxied = await openStage({
    domain: 'chat.example',
    behindTlsProxy: true,
    http,
    webClient: join(folder, 'dist'),
  });
  const url = `http://127.0.0.1:${http.port}`;
  const meta = await (await fetch(`${url}/.well-known/host-meta.json`)).json();
  const href = 'wss://chat.example/xmpp-websocket';
  expect(meta).toEqual({ links: [{ rel: 'urn:xmpp:alt-connections:websocket', href }] });
  expect(await (await fetch(`${url}/.well-known/host-meta`)).text()).toContain(`href="${href}"`);
  const { headers } = await fetch(url);
  expect(headers.get('content-security-policy')).toContain(`connect-src 'self' https://chat.example ${href}`);
  await proxied.stop();
});

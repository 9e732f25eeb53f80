/**
 * XEP-0156: where a domain's WebSocket is.
 * Serves host-meta as a domain does, well and badly.
 * Does not ask DNS.
 * Always: nothing but an encrypted address, or one of this machine, is taken.
 * Before: client/discover.ts. After: node/discover.ts.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { endpointsOf } from './discover.ts';
import { discoverEndpoint } from './index.ts';

const REL = 'urn:xmpp:alt-connections:websocket';
const json = (...hrefs: unknown[]) =>
  JSON.stringify({
    links: [{ rel: 'other', href: 'wss://other/' }, ...hrefs.map((href) => ({ rel: REL, href }))],
  });
const xml = (href: string) =>
  `<?xml version='1.0'?><XRD xmlns='http://docs.oasis-open.org/ns/xri/xrd-1.0'><Link rel='x' href='wss://x/'/><Link rel='${REL}' href='${href}'/></XRD>`;

let server: Server;
afterEach(() => server.close());

async function serve(pages: Readonly<Record<string, string>>): Promise<string> {
  server = createServer((request, answer) => {
    const page = pages[request.url?.replace('/.well-known/', '') ?? ''];
    answer.statusCode = page === undefined ? 404 : 200;
    answer.end(page);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test.each([
  ['JSON', { 'host-meta.json': json('wss://a.example/ws') }, 'wss://a.example/ws'],
  ['XML', { 'host-meta': xml('wss://a.example/ws') }, 'wss://a.example/ws'],
  [
    'XML behind JSON without it',
    { 'host-meta.json': '{}', 'host-meta': xml('wss://a.example/ws') },
    'wss://a.example/ws',
  ],
  [
    'the first that can be used',
    { 'host-meta.json': json('http://a/', 3, 'ws://a.example/', 'x', 'wss://b/') },
    'wss://b/',
  ],
  [
    'one on this machine',
    { 'host-meta.json': json('ws://127.0.0.1:5280/xmpp-websocket') },
    'ws://127.0.0.1:5280/xmpp-websocket',
  ],
  ['nothing', {}, undefined],
  ['no JSON', { 'host-meta.json': '<' }, undefined],
  ['other JSON', { 'host-meta.json': '{"links":{"rel":1}}' }, undefined],
  ['null', { 'host-meta.json': 'null' }, undefined],
  ['no XML', { 'host-meta': '{' }, undefined],
  ['an unencrypted one only', { 'host-meta': xml('ws://a.example/') }, undefined],
  ['too much', { 'host-meta.json': json('wss://a/', 'x'.repeat(100_000)) }, undefined],
])('in %s', async (_, pages, found) => {
  expect(await discoverEndpoint(await serve(pages))).toBe(found);
});

test('a domain on this machine is looked for at its own port', async () => {
  await serve({});
  expect(await endpointsOf('localhost', { parse: () => 'excess' })).toEqual(['tcp://localhost:5222']);
});

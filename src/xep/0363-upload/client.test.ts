/** XEP-0363 §4, §5: a file goes to the place that the service gives, and to no other. */
import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { info, ScriptedClient } from '../../testing/scripted-client.ts';
import { findUploadService, upload } from './client.ts';
import { NS } from './wire.ts';

let server: Server;
let got: { method?: string; headers?: Record<string, unknown>; body?: string };
let status: number;
let put: string;

beforeEach(async () => {
  got = {};
  status = 201;
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      got = { method: request.method!, headers: request.headers, body: Buffer.concat(chunks).toString() };
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  put = `http://127.0.0.1:${typeof address === 'object' ? address!.port : ''}/put/recipe.txt`;
});
afterEach(async () => new Promise((resolve) => server.close(resolve)));

function client(): ScriptedClient {
  return new ScriptedClient(({ to, payload }) => {
    if (payload.name === 'request')
      return `<slot xmlns='${NS}'><put url='${put}'><header name='Authorization'>Basic x</header></put>
        <get url='https://files.localhost/recipe.txt'/></slot>`;
    if (payload.ns.endsWith('#items'))
      return `<query xmlns='${payload.ns}'><item jid='mix.localhost'/><item jid='files.localhost'/></query>`;
    if (to !== 'files.localhost') return info('urn:xmpp:mix:core:1');
    const form = `<x xmlns='jabber:x:data' type='result'><field var='FORM_TYPE'><value>${NS}</value></field>
      <field var='max-file-size'><value>1000</value></field></x>`;
    return info(NS).replace('</query>', `${form}</query>`);
  });
}

const body = new TextEncoder().encode('Eye of newt');
const file = { name: 'recipe.txt', size: body.length, type: 'text/plain', body };

test('the service is found, with its limit', async () => {
  expect(await findUploadService(client())).toEqual({ address: 'files.localhost', maxSize: 1000 });
  const bare = new ScriptedClient(({ payload }) => `<query xmlns='${payload.ns}'/>`);
  expect(await findUploadService(bare)).toBeUndefined();
});

test('the file is put there, with the headers that were given', async () => {
  const shares: number[] = [];
  expect(await upload(client(), file, (share) => shares.push(share))).toBe(
    'https://files.localhost/recipe.txt',
  );
  expect(got).toMatchObject({
    method: 'PUT',
    body: 'Eye of newt',
    headers: { authorization: 'Basic x', 'content-type': 'text/plain' },
  });
  expect(shares).toEqual([0, 1]);
});

test('what the web server refuses is no upload', async () => {
  status = 413;
  await expect(upload(client(), file)).rejects.toThrow('413');
});

test.each(['http://files.example/x', 'ftp://127.0.0.1/x', 'http://localhost.evil.example/x'])(
  'nothing goes to %s',
  async (url) => {
    put = url;
    await expect(upload(client(), file)).rejects.toThrow('without encryption');
    expect(got).toEqual({});
  },
);

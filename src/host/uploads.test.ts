import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { child, type XmlElement } from '../xml/element.ts';
import { serialize } from '../xml/write.ts';
import type { HostOptions } from './host.ts';
import { openStage, type Client, type Stage } from './stage.ts';

const NS = 'urn:xmpp:http:upload:0';
const DAY_MS = 86_400_000;

let folder: string;
let stage: Stage;
let now: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vizard-uploads-'));
  now = Date.now();
});
afterEach(async () => {
  await stage.stop();
  rmSync(folder, { recursive: true });
});

const open = async (limits: HostOptions['limits'] = {}) =>
  (stage = await openStage({ uploads: folder, limits, clock: { now: () => now } }));

function ask(client: Client, name: string, size: number, type?: string): Promise<XmlElement> {
  const kind = type === undefined ? '' : ` content-type='${type}'`;
  return client.iq(`<request xmlns='${NS}' filename='${name}' size='${size}'${kind}/>`, 'get', 'localhost');
}

/** The address of a slot. */
async function slot(client: Client, name: string, size: number, type?: string): Promise<string> {
  const answer = child(await ask(client, name, size, type), 'slot', NS);
  const url = answer && child(answer, 'get')?.attrs['url'];
  expect(answer && child(answer, 'put')?.attrs['url']).toBe(url);
  return url ?? '';
}

const put = (url: string, body: string, type = 'image/png') =>
  fetch(url, { method: 'PUT', body, headers: { 'content-type': type } });
const files = () =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
/** The text of the error that answers the question for a slot. */
const refusal = async (client: Client, size: number) => serialize(await ask(client, 'a.png', size));

describe('a slot', () => {
  test('takes one file, which anybody can fetch who has the address', async () => {
    await open();
    const client = await stage.client('hag66');
    const url = await slot(client, 'Hag66 at Home.PNG', 3, 'image/png');
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/upload\/[\w-]{43}\.png$/);
    expect((await fetch(url)).status).toBe(404);
    expect((await put(url, 'png')).status).toBe(201);
    expect((await put(url, 'new')).status).toBe(409);
    const answer = await fetch(url);
    expect(await answer.text()).toBe('png');
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'image/png',
      'content-length': '3',
      'content-disposition': 'inline',
      'x-content-type-options': 'nosniff',
      'access-control-allow-origin': '*',
      'referrer-policy': 'no-referrer',
    });
    expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'none';.*sandbox$/);
    // On the disk stands neither the address nor who it was.
    const [file] = files();
    expect(file?.name).toMatch(/^[\da-f]{64}$/);
    expect(statSync(join(folder, file?.name ?? '')).mode & 0o777).toBe(0o600);
  });

  test.each([
    ['text/html', 'a.html', 'application/octet-stream', 'attachment'],
    ['image/svg+xml', 'a.svg', 'application/octet-stream', 'attachment'],
    ['text/plain', 'a.txt', 'text/plain; charset=utf-8', 'inline'],
    ['video/mp4', 'a.mp4', 'video/mp4', 'inline'],
    ['application/pdf', 'a.pdf', 'application/octet-stream', 'attachment'],
    ['no type', 'a', 'application/octet-stream', 'attachment'],
  ])('of the type %s is served as %s %s %s', async (type, name, served, disposition) => {
    await open();
    const url = await slot(await stage.client('hag66'), name, 3);
    expect((await put(url, 'abc', type)).status).toBe(201);
    const { headers } = await fetch(url);
    expect(headers.get('content-type')).toBe(served);
    expect(headers.get('content-disposition')).toBe(disposition);
  });

  test('takes nothing else than was asked for', async () => {
    await open();
    const client = await stage.client('hag66');
    const url = await slot(client, 'a.png', 3, 'image/png');
    expect((await put(url, 'long')).status).toBe(413);
    expect((await put(url, 'ab')).status).toBe(400);
    expect((await put(url, 'abc', 'text/html')).status).toBe(415);
    expect((await put(url.replace('.png', '.html'), 'abc')).status).toBe(404);
    expect((await put(url.replace('.png', ''), 'abc')).status).toBe(404);
    expect((await put(`${stage.host.httpUrl}/upload/${'a'.repeat(43)}.png`, 'abc')).status).toBe(404);
    const stream = new Blob(['abc']).stream();
    const chunked = await fetch(url, { method: 'PUT', body: stream, duplex: 'half' });
    expect(chunked.status).toBe(411);
    expect((await put(url, 'abc', 'Image/PNG; x=y')).status).toBe(201);
    for (const path of ['', '%2e%2e%2fhost.db', `${'a'.repeat(43)}/x`])
      expect((await fetch(`${stage.host.httpUrl}/upload/${path}`)).status, path).toBe(404);
  });

  test('waits for its file for a while only', async () => {
    await open({ uploadSlotMs: 1_000 });
    const url = await slot(await stage.client('hag66'), 'a.png', 3);
    now += 1_000;
    expect((await put(url, 'abc')).status).toBe(404);
    expect(files()).toEqual([]);
  });

  test('can be used again when the connection broke off', async () => {
    await open();
    const url = new URL(await slot(await stage.client('hag66'), 'a.png', 100_000));
    const socket = connect(Number(url.port), url.hostname);
    socket.write(
      `PUT ${url.pathname} HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n${'a'.repeat(50_000)}`,
    );
    await expect.poll(() => files().length).toBe(1);
    expect((await put(url.href, 'b'.repeat(100_000))).status).toBe(409);
    socket.destroy();
    await expect.poll(() => files().length).toBe(0);
    expect((await put(url.href, 'b'.repeat(100_000))).status).toBe(201);
  });

  test('is not for strangers, and not where no files are taken', async () => {
    stage = await openStage();
    const client = await stage.client('hag66');
    expect(serialize(await ask(client, 'a.png', 3))).toContain('<service-unavailable');
    const info = await client.iq(
      `<query xmlns='http://jabber.org/protocol/disco#info'/>`,
      'get',
      'localhost',
    );
    expect(serialize(info)).not.toContain(NS);
    await stage.stop();
    await open();
    stage.say(
      `<iq type='get' id='s' from='coven@mix.localhost' to='localhost'><request xmlns='${NS}' filename='a' size='1'/></iq>`,
    );
    const answer = await stage.service.take(({ attrs }) => attrs['id'] === 's');
    expect(serialize(answer)).toContain('<forbidden');
  });

  test('is what discovery promises', async () => {
    await open({ uploadBytesMax: 1_234 });
    const client = await stage.client('hag66');
    const query = `<query xmlns='http://jabber.org/protocol/disco#info'/>`;
    const info = serialize(await client.iq(query, 'get', 'localhost'));
    expect(info).toContain(`<feature var="${NS}"/>`);
    expect(info).toContain('<identity category="store" name="HTTP File Upload" type="file"/>');
    expect(info).toContain('<field var="max-file-size"><value>1234</value>');
    const config = (await (await fetch(`${stage.host.httpUrl}/config.json`)).json()) as object;
    expect(config).toMatchObject({ uploads: `${stage.host.httpUrl}/upload/` });
  });
});

describe('quotas', () => {
  test('the largest file', async () => {
    await open({ uploadBytesMax: 100 });
    const client = await stage.client('hag66');
    expect(await refusal(client, 101)).toMatch(/<not-acceptable.*<file-too-large.*<max-file-size>100</s);
    expect(await refusal(client, 100)).toContain('<slot');
    expect(await refusal(client, 0)).toContain('<bad-request');
  });

  test('bytes and files of one account in a day', async () => {
    await open({ uploadBytesPerAccountPerDayMax: 100, uploadsPerAccountPerDayMax: 2 });
    const client = await stage.client('hag66');
    expect(await refusal(client, 60)).toContain('<slot');
    expect(await refusal(client, 41)).toMatch(/<resource-constraint.*<retry .*stamp=/s);
    expect(await refusal(client, 40)).toContain('<slot');
    expect(await refusal(await stage.client('hecate'), 60)).toContain('<slot');
    now += DAY_MS;
    expect(await refusal(client, 60)).toContain('<slot');
    expect(await refusal(client, 1)).toContain('<slot');
    expect(await refusal(client, 1)).toContain('<resource-constraint');
  });

  test('everything together', async () => {
    await open({ uploadBytesTotalMax: 100 });
    expect(await refusal(await stage.client('hag66'), 60)).toContain('<slot');
    expect(await refusal(await stage.client('hecate'), 60)).toContain('<resource-constraint');
  });

  test('how many at a time', async () => {
    await open({ uploadsAtOnceMax: 1 });
    const client = await stage.client('hag66');
    const [one, two] = [new URL(await slot(client, 'a', 10)), await slot(client, 'b', 3)];
    const socket = connect(Number(one.port), one.hostname);
    socket.write(`PUT ${one.pathname} HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12345`);
    await expect.poll(() => files().length).toBe(1);
    expect((await put(two, 'abc')).status).toBe(503);
    socket.end('67890');
    await expect.poll(async () => (await fetch(one)).status).toBe(200);
    expect((await put(two, 'abc')).status).toBe(201);
  });
});

describe('a file', () => {
  async function stored(client: Client, text = '0123456789'): Promise<string> {
    const url = await slot(client, 'a.txt', text.length);
    expect((await put(url, text, 'text/plain')).status).toBe(201);
    return url;
  }

  test.each([
    ['bytes=2-4', 206, '234', 'bytes 2-4/10'],
    ['bytes=7-', 206, '789', 'bytes 7-9/10'],
    ['bytes=-3', 206, '789', 'bytes 7-9/10'],
    ['bytes=8-99', 206, '89', 'bytes 8-9/10'],
    ['bytes=10-', 416, '', 'bytes */10'],
    ['bytes=-0', 416, '', 'bytes */10'],
    ['bytes=0-1,3-4', 200, '0123456789', null],
    ['lines=1-2', 200, '0123456789', null],
  ])('in part, %s', async (range, status, text, told) => {
    await open();
    const url = await stored(await stage.client('hag66'));
    const answer = await fetch(url, { headers: { range } });
    expect(answer.status).toBe(status);
    expect(await answer.text()).toBe(text);
    expect(answer.headers.get('content-range')).toBe(told);
  });

  test('is asked about, and not fetched twice', async () => {
    await open();
    const url = await stored(await stage.client('hag66'));
    const head = await fetch(url, { method: 'HEAD' });
    expect(head.headers.get('content-length')).toBe('10');
    const etag = head.headers.get('etag') ?? '';
    expect((await fetch(url, { headers: { 'if-none-match': etag } })).status).toBe(304);
    const other = await fetch(url, { headers: { 'if-range': '"other"', range: 'bytes=0-1' } });
    expect(other.status).toBe(200);
    const asked = await fetch(url, { method: 'OPTIONS' });
    expect(asked.headers.get('access-control-allow-methods')).toContain('PUT');
  });

  test('is there after a restart, and what was half there is not', async () => {
    await open();
    const url = await stored(await stage.client('hag66'));
    mkdirSync(join(folder, 'incoming'), { recursive: true });
    writeFileSync(join(folder, 'incoming', 'x'), 'half');
    await stage.restart();
    expect(await (await fetch(stage.host.httpUrl + new URL(url).pathname)).text()).toBe('0123456789');
    expect(files()).toHaveLength(1);
  });

  test('goes when its time is over', async () => {
    await open({ uploadDays: 3 });
    const url = await stored(await stage.client('hag66'));
    now += 3 * DAY_MS - 1;
    expect((await fetch(url)).status).toBe(200);
    now += 1;
    expect((await fetch(url)).status).toBe(404);
    await expect.poll(() => files().length).toBe(0);
  });

  test('goes with its account', async () => {
    await open();
    const client = await stage.client('hag66');
    const url = await stored(client);
    await client.iq(`<query xmlns='jabber:iq:register'><remove/></query>`, 'set', 'localhost');
    expect((await fetch(url)).status).toBe(404);
    await expect.poll(() => files().length).toBe(0);
  });
});

test('a file may take its time, a form may not', async () => {
  await open({ authenticateMs: 300 });
  const url = new URL(await slot(await stage.client('hag66'), 'a', 10));
  const begin = (what: string) => {
    const socket = connect(Number(url.port), url.hostname);
    socket.write(`${what} HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12345`);
    return socket;
  };
  const [file, form] = [begin(`PUT ${url.pathname}`), begin(`POST /invite/${'x'.repeat(24)}`)];
  form.resume();
  await new Promise((resolve) => form.once('close', resolve));
  file.end('67890');
  await expect.poll(async () => (await fetch(url)).status).toBe(200);
});

test('a folder that cannot be is refused, and the key is named', async () => {
  await open();
  writeFileSync(join(folder, 'file'), '');
  await expect(openStage({ uploads: join(folder, 'file') })).rejects.toThrow(/\[host\] uploads/);
});

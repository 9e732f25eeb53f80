import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { child, elements, type XmlElement } from '../xml/element.ts';
import { Database } from './database.ts';
import { ManagedClient, type Way } from './managed-client.ts';
import { Management } from './management.ts';
import { Client, openStage, PASSWORD, type Stage } from './stage.ts';

const NS = 'urn:xmpp:sm:3';
const limits = { stanzasPerSecondMax: 1e9, ackRequestMs: 20, ackRequestStanzas: 3 };
let stage: Stage;
beforeEach(async () => {
  stage = await openStage({ limits });
});
afterEach(async () => stage.stop());

const restage = async (changes: Parameters<typeof openStage>[0]) => {
  await stage.stop();
  stage = await openStage(changes);
};
const ways: readonly Way[] = ['TCP', 'WebSocket'];
const conditionOf = (element: XmlElement) => elements(element)[0]?.name;

test.each(ways)(
  'over %s, stanzas are acknowledged when asked, from the moment it was enabled',
  async (way) => {
    const hag = await ManagedClient.open(stage, 'hag66', 'a', way);
    expect(hag.id).toMatch(/^[\w-]{24}$/);
    expect(await hag.acknowledged()).toBe(0);
    for (let count = 0; count < 5; count++) hag.say('hag66@localhost/a', `${count}`);
    expect(await hag.acknowledged()).toBe(5);
    await expect.poll(() => hag.bodies).toHaveLength(5);
    await hag.client.sync();
    expect(await hag.acknowledged()).toBe(6);
  },
);

test('what came before it was enabled does not count, also when its turn comes later', async () => {
  await stage.host.accounts.add('hag66', PASSWORD);
  const client = await new Client().overTcp(stage.host.tcpAddress);
  await client.open();
  await client.authenticate('hag66', PASSWORD);
  await client.open();
  await client.bind('a');
  const message = "<message to='hag66@localhost/a' type='chat'><body>x</body></message>";
  client.send(`${message.repeat(3)}<enable xmlns='${NS}'/>${message}<r xmlns='${NS}'/>`);
  expect((await client.inbox.take(({ name }) => name === 'a')).attrs['h']).toBe('1');
});

test('what fails is answered with an error, and counts once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vizard-host-'));
  const file = join(folder, 'host.db');
  const quiet = () => undefined;
  const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };
  await restage({ limits, database: file, log });
  const hag = await ManagedClient.open(stage, 'hag66', 'a');
  await stage.host.accounts.add('hecate', PASSWORD);
  const other = new Database(file);
  other.exec('DROP TABLE offline');
  hag.say('hecate@localhost', 'nowhere');
  const error = await hag.client.inbox.take(({ attrs }) => attrs['type'] === 'error');
  expect(conditionOf(child(error, 'error')!)).toBe('internal-server-error');
  expect(await hag.acknowledged()).toBe(1);
  hag.acknowledge();
  await hag.client.sync();
  other.close();
  rmSync(folder, { recursive: true });
});

test('what is acknowledged is on the disk', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vizard-host-'));
  const file = join(folder, 'host.db');
  await restage({ limits, database: file });
  const hag = await ManagedClient.open(stage, 'hag66', 'a');
  await stage.host.accounts.add('hecate', PASSWORD);
  const reader = new Database(file);
  const stored = () => Number(reader.get('SELECT count(*) AS n FROM offline')?.['n']);
  const seen: (readonly [string | undefined, number])[] = [];
  const push = hag.client.inbox.push.bind(hag.client.inbox);
  hag.client.inbox.push = (element) => {
    if (element.name === 'a' && seen.length < 20) seen.push([element.attrs['h'], stored()]);
    push(element);
  };
  for (let count = 1; count <= 20; count++) {
    hag.say('hecate@localhost', `${count}`);
    hag.client.send(`<r xmlns='${NS}'/>`);
  }
  await expect.poll(() => seen).toHaveLength(20);
  for (const [h, count] of seen) expect(count).toBeGreaterThanOrEqual(Number(h));
  expect(seen.at(-1)).toEqual(['20', 20]);
  reader.close();
  rmSync(folder, { recursive: true });
});

test.each(ways)('over %s, a client that is cut off comes back to all that came meanwhile', async (way) => {
  const hecate = await stage.client('hecate', 'b');
  const hag = await ManagedClient.open(stage, 'hag66', 'a', way);
  await hag.client.online([]);
  hecate.send("<presence to='hag66@localhost' type='subscribe'/>");
  await hag.client.inbox.take(({ attrs }) => attrs['type'] === 'subscribe');
  hag.client.send("<presence xmlns='jabber:client' to='hecate@localhost' type='subscribed'/>");
  await hecate.online([]);
  await hecate.inbox.take(({ name, attrs }) => name === 'presence' && attrs['from'] === 'hag66@localhost/a');
  hecate.send("<message to='hag66@localhost' type='chat'><body>before</body></message>");
  await expect.poll(() => hag.bodies).toEqual(['before']);
  hag.cut();
  hecate.send("<message to='hag66@localhost' type='chat'><body>bare</body></message>");
  hecate.send("<message to='hag66@localhost/a' type='chat'><body>full</body></message>");
  await hecate.sync();
  await hag.resume();
  await expect.poll(() => hag.bodies).toEqual(['before', 'bare', 'full']);
  const late = await hag.client.inbox.take(({ name }) => name === 'message');
  expect(child(late, 'delay', 'urn:xmpp:delay')?.attrs['from']).toBe('localhost');
  hag.say('hecate@localhost', 'after');
  await hecate.inbox.take(({ attrs }) => attrs['id'] === 'after');
  expect(hecate.inbox.takeAll(({ attrs }) => attrs['type'] === 'unavailable')).toEqual([]);
  await hag.client.sync();
  expect(hag.bodies).toEqual(['before', 'bare', 'full']);
});

test('a session is taken over from a connection that still stands, with all that is on its way there', async () => {
  const hag = await ManagedClient.open(stage, 'hag66', 'a');
  const total = 200;
  for (let sent = 0; sent < total;) {
    const before = await hag.comeBeside();
    for (let count = 0; count < 20 && sent < total; count++, sent++) {
      before.send(`<message to='hag66@localhost/a' type='chat'><body>${sent}</body></message>`);
    }
    const resumed = await hag.askToResume();
    expect(resumed.name).toBe('resumed');
    sent = Number(resumed.attrs['h']);
    expect(conditionOf(await before.inbox.take(({ name }) => name === 'error'))).toBe('conflict');
    await before.inbox.ended();
  }
  await expect.poll(() => hag.bodies.length).toBeGreaterThanOrEqual(total);
  expect(await hag.acknowledged()).toBe(total);
  expect(hag.bodies).toEqual(Array.from({ length: total }, (_, at) => `${at}`));
});

/** Numbers that look random and are the same in each run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

test.each([1, 2, 3])(
  'cut off again and again at any moment, nothing is lost or doubled (%i)',
  async (seed) => {
    const next = numbers(seed);
    const total = 400;
    const from = await ManagedClient.open(stage, 'hag66', 'a');
    const to = await ManagedClient.open(stage, 'hecate', 'b', 'WebSocket');
    to.answers = true;
    await to.client.online([]);
    // The sender's own counting: what it has sent since it was enabled, from the start.
    let sent = 0;
    const doubled = () => to.bodies.filter((body, at) => to.bodies.indexOf(body) !== at);
    while (sent < total) {
      const burst = 1 + next(40);
      for (let count = 0; count < burst && sent < total; count++) from.say('hecate@localhost', `${sent++}`);
      // In the middle of what is on its way, or after a part of it.
      for (let round = next(4); round > 0; round--) await new Promise((resolve) => setImmediate(resolve));
      if (next(2) === 0) {
        to.cut();
        await to.resume();
      }
      if (next(2) === 0) {
        from.cut();
        const handled = await from.resume();
        expect(handled).toBeLessThanOrEqual(sent);
        sent = handled;
      }
    }
    await expect.poll(() => from.acknowledged()).toBe(total);
    await to.client.sync();
    expect(doubled()).toEqual([]);
    expect(to.bodies).toEqual(Array.from({ length: total }, (_, at) => `${at}`));
  },
);

test('the host asks after some stanzas, or after some time, and once at a time', async () => {
  const hag = await ManagedClient.open(stage, 'hag66', 'a');
  await hag.client.sync();
  await expect.poll(() => hag.asked).toBe(1);
  for (let count = 0; count < 10; count++) await hag.client.sync();
  expect(hag.asked).toBe(1);
  hag.acknowledge(hag.handled - 5);
  await expect.poll(() => hag.asked).toBe(2);
  hag.acknowledge();
  await hag.client.sync();
  await expect.poll(() => hag.asked).toBe(3);
});

test.each([
  ['<enable/> before a resource is bound', `<enable xmlns='${NS}'/>`, 'unexpected-request'],
  ['an unknown stream', `<resume xmlns='${NS}' previd='x' h='0'/>`, 'item-not-found'],
  ['a stream without a count', `<resume xmlns='${NS}' previd='x'/>`, 'bad-request'],
  ['<r/> before it is enabled', `<r xmlns='${NS}'/>`, 'unexpected-request'],
])('%s fails, and the client can bind a resource', async (_, xml, condition) => {
  await stage.host.accounts.add('hag66', PASSWORD);
  const client = await new Client().overTcp(stage.host.tcpAddress);
  await client.open();
  await client.authenticate('hag66', PASSWORD);
  expect(child(await client.open(), 'sm', NS)).toBeDefined();
  client.send(xml);
  expect(conditionOf(await client.inbox.take(({ name }) => name === 'failed'))).toBe(condition);
  expect((await client.bind()).attrs['type']).toBe('result');
});

test('nobody resumes the stream of somebody else, nor one without resumption; enabling is done once', async () => {
  const hag = await ManagedClient.open(stage, 'hag66', 'a');
  const other = await ManagedClient.open(stage, 'hecate', 'b', 'TCP', '');
  expect(other.id).toBe('');
  expect(conditionOf(await other.ask(`<enable xmlns='${NS}'/>`, 'failed'))).toBe('unexpected-request');
  const asks = `<resume xmlns='${NS}' previd='${hag.id}' h='0'/>`;
  expect(conditionOf(await other.ask(asks, 'failed'))).toBe('unexpected-request');
  other.id = hag.id;
  expect(conditionOf(await other.tryResume(0))).toBe('item-not-found');
  await hag.client.sync();
});

test('a client gets as long as it asks for, and no longer than the host allows', async () => {
  for (const [more, expected] of [
    ["resume='1' max='60'", '60'],
    ["resume='true'", '300'],
    ["resume='true' max='86400'", '300'],
    ["resume='false'", undefined],
    ["resume='true' max='0'", undefined],
  ] as const) {
    const hag = await ManagedClient.open(stage, 'hag66', 'a', 'TCP', more);
    expect([hag.maxSeconds, hag.id !== '']).toEqual([expected, expected !== undefined]);
  }
});

test('a client that acknowledges what it never got is ended with handled-count-too-high, and its session too', async () => {
  const hag = await ManagedClient.open(stage, 'hag66', 'a');
  hag.acknowledge(1);
  const error = await hag.client.inbox.take(({ name }) => name === 'error');
  expect(conditionOf(error)).toBe('undefined-condition');
  expect(child(error, 'handled-count-too-high', NS)?.attrs).toEqual({ h: '1', 'send-count': '0' });
  expect((await hag.tryResume(0)).name).toBe('failed');
  const again = await ManagedClient.open(stage, 'hag66', 'a');
  again.cut();
  await expect(again.tryResume(7)).rejects.toThrow(/handled-count-too-high/);
  expect((await again.tryResume(0)).name).toBe('failed');
});

test('a stanza over the limit is refused, and counts', async () => {
  const hag = await ManagedClient.open(stage, 'hag66', 'a');
  hag.client.send(`<message to='hag66@localhost'><body>${'x'.repeat(300_000)}</body></message>`);
  await hag.client.inbox.take(({ attrs }) => attrs['type'] === 'error');
  expect(await hag.acknowledged()).toBe(1);
});

test('over TCP, a client that no longer answers is taken for gone, and may come back', async () => {
  await restage({ limits: { ...limits, idleMs: 50 } });
  const plain = await stage.client('plain', 'p');
  const hag = await ManagedClient.open(stage, 'hag66', 'a');
  await hag.client.inbox.ended();
  expect(hag.asked).toBe(2);
  await hag.resume();
  hag.answers = true;
  const before = hag.asked;
  await expect.poll(() => hag.asked, { timeout: 2_000 }).toBeGreaterThan(before + 4);
  await hag.client.sync();
  await plain.sync();
});

test('what a client acknowledges is forgotten; it can neither take that back nor acknowledge more than there is', () => {
  const management = new Management(undefined);
  const stanza = { name: 'message', ns: 'jabber:client', attrs: { id: 'ä' }, children: ['é'] };
  for (let count = 0; count < 3; count++) management.keep({ ...stanza }, count);
  expect(management.bytes).toBe(3 * ('message'.length + 'jabber:client'.length + 'id'.length + 4));
  expect(management.acknowledge(4)).toBeUndefined();
  expect(management.acknowledge(2)?.map(({ at }) => at)).toEqual([0, 1]);
  expect(management.acknowledge(1)).toBeUndefined();
  expect(management.acknowledge(2)).toEqual([]);
  expect([management.sent, management.unacknowledged.length]).toEqual([3, 1]);
  expect(management.takeAll().map(({ at }) => at)).toEqual([2]);
  expect(management.bytes).toBe(0);
});

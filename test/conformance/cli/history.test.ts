/**
 * Where a client looks for what was said, and which results it believes.
 * Looks at the queries that were written to the socket, and puts forged results into what comes back.
 */
import { expect, test } from 'vitest';
import { openChannel, queryArchive, sendMessage, setConfig } from '../../../src/node/index.ts';
import { eventually, forget, requestsBy, scene, type Person } from './kit.ts';

const NS_MAM = 'urn:xmpp:mam:2';
const here = scene();

/** Which archives were asked since `forget`: undefined is the account's own. */
const asked = (person: Person): (string | undefined)[] =>
  requestsBy(person)
    .filter(({ payload }) => payload.ns === NS_MAM && payload.name === 'query')
    .map(({ to }) => to);

async function say(channel: string, count: number, from: number): Promise<void> {
  for (let at = from; at < from + count; at += 1)
    await sendMessage(here.hecate.client, channel, { body: `line ${at}` });
  const all = (): Promise<number | undefined> =>
    queryArchive(here.hecate.client, channel, { page: { max: 1 } }).then((page) => page.count);
  while ((await all()) !== from + count);
}

const lines = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, at) => `line ${from + at}`);

test('CLI-08: history comes from the own archive; what is older than the join from the channel', async () => {
  const channel = await here.coven();
  await say(channel, 4, 0);
  const { hag } = here;
  await here.enter(channel);
  await say(channel, 6, 4);
  while ((await queryArchive(hag.client, undefined, { with: channel })).messages.length < 6);
  forget(hag);
  const live = await here.open(hag.client, channel, { pageSize: 4 });
  expect(live.messages.map(({ body }) => body)).toEqual(lines(6, 10));
  expect(asked(hag)).toEqual([undefined]);
  await live.loadOlder();
  expect(live.messages.map(({ body }) => body)).toEqual(lines(2, 10));
  expect(asked(hag)).toEqual([undefined, undefined, channel]);
  await live.loadOlder();
  expect(live.messages.map(({ body }) => body)).toEqual(lines(0, 10));
  expect(live.hasOlder).toBe(false);
  const ids = live.messages.map(({ id }) => id);
  const inChannel = await queryArchive(hag.client, channel);
  expect(inChannel.messages.map(({ id }) => id)).toEqual(ids);
});

test('CLI-08: what was missed comes from the own archive, unless something of ours may be on its way there', async () => {
  const channel = await here.coven();
  const { hag } = here;
  await here.enter(channel);
  await say(channel, 2, 0);
  const live = await here.open(hag.client, channel);
  hag.line.isClosed = true;
  hag.line.cut();
  await eventually(() => hag.client.state.is === 'waiting');
  await say(channel, 2, 2);
  forget(hag);
  hag.line.isClosed = false;
  await eventually(() => live.messages.length === 4);
  expect(live.messages.map(({ body }) => body)).toEqual(lines(0, 4));
  expect(asked(hag)).toEqual([undefined]);
  // The server hears nothing of this one, which the client cannot know.
  hag.line.isMute = true;
  live.send({ body: 'line 4' });
  await eventually(() => hag.line.sent.includes('line 4'));
  forget(hag);
  hag.line.cut();
  await eventually(() => live.messages.length === 5 && live.messages.every(({ state }) => state === 'sent'));
  expect(asked(hag)).toEqual([channel]);
  expect(live.messages.map(({ body }) => body)).toEqual(lines(0, 5));
});

test('CLI-08: a server that keeps nothing is not asked', async () => {
  const channel = await here.coven();
  const { hag } = here;
  hag.line.alter = (text) => text.replaceAll('urn:xmpp:mix:pam:2#archive', 'urn:xmpp:mix:pam:2#nothing');
  await here.enter(channel);
  await say(channel, 3, 0);
  forget(hag);
  const live = await here.open(hag.client, channel, { pageSize: 2 });
  await live.loadOlder();
  expect(live.messages.map(({ body }) => body)).toEqual(lines(0, 3));
  expect(asked(hag)).toEqual([channel, channel]);
});

test('what the own archive has kept from when addresses were shown shows none where they are hidden now', async () => {
  const channel = await here.coven({ mode: 'jid-visible' });
  const { hag, hecate } = here;
  await here.enter(channel);
  await say(channel, 1, 0);
  const live = await here.open(hag.client, channel);
  await eventually(() => live.messages[0]?.sender.address === 'hecate@localhost');
  await setConfig(hecate.client, channel, { mode: 'jid-hidden' });
  await eventually(() => live.info?.mode === 'jid-hidden');
  const again = await here.open(hag.client, channel);
  const kept = await queryArchive(hag.client, undefined, { with: channel });
  expect(JSON.stringify(kept.messages)).toContain('hecate@localhost');
  for (const each of [live, again]) {
    expect(each.messages).toMatchObject([{ body: 'line 0', sender: { nick: 'Hecate' } }]);
    expect(JSON.stringify(each.messages.map(({ sender }) => sender))).not.toContain('hecate@');
  }
});

test('CLI-09: results count when they come from the archive that was asked and bear the question’s id', async () => {
  const channel = await here.coven();
  const { hag } = here;
  await here.enter(channel);
  await say(channel, 1, 0);
  const forged = (from: string, queryId: string, text: string): string =>
    `<message xmlns='jabber:client' from='${from}' to='${hag.client.address}'><result xmlns='${NS_MAM}' id='${text}' queryid='${queryId}'>` +
    `<forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='2020-01-01T00:00:00Z'/>` +
    `<message xmlns='jabber:client' type='groupchat' from='${channel}/x' id='${text}'><body>${text}</body>` +
    `<mix xmlns='urn:xmpp:mix:core:1'><nick>Hecate</nick></mix></message></forwarded></result></message>`;
  for (const archive of [channel, undefined]) {
    const own = archive ?? hag.client.account;
    const strangers = [
      'hecate@localhost',
      'mix.localhost',
      `${own}/x`,
      archive === undefined ? channel : hag.client.account,
    ];
    hag.line.alter = (text) => {
      const id = /queryid="([^"]+)"/.exec(text)?.[1];
      if (id === undefined) return text;
      const lies = strangers.map((from, at) => forged(from, id, `stranger ${at}`));
      return `${lies.join('')}${forged(own, 'another', 'another question')}${text}`;
    };
    const page = await queryArchive(hag.client, archive, archive === undefined ? { with: channel } : {});
    expect(page.messages.map(({ stanza }) => stanza.children[0])).toMatchObject([{ children: ['line 0'] }]);
  }
  const live = openChannel(hag.client, channel);
  await eventually(() => !live.isLoading);
  expect(live.messages.map(({ body }) => body)).toEqual(['line 0']);
  live.close();
});

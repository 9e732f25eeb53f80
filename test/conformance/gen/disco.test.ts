/**
 * GEN-37 … 47: what service, channels and participants say of themselves.
 */
import { describe, expect, test } from 'vitest';
import type { XmlElement } from '../../../src/xml/element.ts';
import {
  all,
  configure,
  inside,
  list,
  openCoven,
  openWorld,
  SERVICE,
  textsOf,
  type Person,
} from '../pubsub/kit.ts';

const INFO = 'http://jabber.org/protocol/disco#info';
const ITEMS = 'http://jabber.org/protocol/disco#items';
const query = (ns: string, node?: string, inner = ''): string =>
  `<query xmlns='${ns}'${node === undefined ? '' : ` node='${node}'`}>${inner}</query>`;
const featuresOf = (answer: XmlElement): (string | undefined)[] =>
  all(answer, 'feature').map(({ attrs }) => attrs['var']);
const PING = `<ping xmlns='urn:xmpp:ping'/>`;

test('GEN-37: service and channel name themselves, and the feature of being asked', async () => {
  const { world, channel, newt, stranger } = await openCoven();
  for (const who of [newt, stranger])
    for (const [to, name] of [
      [SERVICE, 'Channels'],
      [channel, 'coven'],
    ] as const) {
      const answer = await world.result(who, 'get', to, query(INFO));
      expect(all(answer, 'query').map(({ ns, attrs }) => [ns, attrs])).toEqual([[INFO, {}]]);
      expect(all(answer, 'identity').map(({ attrs }) => attrs)).toEqual([
        { category: 'conference', type: 'mix', name },
        { category: 'conference', type: 'text', name },
      ]);
      const features = featuresOf(answer);
      expect(features).toEqual(expect.arrayContaining([INFO, ITEMS, 'urn:xmpp:mix:core:1']));
      expect(new Set(features).size).toBe(features.length);
    }
});

test('GEN-38: a node that there is not', async () => {
  const { world, channel, newt } = await openCoven();
  for (const to of [SERVICE, channel])
    for (const ns of [INFO, ITEMS]) await world.refused(newt, 'get', to, query(ns, 'foo'), 'item-not-found');
});

test('GEN-39: the node that was asked for stands in the answer', async () => {
  const { world, channel, newt } = await openCoven();
  for (const ns of [INFO, ITEMS]) {
    const answer = await world.result(newt, 'get', channel, query(ns, 'mix'));
    expect(all(answer, 'query').map((each) => [each.ns, each.attrs['node']])).toEqual([[ns, 'mix']]);
  }
  // D-63: without it, information is the same, and items are those of a room.
  const plain = await world.result(newt, 'get', channel, query(INFO));
  expect(all(plain, 'query')[0]?.attrs['node']).toBeUndefined();
  const room = await world.result(newt, 'get', channel, query(ITEMS));
  expect(all(room, 'query')[0]?.attrs['node']).toBeUndefined();
});

describe('GEN-40: the list of channels comes in pages', () => {
  test('three hundred of them', async () => {
    const world = await openWorld({ limits: { stanzasBurst: 1_000 } });
    const hag = await world.person('hag');
    const names = Array.from({ length: 300 }, (_, at) => `c${String(at).padStart(3, '0')}`);
    for (const name of names) await world.create(hag, name);
    const rsm = (inner: string): string =>
      query(ITEMS, undefined, `<set xmlns='http://jabber.org/protocol/rsm'>${inner}</set>`);
    const page = async (set: string) => {
      const answer = await world.result(hag, 'get', SERVICE, rsm(set));
      const found = all(answer, 'item').map(({ attrs }) => attrs['jid']?.split('@')[0]);
      return {
        found,
        last: textsOf(answer, 'last')[0],
        count: textsOf(answer, 'count')[0],
        index: all(answer, 'first')[0]?.attrs['index'],
      };
    };
    const seen: (string | undefined)[] = [];
    for (let after = ''; seen.length < 300;) {
      const { found, last, count, index } = await page(`<max>50</max>${after}`);
      expect([found.length, count, index]).toEqual([50, '300', String(seen.length)]);
      seen.push(...found);
      after = `<after>${last}</after>`;
    }
    expect(seen).toEqual(names);
    expect((await page('<max>3</max><before/>')).found).toEqual(names.slice(-3));
    expect(await page('<max>0</max>')).toEqual({
      found: [],
      last: undefined,
      count: '300',
      index: undefined,
    });
    // Whoever asks for no page gets the first, and is told that it is one.
    const whole = await world.result(hag, 'get', SERVICE, query(ITEMS));
    expect([all(whole, 'item').length, textsOf(whole, 'count')]).toEqual([250, ['300']]);
    await world.refused(hag, 'get', SERVICE, rsm('<after>nothing</after>'), 'item-not-found');
    await world.refused(hag, 'get', SERVICE, rsm('<before>nothing</before>'), 'item-not-found');
    await world.refused(hag, 'get', SERVICE, rsm('<max>x</max>'), 'bad-request');
    await world.refused(hag, 'get', SERVICE, rsm('<after>c001</after><before>c009</before>'), 'bad-request');
  });
});

test('GEN-41: the clients of a participant are not listed', async () => {
  const { world, channel, newt, toad, stranger } = await openCoven();
  const second = await world.person('toad', 'toad.example', 'second');
  await world.send(second, '<presence/>');
  await world.refused(newt, 'get', `${toad.id}#${channel}`, query(ITEMS), 'service-unavailable');
  await world.refused(newt, 'get', `${toad.id}#${channel}`, query(INFO), 'service-unavailable');
  await world.refused(newt, 'get', `nobody#${channel}`, query(ITEMS), 'item-not-found');
  await world.refused(stranger, 'get', `${toad.id}#${channel}`, query(ITEMS), 'forbidden');
});

test('GEN-42: the same question has the same answer, byte for byte', async () => {
  const coven = await openCoven();
  const { world, channel, newt, toad } = coven;
  const info = async (who: Person, to: string): Promise<string> =>
    inside(await world.result(who, 'get', to, query(INFO)));
  const [first, service] = [await info(newt, channel), await info(newt, SERVICE)];
  await world.send(toad, `<message type='groupchat' to='${channel}'><body>x</body></message>`);
  await world.leave(toad, channel);
  expect([await info(newt, channel), await info(newt, SERVICE)]).toEqual([first, service]);
  expect(await info(coven.stranger, channel)).toBe(first);
});

test('GEN-43: what differs between two people is what they may do', async () => {
  const world = await openWorld({ create: 'admins', admins: ['operator@operator.example'] });
  const operator = world.stage.network.account('operator@operator.example').connect('client');
  const hag = await world.person('hag');
  const denied = featuresOf(await world.result(hag, 'get', SERVICE, query(INFO)));
  world.stage.network.account('operator@operator.example').sendAs(operator, {
    name: 'iq',
    ns: 'jabber:client',
    attrs: { type: 'get', id: 'i', to: SERVICE },
    children: [{ name: 'query', ns: INFO, attrs: {}, children: [] }],
  });
  await world.stage.settle();
  const permitted = featuresOf(operator.received[0]!);
  const create = 'urn:xmpp:mix:core:1#create-channel';
  expect(denied).not.toContain(create);
  expect(permitted.filter((name) => name !== create)).toEqual(denied);
  expect(permitted).toContain(create);
  await world.refused(hag, 'set', SERVICE, `<create xmlns='urn:xmpp:mix:core:1' channel='x'/>`, 'forbidden');
});

test('GEN-44: service and channel answer a ping', async () => {
  const coven = await openCoven();
  const { world, channel, newt, stranger } = coven;
  for (const who of [newt, stranger])
    for (const to of [SERVICE, channel]) expect(inside(await world.result(who, 'get', to, PING))).toBe('');
  await list(coven, 'banned', stranger.bare);
  await world.refused(stranger, 'get', channel, PING, 'forbidden');
  await world.refused(stranger, 'get', `nowhere@${SERVICE}`, PING, 'item-not-found');
  await configure(coven, [['Nodes Present', 'participants', 'information', 'allowed', 'banned']]);
  const other = await world.person('other');
  await world.refused(other, 'get', channel, PING, 'registration-required');
});

test('GEN-45: the service says what it is, a channel does not', async () => {
  const { world, channel, newt } = await openCoven();
  const version = `<query xmlns='jabber:iq:version'/>`;
  const answer = await world.result(newt, 'get', SERVICE, version);
  expect(inside(answer)).toBe(
    '<query xmlns="jabber:iq:version"><name>Vizard</name><version>0.0.0</version></query>',
  );
  await world.refused(newt, 'get', channel, version, 'service-unavailable');
  expect(featuresOf(await world.result(newt, 'get', channel, query(INFO)))).not.toContain(
    'jabber:iq:version',
  );
});

test('GEN-46: nobody’s address stands in what service and channel say of themselves', async () => {
  const { world, channel, newt } = await openCoven([], { admins: ['operator@operator.example'] });
  for (const to of [SERVICE, channel]) {
    const answer = await world.result(newt, 'get', to, query(INFO));
    expect(textsOf(answer, 'value')).not.toContain('http://jabber.org/network/serverinfo');
    expect(inside(answer)).not.toMatch(/@(?!mix\.example)/);
  }
});

test('GEN-47: the service has no card', async () => {
  const { world, newt } = await openCoven();
  for (const card of [`<vCard xmlns='vcard-temp'/>`, `<vcard xmlns='urn:ietf:params:xml:ns:vcard-4.0'/>`])
    await world.refused(newt, 'get', SERVICE, card, 'service-unavailable');
});

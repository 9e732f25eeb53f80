/** XEP-0369 §7.1.3 and §7.1.4: leaving, and nicks. */
import { expect, test } from 'vitest';
import {
  all,
  CORE,
  INFO,
  itemsOf,
  NODES,
  only,
  PUBSUB,
  refusal,
  say,
  says,
  SVC,
  textIn,
  world,
  type Person,
} from './kit.ts';

const EVENT = 'http://jabber.org/protocol/pubsub#event';
const PRESENCE = 'urn:xmpp:mix:presence:0';
const LEAVE = `<leave xmlns="${CORE}"/>`;

const setNick = (nick?: string) =>
  `<setnick xmlns="${CORE}">${nick === undefined ? '' : `<nick>${nick}</nick>`}</setnick>`;
const body = (to: string, text: string) =>
  `<message type="groupchat" to="${to}"><body>${text}</body></message>`;
const nicks = async (who: Person, channel: string) =>
  all(await who.get(channel, itemsOf('participants')), 'nick').map(({ children }) => children[0]);
const event = (channel: string, to: Person, content: string) =>
  `<message type="headline" from="${channel}" to="${to.bare}"><event xmlns="${EVENT}"><items node="${NODES}participants">${content}</items></event></message>`;

test('CORE-57, CORE-58: whoever leaves is gone, and gets nothing more', async () => {
  const w = await world();
  const [owner, u1, u2] = [w.person('owner'), w.person('u1'), w.person('u2')];
  const coven = await w.create(owner);
  const everything = ['messages', 'participants', 'presence', 'info'];
  const id = await u1.joined(coven, 'u1', everything);
  await u2.join(coven, 'u2');
  await w.calm();
  const answer = await u1.ask('set', coven, LEAVE, u1.bare);
  says(answer, `<iq type="result" id="${answer.attrs['id']}" from="${coven}" to="${u1.bare}">${LEAVE}</iq>`);
  say(await u2.took(), event(coven, u2, `<retract id="${id}"/>`));
  u2.send(body(coven, 'alone'));
  await u2.set(coven, setNick('lonely'));
  expect(await u1.took()).toEqual([]);
  expect(await nicks(u2, coven)).toEqual(['lonely']);
  expect(refusal(await u1.get(coven, itemsOf('participants')))).toBe('not-allowed/cancel + closed-node');
  const own = await u1.get(coven, `<pubsub xmlns="${PUBSUB}"><subscriptions/></pubsub>`);
  expect(all(own, 'subscription')).toEqual([]);
});

test('CORE-59: somebody who takes no part may leave as well', async () => {
  const w = await world();
  const [owner, u2, x] = [w.person('owner'), w.person('u2'), w.person('x')];
  const coven = await w.create(owner);
  await u2.join(coven, 'u2');
  await w.calm();
  for (const who of [x, owner]) {
    const answer = await who.set(coven, LEAVE);
    says(
      answer,
      `<iq type="result" id="${answer.attrs['id']}" from="${coven}" to="${who.full}">${LEAVE}</iq>`,
    );
  }
  expect(refusal(await x.set(`nochannel@${SVC}`, LEAVE))).toBe('item-not-found/cancel');
  expect(refusal(await x.get(coven, LEAVE))).toBe('bad-request/modify');
  await w.quiet();
});

test('CORE-60, PRES-16: the presence of all clients ends with a leave', async () => {
  const w = await world();
  const [owner, u1, u2] = [w.person('owner'), w.person('u1'), w.person('u2')];
  const coven = await w.create(owner);
  const id = await u1.joined(coven, 'u1', []);
  await u2.join(coven, 'u2', ['presence', 'participants']);
  await w.calm();
  u1.send(`<presence to="${coven}"/>`);
  u1.send(`<presence to="${coven}"/>`, u1.client('phone'));
  await w.stage.settle();
  const froms = (await u2.took()).map(({ attrs }) => attrs['from'] ?? '');
  expect(froms).toHaveLength(2);
  await u1.set(coven, LEAVE);
  const gone = (from = '') =>
    `<presence type="unavailable" from="${from}" to="${u2.bare}"><mix xmlns="${PRESENCE}"><nick>u1</nick></mix></presence>`;
  say(await u2.took(), gone(froms[0]), gone(froms[1]), event(coven, u2, `<retract id="${id}"/>`));
  // And whoever looks later finds nobody.
  u2.send(`<presence to="${coven}"/>`, u2.bare);
  expect(await u2.took()).toEqual([]);
});

test('CORE-61, CORE-64: a nick is set, and the others are told once', async () => {
  const w = await world();
  const [owner, u1, u2, x] = [w.person('owner'), w.person('u1'), w.person('u2'), w.person('x')];
  const coven = await w.create(owner);
  const id = await u1.joined(coven, 'u1', []);
  await u2.join(coven, 'u2');
  await w.calm();
  const answer = await u1.set(coven, setNick('Third Witch'));
  says(
    answer,
    `<iq type="result" id="${answer.attrs['id']}" from="${coven}" to="${u1.full}">${setNick('Third Witch')}</iq>`,
  );
  say(
    await u2.took(),
    event(
      coven,
      u2,
      `<item id="${id}"><participant xmlns="${CORE}"><nick>Third Witch</nick></participant></item>`,
    ),
  );
  u1.send(body(coven, 'it is me'));
  expect((await u2.took()).map((stanza) => textIn(stanza, 'nick'))).toEqual(['Third Witch']);
  expect((await u1.set(coven, setNick('Third Witch'))).attrs['type']).toBe('result');
  expect(await u2.took()).toEqual([]);
  for (const who of [x, owner])
    expect(refusal(await who.set(coven, setNick('stranger')))).toBe('forbidden/auth');
  expect(refusal(await u1.get(coven, setNick('other')))).toBe('bad-request/modify');
  expect(await nicks(u2, coven)).toEqual(['Third Witch', 'u2']);
  await w.quiet();
});

test('CORE-62: the channel gives a nick to whoever asks for none', async () => {
  const w = await world();
  const [owner, u1, u2] = [w.person('owner'), w.person('u1'), w.person('u2')];
  const coven = await w.create(owner);
  await u1.join(coven, 'u1', []);
  await u2.join(coven, 'u2');
  await w.calm();
  const given: (string | undefined)[] = [];
  for (const asked of ['', undefined]) {
    const answer = await u1.set(coven, setNick(asked));
    given.push(textIn(only(answer), 'nick'));
    expect((await u2.took()).map((stanza) => textIn(stanza, 'nick'))).toEqual([given.at(-1)]);
  }
  for (const nick of given) expect(nick).toMatch(/\S/);
  expect(await nicks(u2, coven)).toEqual([given[1], 'u2']);
  // The same from the child itself, with a shorter form of emptiness.
  expect(textIn(await u1.set(coven, `<setnick xmlns="${CORE}"><nick/></setnick>`), 'nick')).toMatch(/\S/);
});

test('CORE-63: what the answer says is the nick', async () => {
  const w = await world();
  const [owner, u1, u2] = [w.person('owner'), w.person('u1'), w.person('u2')];
  const coven = await w.create(owner);
  await u1.join(coven, 'u1', []);
  await u2.join(coven, 'u2');
  await w.calm();
  expect(textIn(await u1.set(coven, setNick('  First \u00a0  Witch ')), 'nick')).toBe('First Witch');
  expect((await u2.took()).map((stanza) => textIn(stanza, 'nick'))).toEqual(['First Witch']);
  for (const empty of [' ', '\u00a0\u2003', '\t', 'a\u0007b'.replace('\u0007', '\u200e')])
    expect(refusal(await u1.set(coven, setNick(empty)))).toBe('not-acceptable/modify');
  expect(await nicks(u2, coven)).toEqual(['First Witch', 'u2']);
  await w.quiet();
});

test('CORE-65: a nick that somebody else has stays with that one', async () => {
  const w = await world();
  const [owner, u1, u2] = [w.person('owner'), w.person('u1'), w.person('u2')];
  const coven = await w.create(owner);
  await u1.join(coven, 'First', ['participants']);
  await u2.join(coven, 'second', []);
  await w.calm();
  for (const taken of ['First', 'first', '  FIRST ']) {
    const answer = await u2.set(coven, setNick(taken));
    expect(refusal(answer)).toBe('conflict/cancel');
    expect(answer.attrs).toMatchObject({ from: coven, to: u2.full });
  }
  expect(await nicks(u1, coven)).toEqual(['First', 'second']);
  await w.quiet();
  // Free again when its holder has another, and one's own in another spelling is no conflict.
  await u1.set(coven, setNick('FIRST'));
  expect(await nicks(u1, coven)).toEqual(['FIRST', 'second']);
  await u1.set(coven, LEAVE);
  expect(textIn(await u2.set(coven, setNick('first')), 'nick')).toBe('first');
  expect((await u2.get(coven, `<query xmlns="${INFO}"/>`)).attrs['type']).toBe('result');
});

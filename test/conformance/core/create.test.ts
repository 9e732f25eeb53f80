/** XEP-0369 §7.3: channels come and go. */
import { expect, test } from 'vitest';
import { openSqlite } from '../../../src/storage/sqlite/sqlite.ts';
import {
  all,
  config,
  configure,
  CORE,
  INFO,
  ITEMS,
  itemsOf,
  joinOf,
  MAM,
  NODES,
  only,
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
const info = `<query xmlns="${INFO}"/>`;
const create = (channel?: string, form = '') =>
  `<create xmlns="${CORE}"${channel === undefined ? '' : ` channel="${channel}"`}>${form}</create>`;
const destroy = (channel?: string) =>
  `<destroy xmlns="${CORE}"${channel === undefined ? '' : ` channel="${channel}"`}/>`;
const body = (to: string, text: string) =>
  `<message type="groupchat" to="${to}"><body>${text}</body></message>`;
const deleted = (channel: string, to: Person, node: string) =>
  `<message type="headline" from="${channel}" to="${to.bare}"><event xmlns="${EVENT}"><delete node="${NODES}${node}"/></event></message>`;

/** A field of the configuration, as its owner reads it. */
async function option(owner: Person, channel: string, name: string): Promise<(string | undefined)[]> {
  const fields = all(await owner.get(channel, itemsOf('config')), 'field');
  const [field] = fields.filter(({ attrs }) => attrs['var'] === name);
  return all(field!, 'value')
    .filter((value) => field!.children.includes(value))
    .map(({ children }) => children[0] as string | undefined);
}

test('CORE-88, CORE-93, CORE-94: a channel is made, owned by its maker, who takes no part', async () => {
  const w = await world();
  const [owner, x] = [w.person('owner'), w.person('x')];
  const answer = await owner.set(SVC, create('coven'));
  says(
    answer,
    `<iq type="result" id="${answer.attrs['id']}" from="${SVC}" to="${owner.full}">${create('coven')}</iq>`,
  );
  const coven = `coven@${SVC}`;
  expect((await x.get(coven, info)).attrs['type']).toBe('result');
  expect(await option(owner, coven, 'Owner')).toEqual([owner.bare]);
  expect(await option(owner, coven, 'Administrator')).toEqual([]);
  expect(all(await owner.get(coven, itemsOf('participants')), 'item')).toEqual([]);
  owner.send(body(coven, 'hello'));
  expect((await owner.took()).map(refusal)).toEqual(['forbidden/auth']);
  expect(refusal(await x.get(SVC, create('other')))).toBe('bad-request/modify');
  await w.quiet();
});

test('CORE-88: whoever may not create channels does not', async () => {
  const w = await world({ create: 'admins' });
  const x = w.person('x');
  for (const asked of [create('coven'), create()])
    expect(refusal(await x.set(SVC, asked))).toBe('forbidden/auth');
  expect(refusal(await x.get(`coven@${SVC}`, info))).toBe('item-not-found/cancel');
});

test('CORE-89: the name, prepared, or a reason why it is none', async () => {
  const w = await world();
  const owner = w.person('owner');
  expect(only(await owner.set(SVC, create('Mixed.Case'))).attrs['channel']).toBe('mixed.case');
  expect((await owner.get(`mixed.case@${SVC}`, info)).attrs['type']).toBe('result');
  for (const name of ['a b', 'a@b', 'a/b', 'a&quot;b', "a'b", 'a&lt;b', 'a:b', 'a&amp;b'])
    expect(refusal(await owner.set(SVC, create(name)))).toBe('jid-malformed/modify');
  for (const name of ['a#b', '#', 'a#', '#b'])
    expect(refusal(await owner.set(SVC, create(name)))).toBe('not-acceptable/modify');
  expect(refusal(await owner.set(SVC, create('é'.repeat(512))))).toBe('jid-malformed/modify');
  expect(all(await owner.get(SVC, `<query xmlns="${ITEMS}"/>`), 'item')).toHaveLength(1);
});

test('CORE-90, CORE-91: an ad hoc channel has a name that nobody guesses, and is not to be found', async () => {
  const w = await world();
  const [owner, x] = [w.person('owner'), w.person('x')];
  const names: string[] = [];
  for (const asked of [create(), create('')])
    names.push(only(await owner.set(SVC, asked)).attrs['channel'] ?? '');
  expect(new Set(names).size).toBe(2);
  for (const name of names) {
    // Base32 has five bits to the letter.
    expect(name).toMatch(/^[a-z2-7]{16,}$/);
    const channel = `${name}@${SVC}`;
    for (const asked of [info, `<query xmlns="${ITEMS}" node="mix"/>`, itemsOf('info')])
      expect(refusal(await x.get(channel, asked))).toBe('item-not-found/cancel');
    expect(refusal(await x.set(SVC, destroy(name)))).toBe('item-not-found/cancel');
    x.send(body(channel, 'hello'));
    expect((await x.took()).map(refusal)).toEqual(['item-not-found/cancel']);
    expect((await owner.get(channel, info)).attrs['type']).toBe('result');
  }
  for (const who of [owner, x])
    expect(all(await who.get(SVC, `<query xmlns="${ITEMS}"/>`), 'item')).toEqual([]);
  await w.quiet();
});

test('CORE-92: a name is taken once', async () => {
  const w = await world();
  const [owner, x] = [w.person('owner'), w.person('x')];
  const coven = await w.create(owner);
  for (const who of [owner, x])
    for (const name of ['coven', 'COVEN'])
      expect(refusal(await who.set(SVC, create(name)))).toBe('conflict/cancel');
  expect(await option(owner, coven, 'Owner')).toEqual([owner.bare]);
});

test('CORE-95: a form of XEP-0406 is followed, or there is no channel', async () => {
  const w = await world();
  const owner = w.person('owner');
  const made = await owner.set(
    SVC,
    create('open', config({ 'JID Visibility': 'jid-visible', 'Mandatory Nicks': 'false' })),
  );
  expect(made.attrs['type']).toBe('result');
  expect(await option(owner, `open@${SVC}`, 'Mandatory Nicks')).toEqual(['false']);
  expect((await owner.set(`open@${SVC}`, joinOf(['messages']))).attrs['type']).toBe('result');
  for (const bad of [
    { 'JID Visibility': 'everybody' },
    { 'Mandatory Nicks': 'perhaps' },
    { Owner: [] },
    { 'End of Life': 'soon' },
  ])
    expect(refusal(await owner.set(SVC, create('bad', config(bad))))).toBe('not-acceptable/modify');
  expect(refusal(await owner.set(SVC, create('bad', config({ Name: 'x' }, CORE))))).toBe(
    'bad-request/modify + invalid-payload',
  );
  expect(refusal(await owner.get(`bad@${SVC}`, info))).toBe('item-not-found/cancel');
  const hidden = await w.create(owner, 'hidden');
  const mode = all(await owner.get(hidden, itemsOf('info')), 'field').find(
    ({ attrs }) => attrs['var'] === 'JID Visibility',
  );
  expect(textIn(mode!, 'value')).toBe('jid-hidden');
});

test('CORE-96: neither create nor destroy is asked of a channel', async () => {
  const w = await world();
  const [owner, x] = [w.person('owner'), w.person('x')];
  const coven = await w.create(owner);
  for (const who of [owner, x])
    for (const to of [coven, `new@${SVC}`])
      for (const asked of [create('new'), destroy('coven')])
        expect(refusal(await who.set(to, asked))).toBe('bad-request/modify');
  expect((await owner.get(coven, info)).attrs['type']).toBe('result');
  expect(refusal(await owner.get(`new@${SVC}`, info))).toBe('item-not-found/cancel');
});

test('CORE-97, CORE-98: a channel ends, and those who take part are told', async () => {
  const w = await world();
  const [owner, admin, u1, u2] = [w.person('owner'), w.person('admin'), w.person('u1'), w.person('u2')];
  const coven = await w.create(owner, 'coven', { Administrator: admin.bare });
  await u1.join(coven, 'u1', []);
  await u2.join(coven, 'u2', ['messages', 'participants', 'presence', 'info']);
  u1.send(`<presence to="${coven}"/>`);
  await w.stage.settle();
  const [shown] = (await u2.took()).filter(({ name }) => name === 'presence');
  for (const who of [admin, u1]) expect(refusal(await who.set(SVC, destroy('coven')))).toBe('forbidden/auth');
  expect(refusal(await owner.set(SVC, destroy('nochannel')))).toBe('item-not-found/cancel');
  expect(refusal(await owner.set(SVC, destroy()))).toBe('bad-request/modify');
  await w.quiet();
  const answer = await owner.set(SVC, destroy('coven'));
  says(answer, `<iq type="result" id="${answer.attrs['id']}" from="${SVC}" to="${owner.full}"/>`);
  say(
    await u2.took(),
    `<presence type="unavailable" from="${shown?.attrs['from']}" to="${u2.bare}"><mix xmlns="${PRESENCE}"><nick>u1</nick></mix></presence>`,
    ...['messages', 'participants', 'info'].map((node) => deleted(coven, u2, node)),
  );
  await w.quiet();
  for (const who of [owner, u1]) expect(refusal(await who.get(coven, info))).toBe('item-not-found/cancel');
  expect(refusal(await u1.set(coven, joinOf(['messages'], 'u1')))).toBe('item-not-found/cancel');
  expect(refusal(await owner.set(SVC, destroy('coven')))).toBe('item-not-found/cancel');
});

test('CORE-97, D-67: the name stays with its last owner, and nothing of the old channel comes back', async () => {
  const w = await world();
  const [owner, u1] = [w.person('owner'), w.person('u1')];
  const coven = await w.create(owner);
  const id = await u1.joined(coven, 'u1');
  u1.send(body(coven, 'old'));
  await owner.set(SVC, destroy('coven'));
  await w.calm();
  expect(refusal(await u1.set(SVC, create('coven')))).toBe('conflict/cancel');
  expect((await owner.set(SVC, create('coven'))).attrs['type']).toBe('result');
  expect(await u1.joined(coven, 'u1', [])).not.toBe(id);
  await u1.set(coven, `<query xmlns="${MAM}"/>`);
  expect(await u1.took()).toEqual([]);
});

test('CORE-100: a channel that everybody has left is still there', async () => {
  const w = await world({ store: openSqlite(':memory:') });
  const [owner, u1, u2] = [w.person('owner'), w.person('u1'), w.person('u2')];
  const coven = await w.create(owner);
  await u1.join(coven, 'u1');
  u1.send(body(coven, 'remember'));
  await w.stage.settle();
  await u1.set(coven, `<leave xmlns="${CORE}"/>`);
  await w.stage.powers.pass(400 * 24 * 60 * 60_000);
  await w.stage.powers.restart();
  expect((await u2.get(coven, info)).attrs['type']).toBe('result');
  await u2.join(coven, 'u2', []);
  await u2.set(coven, `<query xmlns="${MAM}"/>`);
  expect((await u2.took()).map((stanza) => textIn(stanza, 'body'))).toEqual(['remember']);
});

const DAY_MS = 24 * 60 * 60_000;

test('CORE-99: a channel ends when its time is over, and those who take part are told', async () => {
  const w = await world();
  const [owner, u1, u2, x] = [w.person('owner'), w.person('u1'), w.person('u2'), w.person('x')];
  const inTwoSeconds = new Date(w.stage.clock.now() + 2_000).toISOString();
  const coven = await w.create(owner, 'coven', { 'End of Life': inTwoSeconds });
  await u1.join(coven, 'u1', []);
  await u2.join(coven, 'u2', ['participants', 'presence']);
  u1.send(`<presence to="${coven}"/>`);
  await w.stage.settle();
  const [shown] = (await u2.took()).filter(({ name }) => name === 'presence');
  await w.stage.powers.pass(1_999);
  await w.quiet();
  expect((await x.get(coven, info)).attrs['type']).toBe('result');
  await w.stage.powers.pass(2);
  say(
    await u2.took(),
    `<presence type="unavailable" from="${shown?.attrs['from']}" to="${u2.bare}"><mix xmlns="${PRESENCE}"><nick>u1</nick></mix></presence>`,
    deleted(coven, u2, 'participants'),
  );
  await w.quiet();
  for (const who of [owner, u1, x]) expect(refusal(await who.get(coven, info))).toBe('item-not-found/cancel');
  expect(all(await x.get(SVC, `<query xmlns="${ITEMS}"/>`), 'item')).toEqual([]);
});

test('CORE-99: an end that is moved, one that is taken back, and one that a restart does not forget', async () => {
  const w = await world({ store: openSqlite(':memory:') });
  const [owner, u2] = [w.person('owner'), w.person('u2')];
  const at = (ms: number) => ({ 'End of Life': new Date(w.stage.clock.now() + ms).toISOString() });
  const moved = await w.create(owner, 'moved', at(2_000));
  const freed = await w.create(owner, 'freed', at(2_000));
  const far = await w.create(owner, 'far', at(40 * DAY_MS));
  await u2.join(far, 'u2', ['participants']);
  await w.calm();
  expect((await owner.set(moved, configure(at(60_000)))).attrs['type']).toBe('result');
  expect((await owner.set(freed, configure({ 'End of Life': [] }))).attrs['type']).toBe('result');
  await w.stage.powers.pass(30_000);
  for (const channel of [moved, freed]) expect((await owner.get(channel, info)).attrs['type']).toBe('result');
  await w.stage.powers.pass(31_000);
  expect(refusal(await owner.get(moved, info))).toBe('item-not-found/cancel');
  await w.stage.powers.restart();
  await w.calm();
  await w.stage.powers.pass(39 * DAY_MS);
  await w.quiet();
  await w.stage.powers.pass(DAY_MS);
  say(await u2.took(), deleted(far, u2, 'participants'));
  expect(refusal(await u2.get(far, info))).toBe('item-not-found/cancel');
  expect((await owner.get(freed, info)).attrs['type']).toBe('result');
});

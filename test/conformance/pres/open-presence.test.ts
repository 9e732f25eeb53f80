/** XEP-0406 'Open Presence': people who take no part, and are there. */
import { expect, test } from 'vitest';
import { openSqlite } from '../../../src/storage/sqlite/sqlite.ts';
import type { XmlElement } from '../../../src/xml/element.ts';
import {
  all,
  config,
  configure,
  CORE,
  itemsOf,
  joinOf,
  only,
  publish,
  refusal,
  say,
  says,
  SVC,
  textIn,
  world,
  type Options,
  type Person,
  type World,
} from '../core/kit.ts';

const PRESENCE = 'urn:xmpp:mix:presence:0';
const ANON = 'urn:xmpp:mix:anon:0';
const CONFIRM_MS = 60_000;
const fromOf = (stanza: XmlElement | undefined) => stanza?.attrs['from'] ?? '';

interface Scene {
  readonly w: World;
  readonly coven: string;
  readonly owner: Person;
  readonly u2: Person;
  readonly x: Person;
}

async function scene(options: Options = { 'Open Presence': 'true' }): Promise<Scene> {
  const w = await world({ store: openSqlite(':memory:') });
  const [owner, u2, x] = [w.person('owner'), w.person('u2'), w.person('x')];
  const coven = await w.create(owner, 'coven', options);
  await u2.join(coven, 'u2', ['messages', 'participants', 'presence']);
  await w.calm();
  return { w, coven, owner, u2, x };
}

/** X shows a client; where from and with which nick U2 sees it. */
async function visit(
  { coven, u2, x }: Scene,
  content = '',
  from = x.full,
): Promise<{ address: string; nick: string; seen: XmlElement }> {
  x.send(`<presence to="${coven}">${content}</presence>`, from);
  const [seen, ...others] = await u2.took();
  expect(others).toEqual([]);
  return { address: fromOf(seen), nick: textIn(seen!, 'nick') ?? '', seen: seen! };
}

const gone = (to: Person, from: string, nick: string) =>
  `<presence type="unavailable" from="${from}" to="${to.bare}"><mix xmlns="${PRESENCE}"><nick>${nick}</nick></mix></presence>`;

test.each(['jid-hidden', 'jid-maybe-visible', 'jid-visible'])(
  'PRES-26: in %s, a visitor is shown by an id and a nick, and never by an address',
  async (mode) => {
    const s = await scene({ 'Open Presence': 'true', 'JID Visibility': mode });
    const { w, coven, owner, u2, x } = s;
    const idle = '<idle xmlns="urn:xmpp:idle:1" since="2026-01-01T00:00:00Z"/>';
    const { address, nick, seen } = await visit(s, `<show>away</show>${idle}`);
    expect(address).toMatch(/^[a-z0-9]+#coven@mix\.example\/[^/@#]+$/);
    expect(nick).toMatch(/^visitor-[a-z0-9]+$/);
    const shown = (to: Person) =>
      `<presence from="${address}" to="${to.bare}"><show>away</show><mix xmlns="${PRESENCE}"><nick>${nick}</nick></mix></presence>`;
    says(seen, shown(u2));
    // Those who come later see the same, and the visitor itself sees nothing.
    const u3 = w.person('u3');
    await u3.join(coven, 'u3', ['presence']);
    say(await u3.took(), shown(u3));
    expect(await x.took()).toEqual([]);
    // It takes no part: neither the list of participants nor the map has it.
    for (const node of ['participants', 'jidmap'])
      expect(all(await owner.get(coven, itemsOf(node)), 'item')).toHaveLength(2);
    await w.calm();
    const phone = await visit(s, '', x.client('phone'));
    expect([phone.nick, phone.address === address, phone.address.split('/')[0]]).toEqual([
      nick,
      false,
      address.split('/')[0],
    ]);
    x.send(`<presence type="unavailable" to="${coven}"/>`);
    say(await u2.took(), gone(u2, address, nick));
  },
);

test('PRES-26: a visitor can do nothing else, and nobody reaches it', async () => {
  const s = await scene();
  const { w, coven, u2, x } = s;
  const { address } = await visit(s);
  expect(refusal(await x.get(coven, itemsOf('participants')))).toBe('not-allowed/cancel + closed-node');
  x.send(`<message type="groupchat" to="${coven}"><body>boo</body></message>`);
  expect((await x.took()).map(refusal)).toEqual(['forbidden/auth']);
  x.send(`<presence to="${coven}"/>`, x.bare);
  x.send(`<presence type="subscribe" to="${coven}"/>`, x.bare);
  expect((await x.took()).map(({ attrs }) => attrs['type'])).toEqual(['unsubscribed']);
  for (const to of [address, address.split('/')[0]!])
    expect(refusal(await u2.get(to, '<ping xmlns="urn:xmpp:ping"/>'))).toBe('item-not-found/cancel');
  u2.send(`<message type="chat" to="${address}"><body>psst</body></message>`);
  expect((await u2.took()).map(refusal)).toEqual(['item-not-found/cancel']);
  await w.quiet();
});

test('PRES-26, PRES-12: those who may not join are not shown either', async () => {
  const s = await scene();
  const { w, coven, owner, u2, x } = s;
  const refused = async (to = coven) => {
    x.send(`<presence to="${to}"/>`);
    return (await x.took()).map(refusal);
  };
  const { address, nick } = await visit(s);
  await owner.set(coven, publish('banned', `<item id="${x.bare}"/>`));
  say(await u2.took(), gone(u2, address, nick));
  expect(await refused()).toEqual(['forbidden/auth']);
  await owner.set(coven, publish('banned', `<item id="${x.bare}"/>`, 'retract'));
  await owner.set(coven, configure({ 'Nodes Present': ['participants', 'presence', 'allowed', 'banned'] }));
  await w.calm();
  expect(await refused()).toEqual(['registration-required/auth']);
  const created = await owner.set(
    SVC,
    `<create xmlns="${CORE}">${config({ 'Open Presence': 'true' })}</create>`,
  );
  expect(await refused(`${only(created).attrs['channel'] ?? ''}@${SVC}`)).toEqual(['item-not-found/cancel']);
  await w.quiet();
});

test('PRES-26, ADM-29: with the option, visitors come and go', async () => {
  const s = await scene({});
  const { w, coven, owner, u2, x } = s;
  const open = (value: string) => owner.set(coven, configure({ 'Open Presence': value }));
  x.send(`<presence to="${coven}"/>`);
  expect((await x.took()).map(refusal)).toEqual(['forbidden/auth']);
  await w.quiet();
  expect((await open('true')).attrs['type']).toBe('result');
  const { address, nick } = await visit(s);
  expect((await open('false')).attrs['type']).toBe('result');
  say(await u2.took(), gone(u2, address, nick));
  x.send(`<presence to="${coven}"/>`);
  expect((await x.took()).map(refusal)).toEqual(['forbidden/auth']);
  await w.quiet();
});

test('PRES-26: a visitor who joins is the same, by a nick of its choice', async () => {
  const s = await scene();
  const { coven, u2, x } = s;
  const { address, nick } = await visit(s);
  for (const taken of [nick, nick.toUpperCase()])
    expect(refusal(await x.set(coven, joinOf(['messages'], taken)))).toBe('not-acceptable/modify');
  const id = await x.joined(coven, 'Stranger', []);
  expect(id).toBe(address.split('#')[0]);
  const [event, presence, ...others] = await u2.took();
  expect([all(event!, 'item')[0]?.attrs['id'], textIn(event!, 'nick'), others]).toEqual([id, 'Stranger', []]);
  says(
    presence,
    `<presence from="${address}" to="${u2.bare}"><mix xmlns="${PRESENCE}"><nick>Stranger</nick></mix></presence>`,
  );
  await x.set(coven, `<leave xmlns="${CORE}"/>`);
  say(
    (await u2.took()).filter(({ name }) => name === 'presence'),
    gone(u2, address, 'Stranger'),
  );
});

test('PRES-26: a visitor who joins without sharing presence is not shown any more', async () => {
  const s = await scene();
  const { coven, u2, x } = s;
  const { address, nick } = await visit(s);
  const asked = joinOf(['messages'], 'Stranger', config({ Presence: 'not share' }, ANON));
  expect((await x.set(coven, asked)).attrs['type']).toBe('result');
  say(
    (await u2.took()).filter(({ name }) => name === 'presence'),
    gone(u2, address, nick),
  );
});

test('PRES-26, PRES-23, PRES-25: visitors are asked at a start, and are ghosts when they say nothing', async () => {
  const s = await scene();
  const { w, coven, u2, x } = s;
  const { address, nick } = await visit(s);
  await w.stage.powers.restart();
  say(await x.took(), `<presence type="probe" from="${coven}" to="${x.bare}"/>`);
  expect(fromOf((await u2.took()).find(({ attrs }) => attrs['type'] === 'probe'))).toBe(coven);
  expect((await visit(s)).address).toBe(address);
  await w.stage.powers.pass(CONFIRM_MS + 1);
  await w.quiet();
  await w.stage.powers.restart();
  await w.calm();
  await w.stage.powers.pass(CONFIRM_MS + 1);
  say(await u2.took(), gone(u2, address, nick));
});

/** XEP-0403 §3 and §4: the presence of participants' clients, as the others see it. */
import { expect, test } from 'vitest';
import type { XmlElement } from '../../../src/xml/element.ts';
import {
  all,
  config,
  configure,
  CORE,
  ITEMS,
  itemsOf,
  joinOf,
  NODES,
  publish,
  PUBSUB,
  refusal,
  say,
  says,
  textIn,
  world,
  type Options,
  type Person,
  type World,
} from '../core/kit.ts';

const PRESENCE = 'urn:xmpp:mix:presence:0';
const ANON = 'urn:xmpp:mix:anon:0';
const fromOf = (stanza: XmlElement | undefined) => stanza?.attrs['from'] ?? '';
const update = (verb: string, node: string) =>
  `<update-subscription xmlns="${CORE}"><${verb} node="${NODES}${node}"/></update-subscription>`;
const mix = (nick: string, jid = '') =>
  `<mix xmlns="${PRESENCE}"><nick>${nick}</nick>${jid === '' ? '' : `<jid>${jid}</jid>`}</mix>`;

interface Scene {
  readonly w: World;
  readonly coven: string;
  readonly owner: Person;
  readonly u1: Person;
  readonly u2: Person;
  readonly id1: string;
}

/** U2 is told of presence; U1 is not, but has some. */
async function scene(options: Options = {}): Promise<Scene> {
  const w = await world();
  const [owner, u1, u2] = [w.person('owner'), w.person('u1'), w.person('u2')];
  const coven = await w.create(owner, 'coven', options);
  const id1 = await u1.joined(coven, 'u1', []);
  await u2.join(coven, 'u2', ['presence']);
  await w.calm();
  return { w, coven, owner, u1, u2, id1 };
}

/** Shows a client to the channel; the presence that U2 gets. */
async function show({ coven, u2 }: Scene, who: Person, content = '', from = who.full): Promise<XmlElement> {
  who.send(`<presence to="${coven}">${content}</presence>`, from);
  const came = await u2.took();
  expect(came).toHaveLength(1);
  return came[0]!;
}

test('PRES-01: the presence node is there while the channel has presence', async () => {
  const s = await scene();
  const { w, coven, owner, u1, u2 } = s;
  const nodes = async () =>
    all(await u1.get(coven, `<query xmlns="${ITEMS}" node="mix"/>`), 'item').map(
      ({ attrs }) => attrs['node'],
    );
  expect(await nodes()).toContain(`${NODES}presence`);
  const shown = fromOf(await show(s, u1));
  await owner.set(coven, configure({ 'Nodes Present': ['participants', 'information'] }));
  say(
    await u2.took(),
    `<presence type="unavailable" from="${shown}" to="${u2.bare}">${mix('u1')}</presence>`,
  );
  expect(await nodes()).not.toContain(`${NODES}presence`);
  const u3 = w.person('u3');
  const joined = await u3.join(coven, 'u3', ['presence', 'messages']);
  expect(all(joined, 'subscribe').map(({ attrs }) => attrs['node'])).toEqual([`${NODES}messages`]);
  u1.send(`<presence to="${coven}"/>`);
  await w.quiet();
  for (const asked of [itemsOf('presence'), publish('presence', '<item/>')])
    expect(refusal(await owner.ask(asked.includes('publish') ? 'set' : 'get', coven, asked))).toBe(
      'item-not-found/cancel',
    );
});

test('PRES-02, PRES-03, PRES-06, PRES-07, PRES-11, PRES-15: a client is one presence from its encoded address', async () => {
  const s = await scene();
  const { w, coven, u1, u2, id1 } = s;
  const first = await show(s, u1);
  const second = await show(s, u1, '', u1.client('phone'));
  for (const stanza of [first, second]) {
    expect(fromOf(stanza)).toMatch(new RegExp(`^${id1}#coven@mix\\.example/[^/@#]+$`));
    says(stanza, `<presence from="${fromOf(stanza)}" to="${u2.bare}">${mix('u1')}</presence>`);
  }
  expect(fromOf(first)).not.toBe(fromOf(second));
  // Again, it is the same item.
  expect(fromOf(await show(s, u1, '<show>away</show>'))).toBe(fromOf(first));
  expect(await u1.took()).toEqual([]);
  const u3 = w.person('u3');
  await u3.join(coven, 'u3', ['presence']);
  const seen = await u3.took();
  expect(seen.map(fromOf)).toEqual([fromOf(first), fromOf(second)]);
  expect(seen.map(({ name, attrs }) => [name, attrs['to']])).toEqual([
    ['presence', u3.bare],
    ['presence', u3.bare],
  ]);
  await w.quiet();
});

test('PRES-04, PRES-05: presence is no pubsub, neither out nor in', async () => {
  const s = await scene();
  const { w, coven, owner, u1, u2 } = s;
  await show(s, u1);
  u1.send(`<presence to="${coven}" type="unavailable"/>`);
  expect((await u2.took()).map(({ name }) => name)).toEqual(['presence']);
  for (const who of [owner, u2]) {
    expect(refusal(await who.get(coven, itemsOf('presence')))).toBe('not-allowed/cancel');
    const subscribe = `<pubsub xmlns="${PUBSUB}"><subscribe node="${NODES}presence" jid="${who.bare}"/></pubsub>`;
    const ended = subscribe.replaceAll('subscribe', 'unsubscribe');
    for (const asked of [
      subscribe,
      ended,
      publish('presence', '<item id="x"/>'),
      publish('presence', '<item id="x"/>', 'retract'),
    ])
      expect(refusal(await who.set(coven, asked))).toBe('not-allowed/cancel');
  }
  await w.quiet();
  expect(fromOf(await show(s, u1))).not.toBe('');
});

test.each([
  ['jid-visible', true],
  ['jid-maybe-visible', false],
  ['jid-hidden', false],
])('PRES-08: in %s, the full address is shown: %s', async (mode, isShown) => {
  const s = await scene({ 'JID Visibility': mode });
  const { u1, u2 } = s;
  const shown = await show(s, u1);
  says(
    shown,
    `<presence from="${fromOf(shown)}" to="${u2.bare}">${mix('u1', isShown ? u1.full : '')}</presence>`,
  );
  u1.send(`<presence type="unavailable" to="coven@mix.example"/>`);
  says(
    (await u2.took())[0],
    `<presence type="unavailable" from="${fromOf(shown)}" to="${u2.bare}">${mix('u1', isShown ? u1.full : '')}</presence>`,
  );
});

test('PRES-09: whoever has no nick is given one', async () => {
  const s = await scene({ 'Mandatory Nicks': 'false' });
  const u3 = s.w.person('u3');
  const joined = await u3.join(s.coven, undefined, []);
  const nick = textIn(joined, 'nick');
  expect(nick).toMatch(/\S/);
  expect(textIn(await show(s, u3), 'nick')).toBe(nick);
});

test('PRES-10: show and status pass', async () => {
  const s = await scene();
  const content = '<show>dnd</show><status>stirring</status><status xml:lang="fr">occupée</status>';
  const shown = await show(s, s.u1, content);
  says(shown, `<presence from="${fromOf(shown)}" to="${s.u2.bare}">${content}${mix('u1')}</presence>`);
});

test('PRES-13, PRES-14, PRES-15: a client that goes, goes as what it was, once', async () => {
  const s = await scene();
  const { w, coven, u1, u2 } = s;
  const phone = u1.client('phone');
  u1.send(`<presence type="unavailable" to="${coven}"/>`);
  await w.quiet();
  const [home, second] = [fromOf(await show(s, u1)), fromOf(await show(s, u1, '', phone))];
  u1.send(`<presence type="unavailable" to="${coven}"><status>bye</status></presence>`);
  says(
    (await u2.took())[0],
    `<presence type="unavailable" from="${home}" to="${u2.bare}"><status>bye</status>${mix('u1')}</presence>`,
  );
  u1.send(`<presence type="unavailable" to="${coven}"/>`);
  u1.send(`<presence type="unavailable" to="${coven}"/>`, u1.client('never'));
  await w.quiet();
  u2.send(`<presence to="${coven}"/>`, u2.bare);
  expect((await u2.took()).map(fromOf)).toEqual([second]);
});

test('PRES-17: a ban takes the presence away', async () => {
  const s = await scene();
  const { coven, owner, u1, u2 } = s;
  const home = fromOf(await show(s, u1));
  await owner.set(coven, publish('banned', `<item id="${u1.bare}"/>`));
  say(await u2.took(), `<presence type="unavailable" from="${home}" to="${u2.bare}">${mix('u1')}</presence>`);
  u1.send(`<presence to="${coven}"/>`);
  expect((await u1.took()).filter(({ name }) => name === 'presence').map(refusal)).toEqual([
    'forbidden/auth',
  ]);
  expect(await u2.took()).toEqual([]);
});

test('PRES-18: a new nick is shown by the same client', async () => {
  const s = await scene();
  const { coven, u1, u2 } = s;
  const home = fromOf(await show(s, u1, '<show>dnd</show>'));
  await u1.set(coven, `<setnick xmlns="${CORE}"><nick>renamed</nick></setnick>`);
  say(
    await u2.took(),
    `<presence from="${home}" to="${u2.bare}"><show>dnd</show>${mix('renamed')}</presence>`,
  );
});

test('PRES-19, PRES-20: a subscriber gets what there is, and nothing more when it has unsubscribed', async () => {
  const s = await scene();
  const { w, coven, u1, u2 } = s;
  const home = fromOf(await show(s, u1));
  await u2.set(coven, update('unsubscribe', 'presence'));
  u1.send(`<presence to="${coven}"><show>away</show></presence>`);
  await w.quiet();
  await u2.set(coven, update('subscribe', 'presence'));
  say(await u2.took(), `<presence from="${home}" to="${u2.bare}"><show>away</show>${mix('u1')}</presence>`);
  const u3 = w.person('u3');
  const answer = await u3.ask('set', coven, joinOf(['presence'], 'u3'), u3.bare);
  expect(answer.attrs['type']).toBe('result');
  say(await u3.took(), `<presence from="${home}" to="${u3.bare}"><show>away</show>${mix('u1')}</presence>`);
  await u2.set(coven, `<leave xmlns="${CORE}"/>`);
  u1.send(`<presence to="${coven}"/>`);
  expect(await u2.took()).toEqual([]);
});

test('PRES-21: presence of a bare address asks for all of it', async () => {
  const s = await scene();
  const { w, coven, u1, u2 } = s;
  const home = fromOf(await show(s, u1));
  const u3 = w.person('u3');
  u2.send(`<presence to="${coven}"/>`, u2.bare);
  say(await u2.took(), `<presence from="${home}" to="${u2.bare}">${mix('u1')}</presence>`);
  u1.send(`<presence to="${coven}"/>`, u1.bare);
  u3.send(`<presence to="${coven}"/>`, u3.bare);
  await w.quiet();
  await u3.join(coven, 'u3', ['presence']);
  expect((await u3.took()).map(fromOf)).toEqual([home]);
});

test('PRES-22: whoever shows need not see, and whoever sees need not show', async () => {
  const s = await scene();
  await show(s, s.u1);
  expect(await s.u1.took()).toEqual([]);
});

test('PRES-22, D-12: a channel may want presence from everybody', async () => {
  const s = await scene();
  const { w, coven, owner, u1, u2 } = s;
  const prefer = async (value: string) =>
    u1.set(coven, `<user-preference xmlns="${ANON}">${config({ Presence: value }, ANON)}</user-preference>`);
  expect((await prefer('not share')).attrs['type']).toBe('result');
  u1.send(`<presence to="${coven}"/>`);
  await w.quiet();
  await owner.set(coven, configure({ 'Participants Must Provide Presence': 'true' }));
  await w.quiet();
  const home = fromOf(await show(s, u1));
  expect(refusal(await prefer('not share'))).toBe('not-acceptable/modify');
  const u3 = w.person('u3');
  const asked = joinOf(['presence'], 'u3', config({ Presence: 'not share' }, ANON));
  expect(refusal(await u3.set(coven, asked))).toBe('not-acceptable/modify');
  await w.quiet();
  await owner.set(coven, configure({ 'Participants Must Provide Presence': 'false' }));
  say(await u2.took(), `<presence type="unavailable" from="${home}" to="${u2.bare}">${mix('u1')}</presence>`);
});

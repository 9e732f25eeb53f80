/** XEP-0403 §4.5 and §4.6: questions from client to client, through the channel. */
import { expect, test } from 'vitest';
import { el, type XmlElement } from '../../../src/xml/element.ts';
import { serialize } from '../../../src/xml/write.ts';
import {
  all,
  config,
  INFO,
  ITEMS,
  PUBSUB,
  refusal,
  say,
  says,
  textIn,
  world,
  type Person,
  type World,
} from '../core/kit.ts';

const ANON = 'urn:xmpp:mix:anon:0';
const RELAY_MS = 30_000;
const VCARD = '<vCard xmlns="vcard-temp"/>';
const VCARD4 = '<vcard xmlns="urn:ietf:params:xml:ns:vcard-4.0"/>';
const info = `<query xmlns="${INFO}"/>`;
const ping = '<ping xmlns="urn:xmpp:ping"/>';
const prefer = (who: Person, channel: string, options: Readonly<Record<string, string>>) =>
  who.set(channel, `<user-preference xmlns="${ANON}">${config(options, ANON)}</user-preference>`);

interface Scene {
  readonly w: World;
  readonly coven: string;
  readonly u1: Person;
  readonly u2: Person;
  readonly x: Person;
  readonly id1: string;
  readonly id2: string;
  /** The encoded addresses of U1's client and of U2's. */
  readonly client1: string;
  readonly client2: string;
}

async function scene(mode = 'jid-hidden'): Promise<Scene> {
  const w = await world();
  const [owner, u1, u2, x] = [w.person('owner'), w.person('u1'), w.person('u2'), w.person('x')];
  const coven = await w.create(owner, 'coven', { 'JID Visibility': mode });
  const id1 = await u1.joined(coven, 'u1', ['presence']);
  const id2 = await u2.joined(coven, 'u2', ['presence']);
  u1.send(`<presence to="${coven}"/>`);
  u2.send(`<presence to="${coven}"/>`);
  await w.stage.settle();
  const froms = (await u1.took()).map(({ attrs }) => attrs['from'] ?? '');
  const clientOf = (id: string) => froms.find((from) => from.startsWith(id)) ?? '';
  await w.calm();
  return { w, coven, u1, u2, x, id1, id2, client1: clientOf(id1), client2: clientOf(id2) };
}

/** Asks without waiting for the answer. */
function question(who: Person, to: string, payload: string, id = 'q', type = 'get'): void {
  who.send(`<iq type="${type}" id="${id}" to="${to}">${payload}</iq>`);
}

function answer(who: Person, asked: XmlElement | undefined, payload: string, type = 'result'): void {
  const { id, from } = asked?.attrs ?? {};
  who.send(`<iq type="${type}" id="${id}" to="${from}">${payload}</iq>`, asked?.attrs['to']);
}

test('PRES-29, PRES-30: a question finds its client, and the answer its asker', async () => {
  const { w, u1, u2, client1, client2 } = await scene();
  question(u2, client1, info, 'mine');
  const [asked, ...others] = await u1.took();
  const relayed = asked?.attrs['id'] ?? '';
  expect([others, relayed === 'mine', relayed.length > 0]).toEqual([[], false, true]);
  says(asked, `<iq type="get" id="${relayed}" from="${client2}" to="${u1.full}">${info}</iq>`);
  await w.quiet();
  const found = `<query xmlns="${INFO}"><identity category="client" type="pc"/></query>`;
  answer(u1, asked, found);
  say(await u2.took(), `<iq type="result" id="mine" from="${client1}" to="${u2.full}">${found}</iq>`);
  await w.quiet();
  // Once, and not again.
  answer(u1, asked, found);
  await w.quiet();
  const error =
    '<error type="cancel" by="$"><feature-not-implemented xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/><text xmlns="urn:ietf:params:xml:ns:xmpp-stanzas">$ says no</text></error>';
  question(u2, client1, info, 'again');
  answer(u1, (await u1.took())[0], `${info}${error.replaceAll('$', u1.full)}`, 'error');
  const refused = await u2.took();
  expect(refused.map(refusal)).toEqual(['feature-not-implemented/cancel']);
  expect(refused[0]?.attrs).toEqual({ type: 'error', id: 'again', from: client1, to: u2.full });
  expect(serialize(refused[0]!)).not.toContain('says no');
});

test('PRES-31, PRES-34, PRES-35: a vCard is asked of the account, and given where its owner allows it', async () => {
  const { w, coven, u1, u2, id1, client2 } = await scene();
  const bare = `${id1}#${coven}`;
  for (const asked of [VCARD, VCARD4])
    expect(refusal(await u2.get(bare, asked))).toBe('service-unavailable/cancel');
  await w.quiet();
  await prefer(u1, coven, { vCard: 'allow' });
  u1.account.card = el('vCard', 'vcard-temp', {}, [el('FN', 'vcard-temp', {}, ['First Witch'])]);
  const card = await u2.get(bare, VCARD);
  says(
    card,
    `<iq type="result" id="${card.attrs['id']}" from="${bare}" to="${u2.full}"><vCard xmlns="vcard-temp"><FN>First Witch</FN></vCard></iq>`,
  );
  const [asked] = await u1.took();
  says(asked, `<iq type="get" id="${asked?.attrs['id']}" from="${client2}" to="${u1.bare}">${VCARD}</iq>`);
  question(u2, bare, VCARD4);
  const [asked4] = await u1.took();
  expect([asked4?.attrs['to'], all(asked4!, 'vcard')[0]?.ns]).toEqual([
    u1.bare,
    'urn:ietf:params:xml:ns:vcard-4.0',
  ]);
});

test('PRES-32, PRES-33: who may ask, and whom', async () => {
  const { w, coven, u2, x, id1, client1 } = await scene();
  for (const to of [client1, `${id1}#${coven}`, `nobody#${coven}`])
    expect(refusal(await x.get(to, info))).toBe('forbidden/auth');
  for (const payload of [VCARD, info, '<jingle xmlns="urn:xmpp:jingle:1"/>'])
    for (const to of [`999#${coven}`, `999#${coven}/x`])
      expect(refusal(await u2.get(to, payload))).toBe('item-not-found/cancel');
  expect(refusal(await u2.get(`${id1}#${coven}/unknown`, info))).toBe('service-unavailable/cancel');
  expect(refusal(await u2.get(`${id1}#nochannel@mix.example/x`, info))).toBe('item-not-found/cancel');
  await w.quiet();
});

test.each(['jid-hidden', 'jid-maybe-visible'])(
  'PRES-36, PRES-37: in %s, nothing but harmless questions pass',
  async (mode) => {
    const { w, coven, u1, u2, id1, client1 } = await scene(mode);
    await prefer(u1, coven, { vCard: 'allow' });
    await w.calm();
    const closed = [
      '<jingle xmlns="urn:xmpp:jingle:1" action="session-initiate" sid="s"/>',
      `<pubsub xmlns="${PUBSUB}"><items node="urn:xmpp:avatar:data"/></pubsub>`,
      '<query xmlns="jabber:iq:roster"/>',
      '<query xmlns="jabber:iq:last"/>',
      `<query xmlns="${ITEMS}"/>`,
      '<data xmlns="urn:xmpp:bob" cid="c"/>',
    ];
    for (const to of [client1, `${id1}#${coven}`])
      for (const type of ['get', 'set'] as const)
        for (const payload of closed)
          expect(refusal(await u2.ask(type, to, payload))).toBe('service-unavailable/cancel');
    for (const payload of [
      info,
      ping,
      '<query xmlns="jabber:iq:version"/>',
      '<time xmlns="urn:xmpp:time"/>',
      VCARD,
      VCARD4,
    ])
      for (const to of [client1, `${id1}#${coven}`])
        expect(refusal(await u2.set(to, payload))).toBe('service-unavailable/cancel');
    for (const payload of [info, ping])
      expect(refusal(await u2.get(`${id1}#${coven}`, payload))).toBe('service-unavailable/cancel');
    await w.quiet();
  },
);

test('PRES-38: two askers with one id', async () => {
  const { w, coven, u1, u2, client1 } = await scene();
  const u3 = w.person('u3');
  await u3.join(coven, 'u3', []);
  question(u2, client1, info, '1');
  question(u3, client1, ping, '1');
  const asked = await u1.took();
  expect(new Set(asked.map(({ attrs }) => attrs['id'])).size).toBe(2);
  answer(u1, asked[1], '');
  answer(u1, asked[0], `<query xmlns="${INFO}"/>`);
  say(await u2.took(), `<iq type="result" id="1" from="${client1}" to="${u2.full}">${info}</iq>`);
  say(await u3.took(), `<iq type="result" id="1" from="${client1}" to="${u3.full}"/>`);
  await w.quiet();
});

test('PRES-39: whoever gets no answer is told so, once', async () => {
  const { w, u1, u2, client1 } = await scene();
  question(u2, client1, info, 'mine');
  const [asked] = await u1.took();
  await w.stage.powers.pass(RELAY_MS - 1);
  await w.quiet();
  await w.stage.powers.pass(1);
  const late = await u2.took();
  expect(late.map(refusal)).toEqual(['remote-server-timeout/wait']);
  expect(late[0]?.attrs).toEqual({ type: 'error', id: 'mine', from: client1, to: u2.full });
  answer(u1, asked, info);
  await w.quiet();
});

test('PRES-40: answers that nobody waits for go nowhere', async () => {
  const { w, coven, u1, u2, x, id2, client1, client2 } = await scene();
  for (const who of [u1, x])
    for (const to of [client2, `${id2}#${coven}`, `${id2}#${coven}/x`])
      for (const type of ['result', 'error'])
        for (const id of ['1', 'ask-1']) who.send(`<iq type="${type}" id="${id}" to="${to}">${info}</iq>`);
  await w.quiet();
  // Somebody else cannot answer in place of the one who was asked.
  question(u2, client1, info, 'mine');
  const [asked] = await u1.took();
  const { id, from } = asked?.attrs ?? {};
  x.send(`<iq type="result" id="${id}" to="${from}">${info}</iq>`);
  u2.send(`<iq type="result" id="${id}" to="${client1}">${info}</iq>`);
  await w.quiet();
});

test('PRES-41: ten questions both ways, and no address at either end', async () => {
  const s = await scene();
  const { w, coven, u1, u2, id1, client1, client2 } = s;
  await prefer(u1, coven, { vCard: 'allow' });
  u1.account.card = el('vCard', 'vcard-temp', {}, [
    el('FN', 'vcard-temp', {}, ['First Witch']),
    el('JABBERID', 'vcard-temp', {}, [u1.bare]),
  ]);
  await w.calm();
  const seen: XmlElement[] = [];
  const keep = async (who: Person): Promise<XmlElement[]> => {
    const came = await who.took();
    // The envelope alone may say where a stanza goes.
    seen.push(...came.map((stanza) => ({ ...stanza, attrs: { ...stanza.attrs, to: '' } })));
    return came;
  };
  for (const [asker, target, to] of [
    [u2, u1, client1],
    [u1, u2, client2],
  ] as const)
    for (const payload of [
      info,
      ping,
      '<query xmlns="jabber:iq:version"/>',
      '<time xmlns="urn:xmpp:time"/>',
    ]) {
      question(asker, to, payload);
      answer(target, (await keep(target))[0], payload);
      expect(await keep(asker)).toHaveLength(1);
    }
  for (const id of ['v1', 'v2']) question(u2, `${id1}#${coven}`, VCARD, id);
  await keep(u1);
  const cards = await keep(u2);
  expect(cards.map((card) => textIn(card, 'FN'))).toEqual(['First Witch', 'First Witch']);
  const text = seen.map((stanza) => serialize(stanza)).join('\n');
  for (const { bare, full } of [u1, u2])
    for (const part of [bare, bare.split('@')[0]!, full.split('/')[1]!]) expect(text).not.toContain(part);
  expect(w.scanner.leaks).toEqual([]);
});

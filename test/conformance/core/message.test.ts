/** XEP-0369 §7.1.6 and §7.2: messages, live and in the archive. */
import { describe, expect, test } from 'vitest';
import type { XmlElement } from '../../../src/xml/element.ts';
import { serialize } from '../../../src/xml/write.ts';
import {
  all,
  config,
  CORE,
  itemsOf,
  MAM,
  NODES,
  refusal,
  says,
  SVC,
  textIn,
  world,
  type Person,
  type World,
} from './kit.ts';

const ANON = 'urn:xmpp:mix:anon:0';
const SID = 'urn:xmpp:sid:0';
const message = (to: string, content: string, attrs = 'type="groupchat"') =>
  `<message ${attrs} to="${to}">${content}</message>`;
const bodies = (stanzas: readonly XmlElement[]) => stanzas.map((stanza) => textIn(stanza, 'body'));
const query = (rest = '', node = '') =>
  `<query xmlns="${MAM}"${node === '' ? '' : ` node="${node}"`}>${rest}</query>`;

/** What the archive gives, oldest first. */
async function history(
  who: Person,
  channel: string,
): Promise<{ id: string | undefined; message: XmlElement }[]> {
  const fin = await who.set(channel, query());
  expect(all(fin, 'fin')[0]?.attrs['complete']).toBe('true');
  return (await who.took()).map((stanza) => {
    const [result] = all(stanza, 'result');
    const [forwarded] = all(result!, 'message');
    return { id: result?.attrs['id'], message: forwarded! };
  });
}

async function scene(
  mode = 'jid-hidden',
): Promise<{ w: World; coven: string; owner: Person; u1: Person; u2: Person; x: Person; id1: string }> {
  const w = await world();
  const [owner, u1, u2, x] = [w.person('owner'), w.person('u1'), w.person('u2'), w.person('x')];
  const coven = await w.create(owner, 'coven', { 'JID Visibility': mode });
  const id1 = await u1.joined(coven, 'u1', ['messages']);
  await u2.join(coven, 'u2', ['messages']);
  await w.calm();
  return { w, coven, owner, u1, u2, x, id1 };
}

test('CORE-66, CORE-67, CORE-68, CORE-69, CORE-72, CORE-75: a message as everybody gets it', async () => {
  const { w, coven, u1, u2, x, id1 } = await scene();
  const u4 = w.person('u4');
  await u4.join(coven, 'u4', ['participants']);
  await w.calm();
  u1.send(message(coven, '<body>double, double</body>', 'type="groupchat" id="x1"'));
  const [copy, ...others] = await u2.took();
  const id = copy?.attrs['id'] ?? '';
  expect([id === 'x1', id.length > 0, others]).toEqual([false, true, []]);
  const reflected = (to: Person) =>
    `<message type="groupchat" id="${id}" from="${coven}/${id1}" to="${to.bare}"><body>double, double</body>
       <mix xmlns="${CORE}"><nick>u1</nick></mix><stanza-id xmlns="${SID}" id="${id}" by="${coven}"/></message>`;
  says(copy, reflected(u2));
  const own = await u1.took();
  says(own[0], reflected(u1));
  expect(own).toHaveLength(1);
  x.send(message(coven, '<body>me too</body>'));
  expect((await x.took()).map(refusal)).toEqual(['forbidden/auth']);
  await w.quiet();
  expect((await history(u2, coven)).map((each) => each.id)).toEqual([id]);
});

test('CORE-69: where addresses are shown, the bare one is beside the nick', async () => {
  const { coven, u1, u2 } = await scene('jid-visible');
  u1.send(message(coven, '<body>hail</body>'));
  const [copy] = await u2.took();
  const [mix] = all(copy!, 'mix');
  expect(
    all(mix!, 'nick')
      .concat(all(mix!, 'jid'))
      .map(({ children }) => children),
  ).toEqual([['u1'], [u1.bare]]);
});

test('CORE-70: what holds when a message is sent holds for that message', async () => {
  const { coven, u1, u2 } = await scene('jid-maybe-visible');
  const prefer = (value: string) =>
    u1.set(
      coven,
      `<user-preference xmlns="${ANON}">${config({ 'JID Visibility': value }, ANON)}</user-preference>`,
    );
  await prefer('always');
  u1.send(message(coven, '<body>shown</body>'));
  const shown = await u2.took();
  await prefer('never');
  u1.send(message(coven, '<body>hidden</body>'));
  const hidden = await u2.took();
  expect([...shown, ...hidden].map((copy) => [textIn(copy, 'body'), textIn(copy, 'jid')])).toEqual([
    ['shown', u1.bare],
    ['hidden', undefined],
  ]);
});

test('CORE-71: a client says nothing in the name of the channel', async () => {
  const { coven, u1, u2 } = await scene();
  const claims = [CORE, 'urn:xmpp:mix:core:0', 'urn:xmpp:mix:presence:0'].map(
    (ns) => `<mix xmlns="${ns}"><nick>u2</nick><jid>${u2.bare}</jid></mix>`,
  );
  u1.send(message(coven, `${claims.join('')}<body>it was u2</body><mix><nick>u2</nick></mix>`));
  const [copy] = await u2.took();
  const mixes = all(copy!, 'mix');
  expect(mixes.map((mix) => [mix.ns, textIn(mix, 'nick'), textIn(mix, 'jid')])).toEqual([
    [CORE, 'u1', undefined],
  ]);
});

test('CORE-73, CORE-74: origin-id, body and what the channel does not know are kept', async () => {
  const { coven, u1, u2 } = await scene();
  const foo = '<foo xmlns="urn:test" a="1"><bar>x &lt; y</bar></foo>';
  u1.send(
    message(coven, `<body>one</body><body xml:lang="fr">un</body>${foo}<origin-id xmlns="${SID}" id="o1"/>`),
  );
  for (const who of [u1, u2]) {
    const [copy] = await who.took();
    expect(all(copy!, 'body').map(({ children }) => children[0])).toEqual(['one', 'un']);
    expect(serialize(all(copy!, 'foo')[0]!)).toBe(foo.replaceAll("'", '"'));
    expect(all(copy!, 'origin-id').map(({ ns, attrs }) => [ns, attrs['id']])).toEqual([[SID, 'o1']]);
  }
});

test('CORE-75: groupchat, live and archived', async () => {
  const { coven, u1, u2 } = await scene();
  u1.send(message(coven, '<body>one</body>'));
  const live = await u2.took();
  const old = await history(u2, coven);
  expect([...live, ...old.map((each) => each.message)].map(({ attrs }) => attrs['type'])).toEqual([
    'groupchat',
    'groupchat',
  ]);
});

describe('what is no message to a channel', () => {
  test.each([
    ['CORE-76: chat', 'type="chat" id="m"', 'coven', 'bad-request/modify'],
    ['CORE-76: no type', 'id="m"', 'coven', 'bad-request/modify'],
    ['CORE-76: normal', 'type="normal" id="m"', 'coven', 'bad-request/modify'],
    ['CORE-76: headline', 'type="headline" id="m"', 'coven', 'bad-request/modify'],
    ['CORE-77: to the service', 'type="groupchat" id="m"', '', 'service-unavailable/cancel'],
    ['CORE-78: to a sender', 'type="groupchat" id="m"', 'coven/id', 'bad-request/modify'],
  ])('%s', async (_, attrs, place, condition) => {
    const { w, coven, u1, u2, id1 } = await scene();
    const to = place === '' ? SVC : place.includes('/') ? `${coven}/${id1}` : coven;
    u1.send(message(to, '<body>hello</body>', attrs));
    const [answer, ...others] = await u1.took();
    expect(others).toEqual([]);
    expect(refusal(answer)).toBe(condition);
    expect(answer?.attrs).toEqual({ type: 'error', id: 'm', from: to, to: u1.full });
    await w.quiet();
    expect(await history(u2, coven)).toEqual([]);
  });
});

test('CORE-79: errors are never answered', async () => {
  const { w, coven, u1, x, id1 } = await scene();
  const error = '<error type="cancel"><item-not-found xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error>';
  for (const who of [u1, x])
    for (const to of [
      coven,
      `${coven}/${id1}`,
      `nochannel@${SVC}`,
      SVC,
      `${id1}#${coven}`,
      `${id1}#${coven}/x`,
    ]) {
      who.send(message(to, `<body>hello</body>${error}`, 'type="error" id="m"'));
      who.send(message(to, error, 'type="error"'));
    }
  await w.quiet();
});

test('CORE-80: owners and administrators speak when they have joined', async () => {
  const { w, coven, owner, u2 } = await scene();
  const admin = w.person('admin');
  await owner.set(
    coven,
    `<pubsub xmlns="http://jabber.org/protocol/pubsub"><publish node="${NODES}config"><item>${config({ Administrator: admin.bare })}</item></publish></pubsub>`,
  );
  for (const who of [owner, admin]) {
    who.send(message(coven, '<body>silence!</body>'));
    expect((await who.took()).map(refusal)).toEqual(['forbidden/auth']);
  }
  await w.quiet();
  expect(await history(u2, coven)).toEqual([]);
});

test('CORE-81: neither presence nor a subscription is needed to speak', async () => {
  const { w, coven, u2 } = await scene();
  const u3 = w.person('u3');
  await u3.join(coven, 'u3', []);
  u3.send(message(coven, '<body>blind</body>'));
  expect(bodies(await u2.took())).toEqual(['blind']);
  expect(await u3.took()).toEqual([]);
});

test('CORE-82: one order for everybody, that of the archive', async () => {
  const { coven, u1, u2 } = await scene();
  for (let i = 0; i < 40; i += 1) {
    (i % 3 === 0 ? u1 : u2).send(message(coven, `<body>${i}</body>`));
    if (i % 7 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  const [first, second] = [await u1.took(), await u2.took()];
  const ids = first.map(({ attrs }) => attrs['id']);
  expect(bodies(first)).toEqual(Array.from({ length: 40 }, (_, i) => String(i)));
  expect(second.map(({ attrs }) => attrs['id'])).toEqual(ids);
  expect((await history(u1, coven)).map(({ id }) => id)).toEqual(ids);
});

test('CORE-83: what bounces is nobody else’s concern', async () => {
  const { w, coven, u1, u2, id1 } = await scene();
  const u3 = w.person('u3');
  await u3.join(coven, 'u3', ['messages']);
  u2.account.isBouncing = true;
  u1.send(message(coven, '<body>one</body>'));
  u1.send(message(coven, '<body>two</body>'));
  expect(bodies(await u3.took())).toEqual(['one', 'two']);
  expect(bodies(await u1.took())).toEqual(['one', 'two']);
  expect(bodies(await u2.took())).toEqual(['one', 'two']);
  await w.quiet();
  const listed = all(await u3.get(coven, itemsOf('participants')), 'item').map(({ attrs }) => attrs['id']);
  expect([listed.length, listed.includes(id1)]).toEqual([3, true]);
});

test('CORE-84, CORE-85: the archive has what was reflected, without to', async () => {
  const { coven, u1, u2 } = await scene();
  u1.send(
    message(
      coven,
      `<body>one</body><foo xmlns="urn:test"/><origin-id xmlns="${SID}" id="o1"/>`,
      'type="groupchat" id="x"',
    ),
  );
  const [live] = await u2.took();
  const [archived, ...others] = await history(u2, coven);
  expect(others).toEqual([]);
  expect(archived?.id).toBe(live?.attrs['id']);
  const { to, ...attrs } = live!.attrs;
  expect(to).toBe(u2.bare);
  says({ ...archived!.message }, serialize({ ...live!, attrs }).replace(' xmlns="jabber:client"', ''));
});

test('CORE-86: those who come late read what was said before', async () => {
  const { w, coven, u1, u2 } = await scene();
  u1.send(message(coven, '<body>long ago</body>'));
  u2.send(message(coven, '<body>later</body>'));
  const u3 = w.person('u3');
  await u3.join(coven, 'u3', []);
  expect((await history(u3, coven)).map((each) => textIn(each.message, 'body'))).toEqual([
    'long ago',
    'later',
  ]);
});

test('CORE-87: no other node has an archive', async () => {
  const { w, coven, u2 } = await scene();
  for (const node of ['participants', 'presence', 'info', 'jidmap'])
    expect(refusal(await u2.set(coven, query('', NODES + node)))).toBe('feature-not-implemented/cancel');
  expect((await u2.set(coven, query('', `${NODES}messages`))).attrs['type']).toBe('result');
  expect(refusal(await u2.set(coven, query('', 'urn:bogus')))).toBe('item-not-found/cancel');
  await w.quiet();
});

/** XEP-0369 §7.1.2: joining, and choosing what to be told. */
import { expect, test } from 'vitest';
import {
  all,
  config,
  configure,
  CORE,
  itemsOf,
  joinOf,
  NODES,
  only,
  publish,
  PUBSUB,
  refusal,
  say,
  says,
  SVC,
  textIn,
  without,
  world,
  type Person,
} from './kit.ts';

const EVENT = 'http://jabber.org/protocol/pubsub#event';
const ANON = 'urn:xmpp:mix:anon:0';

const nodesIn = async (joined: Promise<ReturnType<typeof only>>) =>
  all(await joined, 'subscribe').map(({ attrs }) => attrs['node']);
const named = (...nodes: string[]) => nodes.map((node) => NODES + node);
const participants = async (who: Person, channel: string) =>
  all(await who.get(channel, itemsOf('participants')), 'item').map(({ attrs }) => attrs['id']);
const update = (...changes: (readonly ['subscribe' | 'unsubscribe', string])[]) =>
  `<update-subscription xmlns="${CORE}">${changes.map(([verb, node]) => `<${verb} node="${node.includes(':') ? node : NODES + node}"/>`).join('')}</update-subscription>`;
const body = (to: string, text: string) =>
  `<message type="groupchat" to="${to}"><body>${text}</body></message>`;
const joinEvent = (channel: string, to: Person, id: string, who: string) =>
  `<message type="headline" from="${channel}" to="${to.bare}"><event xmlns="${EVENT}"><items node="${NODES}participants"><item id="${id}"><participant xmlns="${CORE}">${who}</participant></item></items></event></message>`;

test('CORE-37, CORE-40, CORE-41, CORE-45: a join, its answer, and what the others are told', async () => {
  const w = await world();
  const [owner, u1, u2] = [w.person('owner'), w.person('u1'), w.person('u2')];
  const coven = await w.create(owner);
  await u2.join(coven, 'u2');
  await w.calm();
  const asked = joinOf(['messages', 'participants', 'info'], ' third  witch ');
  expect(refusal(await u1.ask('get', coven, asked, u1.bare))).toBe('bad-request/modify');
  await w.quiet();
  const answer = await u1.ask('set', coven, asked, u1.bare);
  const id = only(answer).attrs['id'] ?? '';
  expect(id).toMatch(/^[a-z0-9]+$/);
  expect(all(answer, 'x')).toHaveLength(1);
  says(
    without(answer, 'x'),
    `<iq type="result" id="${answer.attrs['id']}" from="${coven}" to="${u1.bare}">
       <join xmlns="${CORE}" id="${id}" jid="${id}#${coven}">
         <subscribe node="${NODES}messages"/><subscribe node="${NODES}participants"/><subscribe node="${NODES}info"/>
         <nick>third witch</nick></join></iq>`,
  );
  say(await u2.took(), joinEvent(coven, u2, id, '<nick>third witch</nick>'));
});

test('CORE-38: the nodes that are asked for, and their events alone', async () => {
  const w = await world();
  const [owner, u1, u2] = [w.person('owner'), w.person('u1'), w.person('u2')];
  const coven = await w.create(owner);
  expect(await nodesIn(u1.join(coven, 'u1', ['info', 'messages', 'info']))).toEqual(
    named('info', 'messages'),
  );
  await w.calm();
  await u2.join(coven, 'u2', []);
  await w.quiet();
  u2.send(body(coven, 'hello'));
  await owner.set(coven, publish('info', `<item>${config({ Name: 'Witches' }, CORE)}</item>`));
  expect(
    (await u1.took()).map((stanza) => textIn(stanza, 'body') ?? only(only(stanza)).attrs['node']),
  ).toEqual(['hello', `${NODES}info`]);
  await w.quiet();
});

test('CORE-39: somebody who asks for nothing takes part, and is told nothing', async () => {
  const w = await world();
  const [owner, u1, u2] = [w.person('owner'), w.person('u1'), w.person('u2')];
  const coven = await w.create(owner);
  const joined = await u1.join(coven, 'u1', []);
  expect(all(joined, 'subscribe')).toEqual([]);
  await u2.join(coven, 'u2');
  u2.send(body(coven, 'hello'));
  expect(await u1.took()).toEqual([]);
  expect(await participants(u2, coven)).toContain(joined.attrs['id']);
});

test('CORE-42: what cannot be had is left out of the answer', async () => {
  const w = await world();
  const u1 = w.person('u1');
  const coven = await w.create(w.person('owner'));
  const asked = ['urn:bogus', 'messages', 'jidmap', 'config'];
  expect(await nodesIn(u1.join(coven, 'u1', asked))).toEqual(named('messages'));
  expect(await participants(u1, coven)).toHaveLength(1);
});

test('CORE-43: where nothing can be had, nobody joins', async () => {
  const w = await world();
  const [owner, u1, u2] = [w.person('owner'), w.person('u1'), w.person('u2')];
  const coven = await w.create(owner);
  await u2.join(coven, 'u2');
  await w.calm();
  const answer = await u1.set(coven, joinOf(['urn:bogus1', 'jidmap', 'urn:bogus2'], 'u1'));
  expect(refusal(answer)).toBe('item-not-found/cancel beside join');
  const [join] = all(answer, 'join');
  expect(join?.ns).toBe(CORE);
  expect(all(join!, 'subscribe').map(({ attrs }) => attrs['node'])).toEqual(['urn:bogus1', 'urn:bogus2']);
  expect(refusal(await u1.set(coven, joinOf(['jidmap'], 'u1')))).toBe(
    'not-allowed/cancel + closed-node beside join',
  );
  expect(await participants(u2, coven)).toHaveLength(1);
  await w.quiet();
  u1.send(body(coven, 'hello'));
  expect((await u1.took()).map(refusal)).toEqual(['forbidden/auth']);
});

test('CORE-44: whoever has the answer takes part', async () => {
  const w = await world();
  const [owner, u1, u2] = [w.person('owner'), w.person('u1'), w.person('u2')];
  const coven = await w.create(owner);
  await u2.join(coven, 'u2');
  await u1.join(coven, 'u1');
  await w.calm();
  u1.send(body(coven, 'at once'));
  expect((await u2.took()).map((stanza) => textIn(stanza, 'body'))).toEqual(['at once']);
  // Even before the answer: what is sent behind a join is decided behind it.
  const u3 = w.person('u3');
  u3.send(`<iq type="set" id="j" to="${coven}">${joinOf(['messages'], 'u3')}</iq>`, u3.bare);
  u3.send(body(coven, 'behind the join'));
  const [answer, own] = await u3.took();
  expect([answer?.attrs['type'], textIn(own!, 'body')]).toEqual(['result', 'behind the join']);
});

test.each([
  ['jid-visible', true],
  ['jid-hidden', false],
])('CORE-46: in %s the event has the address: %s', async (mode, isShown) => {
  const w = await world();
  const [owner, u1, u2] = [w.person('owner'), w.person('u1'), w.person('u2')];
  const coven = await w.create(owner, 'coven', { 'JID Visibility': mode });
  await u2.join(coven, 'u2', ['participants']);
  await w.calm();
  const id = await u1.joined(coven, 'u1');
  say(await u2.took(), joinEvent(coven, u2, id, `<nick>u1</nick>${isShown ? `<jid>${u1.bare}</jid>` : ''}`));
});

test('CORE-47, CORE-48, CORE-49, CORE-50: those who may not join leave no trace', async () => {
  const w = await world();
  const [owner, u1, u2, u4] = [w.person('owner'), w.person('u1'), w.person('u2'), w.person('u4')];
  const coven = await w.create(owner);
  const id2 = await u2.joined(coven, 'u2');
  await w.calm();
  const refused = async (who: Person, nick?: string) =>
    refusal(await who.ask('set', coven, joinOf(['messages'], nick), who.bare));
  expect(await refused(u1)).toBe('not-acceptable/modify');
  expect(await refused(u1, 'U2')).toBe('conflict/cancel');
  await owner.set(coven, publish('banned', `<item id="${u1.bare}"/>`));
  expect(await refused(u1, 'u1')).toBe('forbidden/auth');
  await owner.set(coven, publish('banned', `<item id="${u1.bare}"/>`, 'retract'));
  await owner.set(coven, publish('banned', `<item id="u1.test"/>`));
  expect(await refused(u1, 'u1')).toBe('forbidden/auth');
  await owner.set(
    coven,
    configure({ 'Nodes Present': ['participants', 'banned', 'allowed', 'information'] }),
  );
  await owner.set(coven, publish('allowed', `<item id="elsewhere.test"/>`));
  expect(await refused(u4, 'u4')).toBe('registration-required/auth');
  expect(await participants(u2, coven)).toEqual([id2]);
  await w.quiet();
});

test('CORE-51, CORE-52: joins that go to the wrong place', async () => {
  const w = await world();
  const u1 = w.person('u1');
  expect(refusal(await u1.set(`nochannel@${SVC}`, joinOf(['messages'], 'u1')))).toBe('item-not-found/cancel');
  expect(refusal(await u1.set(SVC, joinOf(['messages'], 'u1')))).toBe('bad-request/modify');
  expect(refusal(await u1.set(SVC, joinOf(['messages'], 'u1').replace(CORE, ANON)))).toBe(
    'bad-request/modify',
  );
});

test('CORE-53, CORE-54: joining again adds nodes; a full address stands for the bare one', async () => {
  const w = await world();
  const [owner, u1, u2] = [w.person('owner'), w.person('u1'), w.person('u2')];
  const coven = await w.create(owner);
  await u2.join(coven, 'u2');
  const id = await u1.joined(coven, 'u1', ['participants']);
  await w.calm();
  const answer = await u1.ask('set', coven, joinOf(['messages']), u1.client('other'));
  expect(only(answer).attrs).toEqual({ id, jid: `${id}#${coven}` });
  expect([await nodesIn(Promise.resolve(only(answer))), textIn(answer, 'nick')]).toEqual([
    named('messages'),
    'u1',
  ]);
  await w.quiet();
  expect(await participants(u2, coven)).toHaveLength(2);
  u2.send(body(coven, 'hello'));
  await u2.set(coven, `<setnick xmlns="${CORE}"><nick>second</nick></setnick>`);
  const came = await u1.took();
  expect(came.map(({ attrs }) => attrs['to'])).toEqual([u1.bare, u1.bare]);
  expect(textIn(came[0]!, 'body')).toBe('hello');
  expect(all(came[1]!, 'items')[0]?.attrs['node']).toBe(`${NODES}participants`);
});

test('CORE-54: somebody without a MIX server joins from a client', async () => {
  const w = await world();
  const [owner, u1, u2] = [w.person('owner'), w.person('u1'), w.person('u2')];
  const coven = await w.create(owner);
  await u2.join(coven, 'u2');
  const answer = await u1.set(coven, joinOf(['messages'], 'u1'));
  expect(answer.attrs).toMatchObject({ type: 'result', to: u1.full });
  u2.send(body(coven, 'hello'));
  expect((await u1.took()).map(({ attrs }) => attrs['to'])).toEqual([u1.bare]);
});

test('CORE-55: update-subscription changes what one is told, and says so', async () => {
  const w = await world();
  const [owner, u1, u2, x] = [w.person('owner'), w.person('u1'), w.person('u2'), w.person('x')];
  const coven = await w.create(owner);
  await u1.join(coven, 'u1', ['participants']);
  await u2.join(coven, 'u2', []);
  await w.calm();
  const answer = await u1.ask(
    'set',
    coven,
    update(
      ['subscribe', 'messages'],
      ['subscribe', 'urn:bogus'],
      ['unsubscribe', 'participants'],
      ['unsubscribe', 'info'],
    ),
    u1.bare,
  );
  says(
    answer,
    `<iq type="result" id="${answer.attrs['id']}" from="${coven}" to="${u1.bare}"><update-subscription xmlns="${CORE}" jid="${u1.bare}">
       <subscribe node="${NODES}messages"/><unsubscribe node="${NODES}participants"/></update-subscription></iq>`,
  );
  u2.send(body(coven, 'hello'));
  await u2.set(coven, `<setnick xmlns="${CORE}"><nick>second</nick></setnick>`);
  expect((await u1.took()).map((stanza) => textIn(stanza, 'body'))).toEqual(['hello']);
  expect(refusal(await x.set(coven, update(['subscribe', 'messages'])))).toBe('forbidden/auth');
  // D-95: an owner who takes no part subscribes by role.
  const byRole = await owner.set(coven, update(['subscribe', 'messages']));
  says(
    byRole,
    `<iq type="result" id="${byRole.attrs['id']}" from="${coven}" to="${byRole.attrs['to']}"><update-subscription xmlns="${CORE}" jid="${owner.bare}">
       <subscribe node="${NODES}messages"/></update-subscription></iq>`,
  );
  await w.quiet();
});

test('CORE-56: whoever unsubscribes from everything still takes part', async () => {
  const w = await world();
  const [owner, u1, u2] = [w.person('owner'), w.person('u1'), w.person('u2')];
  const coven = await w.create(owner);
  const id = await u1.joined(coven, 'u1', ['messages', 'participants', 'presence', 'info']);
  await u2.join(coven, 'u2');
  await w.calm();
  const all4 = ['messages', 'participants', 'presence', 'info'] as const;
  const answer = await u1.set(coven, update(...all4.map((node) => ['unsubscribe', node] as const)));
  expect(answer.attrs['type']).toBe('result');
  expect(await participants(u2, coven)).toContain(id);
  u1.send(body(coven, 'still here'));
  expect((await u2.took()).map((stanza) => textIn(stanza, 'body'))).toEqual(['still here']);
  await w.quiet();
  const own = await u1.get(coven, `<pubsub xmlns="${PUBSUB}"><subscriptions/></pubsub>`);
  expect(all(own, 'subscription')).toEqual([]);
});

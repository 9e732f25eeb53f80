import { afterEach, beforeEach, expect, test } from 'vitest';
import { child, elements } from '../../xml/element.ts';
import { parseElement } from '../../xml/reader.ts';
import { serialize } from '../../xml/write.ts';
import { openStage, type Client, type Stage } from '../stage.ts';
import {
  channelAnswers,
  channelError,
  clientJoin,
  clientLeave,
  CORE,
  COVEN,
  errorOf,
  form,
  isPush,
  itemIn,
  join,
  PAM,
  participantId,
  roster,
} from './stage.ts';

let stage: Stage;
let hag: Client;
beforeEach(async () => {
  stage = await openStage({ limits: { channelAnswerMs: 200, channelRequestsPerAccountMax: 3 } });
  hag = await stage.client('hag66', 'a');
});
afterEach(async () => stage.stop());

test.each([
  ["another user's account", clientJoin(COVEN), 'hecate@localhost', 'forbidden/auth'],
  [
    'no channel',
    `<client-join xmlns='${PAM}'><join xmlns='${CORE}'/></client-join>`,
    undefined,
    'bad-request/modify',
  ],
  ['a malformed channel', clientJoin('a@@b'), undefined, 'jid-malformed/modify'],
  ['a channel with a resource', clientJoin(`${COVEN}/x`), undefined, 'bad-request/modify'],
  ['a channel without a name', clientJoin('mix.localhost'), undefined, 'bad-request/modify'],
  ['no join', `<client-join xmlns='${PAM}' channel='${COVEN}'/>`, undefined, 'bad-request/modify'],
  ['a channel elsewhere', clientJoin('coven@mix.example.org'), undefined, 'remote-server-not-found/cancel'],
])('PAM-05: a join with %s is refused', async (_, payload, to, error) => {
  expect(errorOf(await hag.iq(payload, 'set', to))).toBe(error);
  expect(await roster(hag, true)).toEqual([]);
});

test.each([CORE, 'urn:xmpp:mix:anon:0', 'urn:xmpp:mix:misc:0'])(
  'PAM-06: a join in %s reaches the channel byte-equal, from the bare JID and with the same id',
  async (ns) => {
    const inside =
      `<join xmlns="${ns}" custom="1"><subscribe node="urn:xmpp:mix:nodes:messages"/><nick>third &amp; witch</nick>` +
      `<x xmlns="jabber:x:data" type="submit"><field var="JID Visibility"><value>never</value></field></x>` +
      `<invitation xmlns="urn:xmpp:mix:misc:0"><token>ABC</token></invitation></join>`;
    hag.send(
      `<iq type='set' id='E6E1' to='hag66@localhost'><client-join xmlns='${PAM}' channel='${COVEN}'>${inside}</client-join></iq>`,
    );
    const request = await stage.service.take(({ name }) => name === 'iq');
    expect(request.attrs).toEqual({ type: 'set', id: 'E6E1', from: 'hag66@localhost', to: COVEN });
    expect(elements(request).map((element) => serialize(element))).toEqual([serialize(parseElement(inside))]);
    expect(request.children).toHaveLength(1);
  },
);

test("PAM-07: the channel's error is passed to the client", async () => {
  const answer = hag.iq(clientJoin(COVEN), 'set');
  const error =
    "<error type='cancel'><conflict xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>taken</text></error>";
  await channelAnswers(stage, `type='error'><join xmlns='${CORE}'><subscribe node='x'/></join>${error}`);
  const got = await answer;
  expect(errorOf(got)).toBe('conflict/cancel');
  expect(got.attrs).toMatchObject({ type: 'error', from: 'hag66@localhost', to: 'hag66@localhost/a' });
  expect(serialize(child(got, 'client-join', PAM)!)).toContain('<subscribe node="x"/>');
  expect(await roster(hag, true)).toEqual([]);
});

test('PAM-08: a silent channel gives remote-server-timeout, and its late success still gets into the roster', async () => {
  const answer = hag.iq(clientJoin(COVEN), 'set');
  const request = await stage.service.take(({ name }) => name === 'iq');
  expect(errorOf(await answer)).toBe('remote-server-timeout/wait');
  expect(await roster(hag, true)).toEqual([]);
  stage.say(
    `<iq type='result' from='${COVEN}' to='hag66@localhost' id='${request.attrs['id']!}'><join xmlns='${CORE}' id='1'/></iq>`,
  );
  expect(participantId(itemIn(await hag.inbox.take(isPush)))).toBe('1');
  await hag.sync();
  expect(hag.inbox.stanzas).toEqual([]);
});

test('too many requests that wait are refused', async () => {
  for (let count = 0; count < 3; count++) hag.request(clientJoin(`c${count}@mix.localhost`), 'set');
  expect(errorOf(await hag.iq(clientJoin(COVEN), 'set'))).toBe('resource-constraint/wait');
});

test('two clients may use the same id at the same time', async () => {
  const other = await stage.client('hag66', 'b');
  for (const client of [hag, other]) client.send(`<iq type='set' id='same'>${clientJoin(COVEN)}</iq>`);
  const ids = new Set<string>();
  for (let count = 0; count < 2; count++) {
    const request = await channelAnswers(stage, `type='result'><join xmlns='${CORE}' id='1'/>`);
    ids.add(request.attrs['id']!);
  }
  expect(ids.size).toBe(2);
  for (const client of [hag, other])
    await client.inbox.take(({ attrs }) => attrs['id'] === 'same' && attrs['type'] === 'result');
});

test('PAM-09: the roster push comes before the answer to the join', async () => {
  await roster(hag, false);
  await join(stage, hag, {});
  hag.request(clientLeave(COVEN), 'set');
  const answer = await hag.inbox.take(() => true);
  expect(isPush(answer)).toBe(true);
  expect(itemIn(answer).attrs).toEqual({ jid: COVEN, subscription: 'from' });
});

test("PAM-10: the answer wraps the channel's join as it was received", async () => {
  const joined = `<nick>n</nick><subscribe node='urn:xmpp:mix:nodes:messages'/>${form('share', 'result')}`;
  const answer = await join(stage, hag, { joined, attrs: "id='123456' jid='123456#coven@mix.localhost'" });
  expect(answer.attrs).toMatchObject({ type: 'result', from: 'hag66@localhost', to: 'hag66@localhost/a' });
  const [wrapper, ...more] = elements(answer);
  expect(more).toEqual([]);
  expect([wrapper!.name, wrapper!.ns]).toEqual(['client-join', PAM]);
  const expected = `<join xmlns='${CORE}' id='123456' jid='123456#coven@mix.localhost'>${joined}</join>`;
  expect(serialize(elements(wrapper!)[0]!)).toBe(expected.replaceAll("'", '"'));
});

test.each([
  ["id='123456'", '123456'],
  ["jid='654321#coven@mix.localhost'", '654321'],
  ['', undefined],
])('PAM-11: from an answer with %s the participant id is %s', async (attrs, id) => {
  expect((await join(stage, hag, { attrs })).attrs['type']).toBe('result');
  const [item] = await roster(hag, true);
  expect(child(item!, 'channel', 'urn:xmpp:mix:roster:0')).toBeDefined();
  expect(participantId(item)).toBe(id);
});

test('PAM-12: a leave reaches the channel, then the roster entry goes, then the client is told', async () => {
  await join(stage, hag);
  await roster(hag, true);
  hag.send(`<iq type='set' id='L1' to='hag66@localhost'>${clientLeave(COVEN)}</iq>`);
  const request = await channelAnswers(stage, `type='result'><leave xmlns='${CORE}'/>`);
  expect(request.attrs).toEqual({ type: 'set', id: 'L1', from: 'hag66@localhost', to: COVEN });
  expect(serialize(elements(request)[0]!)).toBe(`<leave xmlns="${CORE}"/>`);
  const [push, answer] = [await hag.inbox.take(() => true), await hag.inbox.take(() => true)];
  expect(itemIn(push).attrs).toEqual({ jid: COVEN, subscription: 'remove' });
  expect(answer.attrs).toEqual({
    type: 'result',
    id: 'L1',
    from: 'hag66@localhost',
    to: 'hag66@localhost/a',
  });
  expect(serialize(elements(answer)[0]!)).toBe(
    `<client-leave xmlns="${PAM}"><leave xmlns="${CORE}"/></client-leave>`,
  );
});

test('PAM-12: an error of the channel is passed on, and the entry stays', async () => {
  await join(stage, hag);
  const answer = hag.iq(clientLeave(COVEN), 'set');
  await channelAnswers(stage, channelError('internal-server-error'));
  expect(errorOf(await answer)).toBe('internal-server-error/cancel');
  expect(await roster(hag, true)).toHaveLength(1);
});

test.each(['item-not-found', 'remote-server-not-found', 'gone'])(
  'PAM-13: a leave that the channel answers with %s cleans the roster',
  async (condition) => {
    await join(stage, hag);
    const answer = hag.iq(clientLeave(COVEN), 'set');
    await channelAnswers(stage, channelError(condition));
    expect(errorOf(await answer)).toBe('none');
    expect(await roster(hag, true)).toEqual([]);
  },
);

test('PAM-14: a join straight to the channel passes through, and the roster knows nothing of it', async () => {
  const answer = hag.iq(`<join xmlns='${CORE}'><nick>n</nick></join>`, 'set', COVEN);
  const request = await channelAnswers(stage, `type='result'><join xmlns='${CORE}' id='1'/>`);
  expect(request.attrs['from']).toBe('hag66@localhost/a');
  expect((await answer).attrs['from']).toBe(COVEN);
  expect(await roster(hag, true)).toEqual([]);
});

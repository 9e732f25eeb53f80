import { afterEach, beforeEach, expect, test } from 'vitest';
import { child, elements } from '../../xml/element.ts';
import { serialize } from '../../xml/write.ts';
import { openStage, type Client, type Stage } from '../stage.ts';
import {
  channelAnswers,
  CORE,
  COVEN,
  event,
  form,
  HEATH,
  isMessage,
  isPresence,
  isPush,
  itemIn,
  join,
  participantId,
  PARTICIPANTS,
  PRESENCE,
  roster,
} from './stage.ts';

let stage: Stage;
let hag: Client;
beforeEach(async () => {
  stage = await openStage();
  hag = await stage.client('hag66', 'a');
});
afterEach(async () => stage.stop());

test('PAM-15, PAM-21: with annotate, joined channels are marked with the participant id', async () => {
  await join(stage, hag);
  await join(stage, hag, { channel: HEATH, attrs: "id='7'" });
  await hag.iq("<query xmlns='jabber:iq:roster'><item jid='hecate@localhost'/></query>", 'set');
  expect((await roster(hag, true)).map((item) => [item.attrs['jid'], participantId(item)])).toEqual([
    [COVEN, '123456'],
    [HEATH, '7'],
    ['hecate@localhost', undefined],
  ]);
});

test('PAM-22: without annotate, items are plain', async () => {
  await join(stage, hag);
  const other = await stage.client('hag66');
  expect((await roster(other, false)).map((item) => serialize(item, 'jabber:iq:roster'))).toEqual([
    `<item jid="${COVEN}" subscription="from"/>`,
  ]);
});

test('PAM-23, PAM-24: pushes are marked for those clients whose last roster request asked for it', async () => {
  const plain = await stage.client('hag66', 'plain');
  await roster(hag, true);
  await roster(plain, false);
  await join(stage, await stage.client('hag66', 'third'));
  expect(participantId(itemIn(await hag.inbox.take(isPush)))).toBe('123456');
  expect(elements(itemIn(await plain.inbox.take(isPush)))).toEqual([]);
  await roster(hag, false);
  await join(stage, hag, { channel: HEATH });
  expect(elements(itemIn(await hag.inbox.take(isPush)))).toEqual([]);
});

test('PAM-16, PAM-20: a sharing join gives a one-way subscription and shows the client, without a handshake', async () => {
  await hag.online([CORE], '<show>dnd</show>');
  hag.inbox.stanzas.length = 0;
  await join(stage, hag);
  const shown = await stage.service.take(isPresence);
  expect(shown.attrs).toEqual({ from: 'hag66@localhost/a', to: COVEN });
  expect(serialize(child(shown, 'show')!)).toBe('<show>dnd</show>');
  const [item] = await roster(hag, false);
  expect(item!.attrs['subscription']).toBe('from');
  stage.say(
    `<presence type='subscribe' from='${COVEN}' to='hag66@localhost'/><presence type='subscribed' from='${COVEN}' to='hag66@localhost'/>`,
  );
  await stage.settled();
  await hag.sync();
  expect(hag.inbox.takeAll(isPresence)).toEqual([]);
});

test.each([
  ['in the answer', { joined: form('not share', 'result') }],
  ['in the request, where the answer has no form', { inside: form('not_share') }],
])("PAM-17: with Presence='not share' %s nothing is shown", async (_, joining) => {
  await hag.online();
  await join(stage, hag, joining);
  const [item] = await roster(hag, true);
  expect(item!.attrs['subscription']).toBe('none');
  await hag.sync();
  hag.send('<presence><show>away</show></presence>');
  await hag.sync();
  await stage.settled();
  expect(stage.service.takeAll(isPresence)).toEqual([]);
  stage.say(`<presence type='probe' from='${COVEN}' to='hag66@localhost'/>`);
  await stage.settled();
  expect(stage.service.takeAll(isPresence)).toEqual([]);
});

test('PAM-18: a changed preference that passes by flips the subscription, and shows or hides the client', async () => {
  await hag.online();
  await join(stage, hag);
  await roster(hag, false);
  await stage.service.take(isPresence);
  const set = async (presence: string, from = COVEN) => {
    const answer = hag.iq(
      `<user-preference xmlns='urn:xmpp:mix:anon:0'>${form(presence)}</user-preference>`,
      'set',
      from,
    );
    await channelAnswers(
      stage,
      `type='result'><user-preference xmlns='urn:xmpp:mix:anon:0'>${form(presence, 'result')}</user-preference>`,
      from,
    );
    expect((await answer).attrs['from']).toBe(from);
  };
  await set('Not Share');
  expect(itemIn(await hag.inbox.take(isPush)).attrs).toEqual({ jid: COVEN, subscription: 'none' });
  expect((await stage.service.take(isPresence)).attrs['type']).toBe('unavailable');
  await set('share');
  expect(itemIn(await hag.inbox.take(isPush)).attrs).toEqual({ jid: COVEN, subscription: 'from' });
  expect((await stage.service.take(isPresence)).attrs['type']).toBeUndefined();
  await set('not share', HEATH);
  await set('not share', '9#coven@mix.localhost');
  expect((await roster(hag, false)).map(({ attrs }) => attrs)).toEqual([
    { jid: COVEN, subscription: 'from' },
  ]);
});

test.each([
  ['is removed', event(`<items node='${PARTICIPANTS}'><retract id='123456'/></items>`)],
  ['is destroyed', event(`<delete node='${PARTICIPANTS}'/>`)],
])(
  'PAM-19: when the participant or the channel %s, the entry goes and the client gets the event',
  async (_, said) => {
    await hag.online();
    await join(stage, hag);
    await roster(hag, false);
    stage.say(said);
    await hag.inbox.take(isMessage);
    expect(itemIn(await hag.inbox.take(isPush)).attrs).toEqual({ jid: COVEN, subscription: 'remove' });
  },
);

test.each([
  ['another participant', event(`<items node='${PARTICIPANTS}'><retract id='9'/></items>`)],
  ['another node', event(`<delete node='${PRESENCE}'/>`)],
  ['somebody else', event(`<delete node='${PARTICIPANTS}'/>`, '9#coven@mix.localhost/x')],
  ["somebody else's resource", event(`<delete node='${PARTICIPANTS}'/>`, `${COVEN}/9`)],
  ['another channel', event(`<items node='${PARTICIPANTS}'><retract id='123456'/></items>`, HEATH)],
])('PAM-19: an event about or by %s leaves the entry', async (_, said) => {
  await join(stage, hag);
  stage.say(said);
  await stage.settled();
  expect(await roster(hag, false)).toHaveLength(1);
});

test('PAM-25: removing the entry by a roster set is a leave; renaming it keeps what it is', async () => {
  await join(stage, hag);
  await roster(hag, true);
  await hag.iq(
    `<query xmlns='jabber:iq:roster'><item jid='${COVEN}' name='The coven' subscription='none'><group>g</group></item></query>`,
    'set',
  );
  const item = itemIn(await hag.inbox.take(isPush));
  expect(item.attrs).toEqual({ jid: COVEN, name: 'The coven', subscription: 'from' });
  expect(participantId(item)).toBe('123456');
  await join(stage, hag);
  expect(itemIn(await hag.inbox.take(isPush)).attrs['name']).toBe('The coven');
  const answer = hag.iq(
    `<query xmlns='jabber:iq:roster'><item jid='${COVEN}' subscription='remove'/></query>`,
    'set',
  );
  const request = await channelAnswers(stage, `type='result'><leave xmlns='${CORE}'/>`);
  expect(serialize(elements(request)[0]!)).toBe(`<leave xmlns="${CORE}"/>`);
  expect((await answer).attrs['type']).toBe('result');
  expect(itemIn(await hag.inbox.take(isPush)).attrs).toEqual({ jid: COVEN, subscription: 'remove' });
});

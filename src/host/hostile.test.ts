import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage({ limits: { stanzasPerSecondMax: 1e9, loginFailuresPerMinuteMax: 1e9 } });
});
// The stage fails the test when the host has logged a mistake of its own.
afterEach(async () => stage.stop());

/** Numbers that look random and are the same in each run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const payloads = [
  "<query xmlns='jabber:iq:roster'/>",
  "<query xmlns='jabber:iq:roster'><item jid='coven@mix.localhost' subscription='remove'/></query>",
  "<query xmlns='jabber:iq:roster'><item jid='hecate@localhost' name='n'><group>g</group></item></query>",
  "<client-join xmlns='urn:xmpp:mix:pam:2' channel='coven@mix.localhost'><join xmlns='urn:xmpp:mix:core:1'/></client-join>",
  "<client-leave xmlns='urn:xmpp:mix:pam:2' channel='coven@mix.localhost'><leave xmlns='urn:xmpp:mix:core:1'/></client-leave>",
  "<query xmlns='urn:xmpp:mam:2'><set xmlns='http://jabber.org/protocol/rsm'><max>5</max><before/></set></query>",
  "<metadata xmlns='urn:xmpp:mam:2'/>",
  "<vCard xmlns='vcard-temp'><FN>x</FN></vCard>",
  "<query xmlns='http://jabber.org/protocol/disco#info'/>",
  "<body>x</body><stanza-id xmlns='urn:xmpp:sid:0' by='hag66@localhost' id='1'/>",
  "<priority>300</priority><c xmlns='http://jabber.org/protocol/caps' ver='1'/>",
  "<event xmlns='http://jabber.org/protocol/pubsub#event'><items node='urn:xmpp:mix:nodes:participants'><retract id='1'/></items></event>",
  "<user-preference xmlns='urn:xmpp:mix:anon:0'><x xmlns='jabber:x:data' type='result'><field var='Presence'><value>x</value></field></x></user-preference>",
  "<update-subscription xmlns='urn:xmpp:mix:core:1'><subscribe/></update-subscription>",
  "<join xmlns='urn:xmpp:mix:core:1' id='1'/>",
  "<enable xmlns='urn:xmpp:carbons:2'/>",
  "<body>x</body><received xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client'/></forwarded></received>",
  "<block xmlns='urn:xmpp:blocking'><item jid='hecate@localhost'/><item jid='1#coven@mix.localhost'/></block>",
  "<unblock xmlns='urn:xmpp:blocking'/>",
  "<pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='node'><item><tune xmlns='tune'/></item></publish></pubsub>",
  "<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='node'><item id='1'/></items></pubsub>",
  "<pubsub xmlns='http://jabber.org/protocol/pubsub#owner'><configure node='node'><x xmlns='jabber:x:data' type='submit'/></configure></pubsub>",
  '',
];
const kinds = ['iq', 'message', 'presence'];
const types = ['get', 'set', 'result', 'error', 'chat', 'groupchat', 'headline', 'normal', 'foo', ''];
types.push('subscribe', 'subscribed', 'unsubscribe', 'unsubscribed', 'probe', 'unavailable');
const users = [
  '',
  'localhost',
  'hag66@localhost',
  'hecate@localhost',
  'hecate@localhost/b',
  'nobody@localhost',
  '@',
  'a@b@c',
];
const channels = [
  'mix.localhost',
  'coven@mix.localhost',
  'coven@mix.localhost/1',
  '1#coven@mix.localhost/x',
  '#@mix.localhost',
  '1#@mix.localhost',
];

/** A stanza out of pieces that fit each other sometimes, with a word changed now and then. */
function stanza(
  next: (below: number) => number,
  from: readonly string[] | undefined,
  to: readonly string[],
): string {
  const pick = (list: readonly string[]) => list[next(list.length)] ?? '';
  const kind = pick(kinds);
  const payload = pick(payloads);
  const words = payload.match(/[a-z]{3,}/g) ?? [];
  // Everywhere, so that start and end tags still agree.
  const mutated = next(3) === 0 && words.length > 0 ? payload.replaceAll(pick(words), 'zzz') : payload;
  const attr = (name: string, value: string) => (value === '' ? '' : ` ${name}='${value}'`);
  const addresses = attr('to', pick(to)) + attr('from', from === undefined ? '' : pick(from));
  return `<${kind}${attr('type', pick(types))}${attr('id', next(9) === 0 ? '' : `i${next(50)}`)}${addresses}>${mutated}</${kind}>`;
}

test('GEN-51 at the host: ten thousand stanzas that make no sense, from clients and from the service, harm nobody', async () => {
  const next = numbers(7);
  const hag = await stage.client('hag66', 'a');
  const hecate = await stage.client('hecate', 'b');
  await hag.online();
  await hecate.online();
  for (let count = 0; count < 10_000; count++) {
    const isService = next(2) === 0;
    const text = isService
      ? stanza(next, channels, users.slice(1, 5))
      : stanza(next, undefined, [...users, ...channels]);
    if (isService) stage.say(text);
    else hag.send(text);
    if (count % 500 === 0) await hag.sync();
  }
  await hag.sync();
  await hecate.sync();
  await stage.settled();
  expect((await stage.client('hag66')).jid).toContain('hag66@localhost/');
});

import { afterEach, beforeEach, expect, test } from 'vitest';
import { child, childText, elements, type XmlElement } from '../xml/element.ts';
import { serialize } from '../xml/write.ts';
import { archived, errorOf, isMessage, isPresence, isPush } from './pam/stage.ts';
import { openStage, type Client, type Stage } from './stage.ts';

const NS = 'urn:xmpp:blocking';

let stage: Stage;
let hag: Client;
let hecate: Client;
beforeEach(async () => {
  stage = await openStage({ limits: { blockedJidsPerAccountMax: 3 } });
  hag = await stage.client('hag66', 'a');
  hecate = await stage.client('hecate', 'h');
  await hag.online();
  await hecate.online();
});
afterEach(async () => stage.stop());

const items = (...jids: readonly string[]) => jids.map((jid) => `<item jid='${jid}'/>`).join('');
const command = async (client: Client, verb: string, ...jids: readonly string[]) =>
  client.iq(`<${verb} xmlns='${NS}'>${items(...jids)}</${verb}>`, 'set');
const jidsIn = (parent: XmlElement | undefined) => elements(parent!).map(({ attrs }) => attrs['jid']);
const list = async (client: Client) =>
  jidsIn(child(await client.iq(`<blocklist xmlns='${NS}'/>`), 'blocklist', NS));
const body = (wanted: string) => (stanza: XmlElement) =>
  stanza.name === 'message' && childText(stanza, 'body') === wanted;

/** The two see each other. */
async function befriend(): Promise<void> {
  hag.send("<presence to='hecate@localhost' type='subscribe'/>");
  await hecate.inbox.take(({ attrs }) => attrs['type'] === 'subscribe');
  hecate.send(
    "<presence to='hag66@localhost' type='subscribed'/><presence to='hag66@localhost' type='subscribe'/>",
  );
  await hag.inbox.take(({ attrs }) => attrs['type'] === 'subscribe');
  hag.send("<presence to='hecate@localhost' type='subscribed'/>");
  await hag.sync();
  await hecate.sync();
  hag.inbox.stanzas.length = hecate.inbox.stanzas.length = 0;
}

test('the list is kept, and each change pushed to the clients that have asked for it', async () => {
  const [silent, other] = [await stage.client('hag66', 'b'), await stage.client('hag66', 'c')];
  expect(await list(hag)).toEqual([]);
  expect(await list(other)).toEqual([]);
  expect((await command(hag, 'block', 'Hecate@LOCALHOST', 'iago@shakespeare.lit')).attrs['type']).toBe(
    'result',
  );
  for (const client of [hag, other]) {
    const push = await client.inbox.take(isPush);
    expect(push.attrs).toMatchObject({ from: 'hag66@localhost', to: client.jid });
    expect(jidsIn(child(push, 'block', NS))).toEqual(['hecate@localhost', 'iago@shakespeare.lit']);
  }
  await stage.restart();
  const again = await stage.client('hag66');
  expect(await list(again)).toEqual(['hecate@localhost', 'iago@shakespeare.lit']);
  await command(again, 'unblock', 'hecate@localhost');
  expect(jidsIn(child(await again.inbox.take(isPush), 'unblock', NS))).toEqual(['hecate@localhost']);
  await command(again, 'unblock');
  expect(jidsIn(child(await again.inbox.take(isPush), 'unblock', NS))).toEqual([]);
  expect(await list(again)).toEqual([]);
  expect(silent.inbox.takeAll(isPush)).toEqual([]);
});

test('commands that cannot be are refused and change nothing, and the list has a limit', async () => {
  for (const [answer, error] of [
    [await command(hag, 'block'), 'bad-request/modify'],
    [await command(hag, 'block', 'a@localhost', 'a@@b'), 'jid-malformed/modify'],
    [await command(hag, 'block', 'a@x', 'b@x', 'c@x', 'd@x'), 'resource-constraint/wait'],
    [await hag.iq(`<block xmlns='${NS}'><item/></block>`, 'set'), 'bad-request/modify'],
    [await hag.iq(`<blocklist xmlns='${NS}'/>`, 'get', 'hecate@localhost'), 'forbidden/auth'],
  ] as const)
    expect(errorOf(answer)).toBe(error);
  expect(await list(hag)).toEqual([]);
  await command(hag, 'block', 'a@x', 'b@x', 'c@x');
  expect(errorOf(await command(hag, 'block', 'c@x'))).toBe('none');
});

test('nothing comes from somebody blocked, who gets the very answers of an account that is not there', async () => {
  await command(hag, 'block', 'hecate@localhost');
  const answers = async (name: string) => {
    const to = `${name}@localhost`;
    for (const [type, inside] of [
      ['chat', '<body>x</body>'],
      ['normal', '<body>x</body>'],
      ['groupchat', '<body>x</body>'],
      ['headline', '<body>x</body>'],
      ['error', ''],
    ])
      hecate.send(`<message to='${to}' type='${type}' id='m'>${inside}</message>`);
    hecate.send(`<message to='${to}/a' type='chat' id='f'><body>x</body></message>`);
    for (const type of ['subscribe', 'probe', 'unavailable', 'unsubscribed'])
      hecate.send(`<presence to='${to}' type='${type}'/>`);
    hecate.send(`<presence to='${to}/a'/>`);
    for (const payload of [
      "<vCard xmlns='vcard-temp'/>",
      "<query xmlns='http://jabber.org/protocol/disco#info'/>",
    ])
      hecate.send(`<iq to='${to}' type='get' id='v'>${payload}</iq>`);
    hecate.send(`<iq to='${to}/a' type='get' id='p'><ping xmlns='urn:xmpp:ping'/></iq>`);
    hecate.send(`<iq to='${to}/a' type='result' id='r'/>`);
    await hecate.sync();
    return hecate.inbox.takeAll(() => true).map((stanza) => serialize(stanza).replaceAll(to, 'whoever'));
  };
  await hag.iq("<vCard xmlns='vcard-temp'><FN>Hag</FN></vCard>", 'set');
  await hag.sync();
  hag.inbox.stanzas.length = hecate.inbox.stanzas.length = 0;
  const blocked = await answers('hag66');
  expect(blocked).toEqual(await answers('nobody'));
  expect(blocked).toHaveLength(7);
  expect(blocked.join()).toContain('service-unavailable');
  const ping = await hecate.iq("<ping xmlns='urn:xmpp:ping'/>", 'get', 'hag66@localhost');
  expect(errorOf(ping)).toBe('service-unavailable/cancel');
  await hag.sync();
  expect(hag.inbox.stanzas).toEqual([]);
  expect(await archived(hag, 'hecate@localhost')).toEqual([]);
});

test('whoever writes to somebody he has blocked is told so, and nothing is sent', async () => {
  await command(hag, 'block', 'hecate@localhost');
  hag.send("<message to='hecate@localhost/h' type='chat' id='m'><body>x</body></message>");
  hag.send("<iq to='hecate@localhost/h' type='get' id='i'><ping xmlns='urn:xmpp:ping'/></iq>");
  hag.send("<presence to='hecate@localhost' id='p'/>");
  hag.send("<iq to='hecate@localhost/h' type='result' id='r'/><message to='hecate@localhost' type='error'/>");
  for (const id of ['m', 'i', 'p']) {
    const error = await hag.inbox.take(({ attrs }) => attrs['id'] === id);
    expect(errorOf(error)).toBe('not-acceptable/cancel');
    expect(child(child(error, 'error')!, 'blocked', 'urn:xmpp:blocking:errors')).toBeDefined();
    expect(error.attrs['from']).toMatch(/^hecate@localhost/);
  }
  await hag.sync();
  await hecate.sync();
  expect(hag.inbox.takeAll(({ attrs }) => attrs['type'] === 'error')).toEqual([]);
  expect(hecate.inbox.takeAll((stanza) => isMessage(stanza) || stanza.name === 'iq')).toEqual([]);
});

test('somebody blocked sees the account go, hears no more of it, and sees it come again after that', async () => {
  await befriend();
  await command(hag, 'block', 'hecate@localhost');
  expect((await hecate.inbox.take(isPresence)).attrs).toMatchObject({ from: hag.jid, type: 'unavailable' });
  const other = await stage.client('hag66', 'b');
  await other.online();
  other.send('<presence><show>away</show></presence><presence type="unavailable"/>');
  await other.sync();
  const again = await stage.client('hecate', 'again');
  await again.online();
  hecate.send('<presence><show>dnd</show></presence>');
  await hecate.sync();
  expect(
    [...hecate.inbox.stanzas, ...again.inbox.stanzas].filter(
      (stanza) => isPresence(stanza) && stanza.attrs['from']?.startsWith('hag66'),
    ),
  ).toEqual([]);
  await hag.sync();
  expect(hag.inbox.takeAll(({ attrs }) => attrs['from']?.startsWith('hecate') === true)).toEqual([]);
  await command(hag, 'unblock', 'hecate@localhost');
  await hecate.inbox.take(({ name, attrs }) => name === 'presence' && attrs['from'] === hag.jid);
  hecate.send("<message to='hag66@localhost' type='chat'><body>again</body></message>");
  await hag.inbox.take(body('again'));
});

test('a contact that is blocked when it is removed from the roster does not see who is online', async () => {
  await befriend();
  await command(hag, 'block', 'hecate@localhost');
  await hecate.sync();
  hecate.inbox.stanzas.length = 0;
  await hag.iq(
    "<query xmlns='jabber:iq:roster'><item jid='hecate@localhost' subscription='remove'/></query>",
    'set',
  );
  await hecate.sync();
  expect(hecate.inbox.stanzas.filter(({ attrs }) => attrs['from'] === hag.jid)).toEqual([]);
});

test('a contact that is removed while it is blocked is taken out of the subscriptions all the same', async () => {
  await befriend();
  await command(hag, 'block', 'hecate@localhost');
  const ask = "<query xmlns='jabber:iq:roster'/>";
  await hag.iq(ask);
  stage.host.accounts.remove('hecate');
  await hag.inbox.take((stanza) => isPush(stanza) && serialize(stanza).includes('subscription="none"'));
  expect(serialize(await hag.iq(ask))).toContain('subscription="none"');
});

test('presence that was sent to an address is taken back when it is blocked', async () => {
  hag.send("<presence to='hecate@localhost/h'/>");
  await hecate.inbox.take(({ attrs }) => attrs['from'] === hag.jid);
  await command(hag, 'block', 'localhost');
  await hecate.inbox.take(({ attrs }) => attrs['from'] === hag.jid && attrs['type'] === 'unavailable');
  hag.vanish();
  await hecate.sync();
  expect(hecate.inbox.takeAll(({ attrs }) => attrs['from'] === hag.jid)).toEqual([]);
});

test('a rule is for one client, for an account, or for a domain; the own account and the host are never meant', async () => {
  const other = await stage.client('hecate', 'other');
  const own = await stage.client('hag66', 'b');
  const passes = async (from: Client) => {
    from.send("<message to='hag66@localhost/a' type='chat' id='t'><body>t</body></message>");
    await from.sync();
    return hag.inbox.takeAll(body('t')).length === 1;
  };
  for (const [rule, expected] of [
    ['hecate@localhost/h', [false, true, true]],
    ['hecate@localhost', [false, false, true]],
    ['localhost', [false, false, true]],
    ['hag66@localhost', [true, true, true]],
    ['example.org', [true, true, true]],
  ] as const) {
    await command(hag, 'unblock');
    await command(hag, 'block', rule);
    expect([await passes(hecate), await passes(other), await passes(own)], rule).toEqual(expected);
    expect(errorOf(await hag.iq("<ping xmlns='urn:xmpp:ping'/>", 'get', 'localhost'))).toBe('none');
  }
});

test('what came before a block and waits is not delivered after it', async () => {
  hag.send("<presence type='unavailable'/>");
  await hag.sync();
  hecate.send("<message to='hag66@localhost' type='chat'><body>late</body></message>");
  hecate.send("<presence to='hag66@localhost' type='subscribe'/>");
  await hecate.sync();
  await command(hag, 'block', 'hecate@localhost');
  hag.send('<presence/>');
  await hag.sync();
  expect(hag.inbox.takeAll(({ attrs }) => attrs['from']?.startsWith('hecate') === true)).toEqual([]);
});

import { afterEach, beforeEach, expect, test } from 'vitest';
import { child, childText, elements, type XmlElement } from '../xml/element.ts';
import { serialize } from '../xml/write.ts';
import { errorOf } from './pam/stage.ts';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage({ limits: { vcardBytesMax: 1000 } });
});
afterEach(async () => stage.stop());

test('discovery tells what is here: the host, the service behind it, and the own account', async () => {
  const hag = await stage.client('hag66', 'a');
  const info = async (to?: string) =>
    child(
      await hag.iq("<query xmlns='http://jabber.org/protocol/disco#info'/>", 'get', to),
      'query',
      'http://jabber.org/protocol/disco#info',
    );
  const features = (query: XmlElement | undefined) =>
    elements(query!)
      .filter(({ name }) => name === 'feature')
      .map(({ attrs }) => attrs['var']);
  expect(features(await info('localhost'))).toEqual(
    expect.arrayContaining(['http://jabber.org/protocol/disco#info', 'urn:xmpp:ping', 'jabber:iq:version']),
  );
  expect(elements((await info('localhost'))!)[0]!.attrs).toMatchObject({ category: 'server', type: 'im' });
  const listed = await hag.iq("<query xmlns='http://jabber.org/protocol/disco#items'/>", 'get', 'localhost');
  expect(serialize(listed)).toContain('jid="mix.localhost"');
  expect(features(await info())).toEqual(features(await info('hag66@localhost')));
  const version = await hag.iq("<query xmlns='jabber:iq:version'/>", 'get', 'localhost');
  expect(childText(child(version, 'query', 'jabber:iq:version')!, 'name')).toBe('Vizard');
});

test('PAM-01, PAM-02: the account tells itself about pam:2 and the archive', async () => {
  const hag = await stage.client('hag66');
  const answer = serialize(
    await hag.iq("<query xmlns='http://jabber.org/protocol/disco#info'/>", 'get', 'hag66@localhost'),
  );
  for (const feature of [
    'urn:xmpp:mix:pam:2',
    'urn:xmpp:mix:pam:2#archive',
    'urn:xmpp:mam:2',
    'urn:xmpp:mam:2#extended',
    'urn:xmpp:sid:0',
  ]) {
    expect(answer).toContain(`<feature var="${feature}"/>`);
  }
  expect(answer).toContain('category="account" type="registered"');
});

test('whether an account exists is not told to strangers', async () => {
  const hag = await stage.client('hag66');
  await stage.host.accounts.add('hecate', 'correct horse');
  for (const [payload, type] of [
    ["<query xmlns='http://jabber.org/protocol/disco#info'/>", 'get'],
    ["<query xmlns='http://jabber.org/protocol/disco#items'/>", 'get'],
    ["<vCard xmlns='vcard-temp'/>", 'get'],
    ["<query xmlns='jabber:iq:roster'/>", 'get'],
    ["<query xmlns='urn:xmpp:mam:2'/>", 'set'],
    ["<ping xmlns='urn:xmpp:ping'/>", 'get'],
    ["<x xmlns='urn:x'/>", 'get'],
    ["<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='n'/></pubsub>", 'get'],
    ["<pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='n'/></pubsub>", 'set'],
    ["<pubsub xmlns='http://jabber.org/protocol/pubsub#owner'><configure node='n'/></pubsub>", 'get'],
    ["<enable xmlns='urn:xmpp:carbons:2'/>", 'set'],
    ["<blocklist xmlns='urn:xmpp:blocking'/>", 'get'],
  ] as const) {
    const exists = await hag.iq(payload, type, 'hecate@localhost');
    const missing = await hag.iq(payload, type, 'nobody@localhost');
    expect(errorOf(exists), payload).toBe(errorOf(missing));
    expect(errorOf(exists)).not.toBe('none');
  }
});

test.each([
  ["<iq type='get' id='1'/>", 'bad-request/modify'],
  ["<iq type='set' id='1'><a xmlns='x'/><b xmlns='x'/></iq>", 'bad-request/modify'],
  ["<iq type='foo' id='1'><a xmlns='x'/></iq>", 'bad-request/modify'],
  ["<iq type='get'><query xmlns='jabber:iq:roster'/></iq>", 'bad-request/modify'],
  ["<iq type='get' id='1' to='localhost'><a xmlns='urn:none'/></iq>", 'service-unavailable/cancel'],
  ["<iq type='get' id='1'><frobnicate xmlns='jabber:iq:roster'/></iq>", 'feature-not-implemented/cancel'],
  ["<iq type='set' id='1'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>", 'bad-request/modify'],
  ["<iq type='get' id='1' to='hag66@localhost/gone'><a xmlns='x'/></iq>", 'service-unavailable/cancel'],
  [
    "<iq type='get' id='1'><query xmlns='http://jabber.org/protocol/disco#info' node='x'/></iq>",
    'item-not-found/cancel',
  ],
])('GEN-03 to GEN-08 at the host: %s is refused with %s', async (iq, error) => {
  const hag = await stage.client('hag66');
  hag.send(iq);
  expect(errorOf(await hag.inbox.take(({ name }) => name === 'iq'))).toBe(error);
});

test('GEN-02, GEN-11: results and errors that answer nothing are swallowed', async () => {
  const hag = await stage.client('hag66');
  for (const to of [
    '',
    " to='localhost'",
    " to='nobody@localhost'",
    " to='hag66@localhost/gone'",
    " to='x@example.org'",
  ]) {
    hag.send(
      `<iq type='result' id='r'${to}/><iq type='error' id='e'${to}/><message type='error'${to}/><presence type='error'${to}/>`,
    );
  }
  await hag.sync();
  expect(hag.inbox.stanzas).toEqual([]);
});

test('PRES-31, PAM-49: a vCard is stored and given to whoever asks, or refused', async () => {
  const hag = await stage.client('hag66');
  expect(errorOf(await hag.iq("<vCard xmlns='vcard-temp'/>"))).toBe('none');
  const ask = async () => {
    stage.say(
      "<iq type='get' id='v' from='123#coven@mix.localhost/x' to='hag66@localhost'><vCard xmlns='vcard-temp'/></iq>",
    );
    return stage.service.take(({ attrs }) => attrs['id'] === 'v');
  };
  expect(errorOf(await ask())).toBe('service-unavailable/cancel');
  await hag.iq("<vCard xmlns='vcard-temp'><FN>Hag</FN></vCard>", 'set');
  const answer = await ask();
  expect(answer.attrs).toEqual({
    type: 'result',
    id: 'v',
    from: 'hag66@localhost',
    to: '123#coven@mix.localhost/x',
  });
  expect(childText(child(answer, 'vCard', 'vcard-temp')!, 'FN')).toBe('Hag');
  expect(errorOf(await hag.iq(`<vCard xmlns='vcard-temp'><FN>${'x'.repeat(1000)}</FN></vCard>`, 'set'))).toBe(
    'policy-violation/modify',
  );
  const hecate = await stage.client('hecate');
  expect(errorOf(await hecate.iq("<vCard xmlns='vcard-temp'/>", 'set', 'hag66@localhost'))).toBe(
    'forbidden/auth',
  );
});

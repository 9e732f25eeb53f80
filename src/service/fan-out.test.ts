/** One notice, many recipients: who gets which variant, and what is never in it. */
import { beforeEach, describe, expect, test } from 'vitest';
import { Engine, verdict } from '../testing/engine-kit.ts';
import { DOMAIN, jid } from '../testing/rules-kit.ts';
import { el, elements, type XmlElement } from '../xml/element.ts';
import { parseFragment } from '../xml/reader.ts';
import { serialize } from '../xml/write.ts';
import { addressed, split } from './wire-text.ts';

const COVEN = `coven@${DOMAIN}`;
const OWNER = 'owner@shakespeare.example';
const HECATE = 'hecate@shakespeare.example';
const WITCH = 'witch@ejabberd.example';
const OUTSIDER = 'macbeth@cawdor.example';
const EJABBERD_OUTSIDER = 'duncan@ejabberd.example';
const SECRET = /hecate|shakespeare|UUID/;
const PUBSUB = 'http://jabber.org/protocol/pubsub';

/** A form for the configuration. */
function config(fields: Readonly<Record<string, string | readonly string[]>>): string {
  const all = Object.entries({ FORM_TYPE: 'urn:xmpp:mix:admin:0', ...fields });
  const values = (value: string | readonly string[]): string =>
    [value]
      .flat()
      .map((one) => `<value>${one}</value>`)
      .join('');
  return `<x xmlns='jabber:x:data' type='submit'>${all.map(([name, value]) => `<field var='${name}'>${values(value)}</field>`).join('')}</x>`;
}

const OPEN = {
  'JID Visibility': 'jid-visible',
  'Messages Node Subscription': 'anyone',
  'Participants Node Subscription': 'anyone',
  'Presence Node Subscription': 'anyone',
  'Information Node Subscription': 'anyone',
};

let engine: Engine;

/** The owner's request to change the configuration. */
function change(fields: Parameters<typeof config>[0]): void {
  const publish = `<publish node='urn:xmpp:mix:nodes:config'><item>${config(fields)}</item></publish>`;
  engine.request(OWNER, COVEN, 'set', `<pubsub xmlns='${PUBSUB}'>${publish}</pubsub>`);
}

async function subscribe(who: string, node: string): Promise<string> {
  const payload = `<pubsub xmlns='${PUBSUB}'><subscribe node='urn:xmpp:mix:nodes:${node}' jid='${who}'/></pubsub>`;
  return verdict(await engine.ask(who, COVEN, 'set', payload));
}

const prefer = (who: string, value: string): Promise<XmlElement> =>
  engine.ask(
    who,
    COVEN,
    'set',
    `<user-preference xmlns='urn:xmpp:mix:anon:0'><x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>urn:xmpp:mix:anon:0</value></field><field var='JID Visibility'><value>${value}</value></field></x></user-preference>`,
  );

const text = (stanzas: readonly XmlElement[]): string =>
  stanzas.map((stanza) => serialize(stanza)).join('\n');

beforeEach(async () => {
  engine = await Engine.start();
  engine.software = (domain) => (domain.startsWith('ejabberd') ? 'ejabberd' : 'some server');
});

describe('ANON-25, D-94: in a channel that shows addresses and is open to anyone', () => {
  beforeEach(async () => {
    await engine.create('coven', OWNER, config(OPEN));
    for (const who of [HECATE, WITCH]) await engine.join(who);
    for (const who of [OUTSIDER, EJABBERD_OUTSIDER])
      for (const node of ['messages', 'participants', 'info'])
        expect(await subscribe(who, node)).toBe('result');
    engine.take();
  });

  test('insiders see the sender’s address in a message, outsiders the nick alone', async () => {
    engine.say(`${HECATE}/UUID`, 'double, double');
    await engine.settle();
    expect(text(engine.take(WITCH))).toContain(`<jid>${HECATE}</jid>`);
    for (const who of [OUTSIDER, EJABBERD_OUTSIDER]) {
      const [copy, ...others] = engine.take(who);
      expect(others).toEqual([]);
      expect(text([copy!])).toContain('<nick>nick of hecate shakespeare example</nick>');
      expect(text([copy!]).replace(/<nick>[^<]*<\/nick>/g, '')).not.toMatch(SECRET);
    }
  });

  test('and in the events of the participants node', async () => {
    await engine.ask(HECATE, COVEN, 'set', `<setnick xmlns='urn:xmpp:mix:core:1'><nick>H</nick></setnick>`);
    expect(text(engine.take(WITCH))).toContain(`<jid>${HECATE}</jid>`);
    for (const who of [OUTSIDER, EJABBERD_OUTSIDER]) {
      const events = text(engine.take(who));
      expect(events).toContain('<nick>H</nick>');
      expect(events).not.toMatch(SECRET);
    }
  });

  test('an outsider who joins is an insider from then on, and one who leaves is not', async () => {
    await engine.join(OUTSIDER);
    engine.say(`${HECATE}/UUID`, '1');
    await engine.settle();
    expect(text(engine.take(OUTSIDER))).toContain(`<jid>${HECATE}</jid>`);
    await engine.ask(OUTSIDER, COVEN, 'set', `<leave xmlns='urn:xmpp:mix:core:1'/>`);
    await subscribe(OUTSIDER, 'messages');
    engine.take();
    engine.say(`${HECATE}/UUID`, '2');
    await engine.settle();
    expect(text(engine.take(OUTSIDER)).replace(/<nick>[^<]*<\/nick>/g, '')).not.toMatch(SECRET);
  });
});

describe('D-30: one variant for all insiders', () => {
  test('owners and administrators get no more than others in a hidden channel', async () => {
    await engine.create('coven', OWNER, config({ Administrator: 'admin@x.example' }));
    for (const who of [HECATE, OWNER, 'admin@x.example']) await engine.join(who);
    engine.take();
    engine.say(`${HECATE}/UUID`, 'x');
    engine.send(`<presence from='${HECATE}/UUID' to='${COVEN}'/>`);
    await engine.settle();
    for (const who of [OWNER, 'admin@x.example'])
      expect(text(engine.take(who)).replace(/<nick>[^<]*<\/nick>/g, '')).not.toMatch(/hecate|UUID/);
  });

  test('ANON-07: in a maybe visible one the sender’s preference decides, for everybody', async () => {
    await engine.create('coven', OWNER, config({ 'JID Visibility': 'jid-optionally-visible' }));
    for (const who of [HECATE, WITCH, OWNER]) await engine.join(who);
    await prefer(HECATE, 'always');
    engine.take();
    engine.say(`${HECATE}/UUID`, 'shown');
    engine.say(`${WITCH}/c`, 'hidden');
    await engine.settle();
    for (const who of [HECATE, WITCH, OWNER]) {
      const copies = text(engine.take(who));
      expect(copies.match(/<jid>[^<]*<\/jid>/g)).toEqual([`<jid>${HECATE}</jid>`]);
    }
  });
});

describe('what waits to be delivered is rendered by the rules of that moment', () => {
  test('LEAK-26: what was said while visible is delivered without the address after the mode changed', async () => {
    await engine.create('coven', OWNER, config({ 'JID Visibility': 'jid-mandatory-visible' }));
    for (const who of [HECATE, WITCH]) await engine.join(who);
    engine.send(`<presence from='${HECATE}/UUID' to='${COVEN}'/>`);
    await engine.settle();
    engine.take();
    engine.link.server.cut();
    engine.link.server.restore();
    await engine.settle();
    engine.link.server.slow(true);
    engine.say(`${HECATE}/UUID`, 'x');
    engine.send(`<presence from='${HECATE}/UUID' to='${COVEN}'><status>y</status></presence>`);
    change({ 'JID Visibility': 'jid-hidden' });
    await engine.settle();
    engine.link.server.cut();
    engine.link.server.slow(false);
    engine.link.server.restore();
    await engine.settle();
    const copies = text(engine.take(WITCH));
    expect(copies).toContain('<body>x</body>');
    expect(copies).toContain('<status>y</status>');
    expect(copies.replace(/<nick>[^<]*<\/nick>/g, '')).not.toMatch(SECRET);
  });

  test('ANON-54: a map entry on its way does not reach who is no administrator any more', async () => {
    const admin = 'admin@x.example';
    await engine.create('coven', OWNER, config({ Administrator: admin }));
    await engine.join(WITCH);
    for (const who of [admin, OWNER]) expect(await subscribe(who, 'jidmap')).toBe('result');
    engine.link.server.slow(true);
    engine.request(HECATE, COVEN, 'set', `<join xmlns='urn:xmpp:mix:core:1'><nick>h</nick></join>`);
    await engine.settle();
    change({ Administrator: [] });
    await engine.settle();
    engine.link.server.cut();
    engine.link.server.slow(false);
    engine.link.server.restore();
    await engine.settle();
    expect(text(engine.take(OWNER))).toContain('urn:xmpp:mix:nodes:jidmap');
    expect(text(engine.take(admin))).not.toMatch(SECRET);
  });

  test('a subscription that outlived its right in the store gets nothing with addresses in it', async () => {
    const former = 'operator@mix-admin.example';
    await engine.create();
    expect(await subscribe(former, 'jidmap')).toBe('result');
    const later = await Engine.start({ store: engine.store, admins: [], seed: 3 });
    await later.join(HECATE);
    await later.settle();
    expect(later.take(former)).toEqual([]);
  });

  test('who asked for all presences and left meanwhile is not shown them', async () => {
    await engine.create();
    for (const who of [HECATE, OUTSIDER]) await engine.join(who);
    engine.send(`<presence from='${HECATE}/UUID' to='${COVEN}'/>`);
    await engine.settle();
    engine.take();
    engine.link.server.slow(true);
    engine.send(`<presence from='${OUTSIDER}' to='${COVEN}'/>`);
    await engine.settle();
    engine.request(OUTSIDER, COVEN, 'set', `<leave xmlns='urn:xmpp:mix:core:1'/>`);
    await engine.settle();
    engine.link.server.cut();
    engine.link.server.slow(false);
    engine.link.server.restore();
    await engine.settle();
    expect(engine.take(OUTSIDER).filter(({ name }) => name === 'presence')).toEqual([]);
  });
});

test('COMPAT(ejabberd): its people get an empty mix beside the real one, the others do not', async () => {
  await engine.create();
  for (const who of [HECATE, WITCH]) await engine.join(who);
  engine.take();
  engine.say(`${HECATE}/UUID`, 'x');
  await engine.settle();
  const mixes = (who: string): string[] =>
    engine.take(who).flatMap((stanza) =>
      elements(stanza)
        .filter(({ name }) => name === 'mix')
        .map(({ ns }) => ns),
    );
  expect(mixes(HECATE)).toEqual(['urn:xmpp:mix:core:1']);
  expect(mixes(WITCH)).toEqual(['urn:xmpp:mix:core:1', '']);
});

test('COMPAT(Prosody): groupchat goes to the clients that are there, and nothing else does', async () => {
  engine.software = (domain) => (domain === 'cawdor.example' ? 'Prosody' : 'some server');
  await engine.create();
  for (const who of [HECATE, OUTSIDER]) await engine.join(who);
  for (const client of ['castle', 'field'])
    engine.send(`<presence from='${OUTSIDER}/${client}' to='${COVEN}'/>`);
  engine.send(`<presence type='unavailable' from='${OUTSIDER}/field' to='${COVEN}'/>`);
  engine.send(`<presence from='${OUTSIDER}/camp' to='${COVEN}'/>`);
  await engine.settle();
  engine.take();
  engine.say(`${HECATE}/UUID`, 'x');
  await engine.ask(HECATE, COVEN, 'set', `<setnick xmlns='urn:xmpp:mix:core:1'><nick>H</nick></setnick>`);
  expect(engine.take().map(({ attrs }) => [attrs['type'], attrs['to']])).toEqual([
    ['groupchat', HECATE],
    ['groupchat', `${OUTSIDER}/castle`],
    ['groupchat', `${OUTSIDER}/camp`],
    ['headline', HECATE],
    ['headline', OUTSIDER],
  ]);
});

test('a domain that does not answer keeps its own people back for a second, in order, and nobody else', async () => {
  engine.software = (domain) => (domain === 'cawdor.example' ? undefined : 'some server');
  await engine.create();
  await engine.join(HECATE);
  engine.send(`<presence from='${HECATE}/UUID' to='${COVEN}'/>`);
  await engine.settle();
  engine.take();
  await engine.join(OUTSIDER);
  engine.say(`${HECATE}/UUID`, 'x');
  engine.say(`${HECATE}/UUID`, 'y');
  engine.send(`<presence type='unavailable' from='${HECATE}/UUID' to='${COVEN}'/>`);
  await engine.settle();
  const taken = (who: string): string[] =>
    engine.take(who).map(({ name, attrs }) => `${name} ${attrs['type'] ?? ''}`);
  const news = ['message headline', 'message groupchat', 'message groupchat', 'presence unavailable'];
  expect([taken(HECATE), taken(OUTSIDER)]).toEqual([news, []]);
  engine.clock.advance(1000);
  await engine.settle();
  // Who was there when they joined is told as it is now: nobody.
  expect(taken(OUTSIDER)).toEqual(news);
});

test('the presences of a channel wait like all else for that server, and keep their place', async () => {
  engine.software = (domain) => (domain === 'cawdor.example' ? undefined : 'some server');
  await engine.create();
  await engine.join(HECATE);
  engine.send(`<presence from='${HECATE}/UUID' to='${COVEN}'/>`);
  await engine.settle();
  await engine.join(OUTSIDER, 'coven', ['messages', 'presence']);
  engine.say(`${HECATE}/UUID`, 'x');
  engine.send(`<presence from='${OUTSIDER}/castle' to='${COVEN}'/>`);
  await engine.settle();
  expect(engine.take(OUTSIDER)).toEqual([]);
  engine.clock.advance(1000);
  await engine.settle();
  const names = engine.take(OUTSIDER).map(({ name }) => name);
  expect(names).toEqual(['presence', 'presence', 'message', 'presence']);
});

describe('a stanza in two halves', () => {
  const stanza = el('message', 'jabber:client', { from: COVEN, id: '1' }, [
    el('body', 'jabber:client', {}, ['Φύσις "κρύπτεσθαι" <φιλεῖ> & so on 🧙']),
  ]);

  test.each(['hecate@shakespeare.example', 'Σίσυφος@ελληνικά.example', `abc@x.example/r<e>&s'our"ce`])(
    'is whole again around %j, byte for byte',
    (address) => {
      const to = jid(address);
      const whole = Buffer.from(addressed(split(stanza), to), 'latin1').toString('utf8');
      const read = parseFragment(whole)[0]!;
      const { to: written, ...attrs } = read.attrs;
      expect({ ...read, attrs }).toEqual(stanza);
      expect(jid(written!).equals(to)).toBe(true);
      expect(whole.startsWith('<message to="')).toBe(true);
    },
  );

  test('of every kind has its address first', () => {
    for (const kind of ['iq', 'message', 'presence'])
      expect(addressed(split(el(kind, 'jabber:client', { id: 'x' })), jid('a@b.example'))).toBe(
        `<${kind} to="a@b.example" id="x"/>`,
      );
  });
});

/** From any stanza to its one answer: the table of errors, addresses, and what is never answered. */
import { beforeEach, describe, expect, test } from 'vitest';
import { Engine, verdict } from '../testing/engine-kit.ts';
import { DOMAIN } from '../testing/rules-kit.ts';
import { el, elements, type XmlElement } from '../xml/element.ts';
import { parseElement } from '../xml/reader.ts';

const NS = 'jabber:client';
const COVEN = `coven@${DOMAIN}`;
const HECATE = 'hecate@shakespeare.example/UUID-x4r';
const STRANGER = 'macbeth@cawdor.example/castle';
const INFO = `<query xmlns='http://jabber.org/protocol/disco#info'/>`;
const PING = `<ping xmlns='urn:xmpp:ping'/>`;
let engine: Engine;
let P1: string;

beforeEach(async () => {
  engine = await Engine.start();
  await engine.create();
  P1 = `${await engine.join(HECATE.split('/')[0]!)}#coven@${DOMAIN}`;
  engine.take();
});

/** Sends text as it stands, and returns all that came back. */
async function say(text: string): Promise<XmlElement[]> {
  engine.send(text);
  await engine.settle();
  return engine.take();
}

async function verdicts(text: string): Promise<string[]> {
  return (await say(text)).map(verdict);
}

const to: Readonly<Record<string, () => string>> = {
  'the service': () => DOMAIN,
  'a channel': () => COVEN,
  'a participant': () => P1,
  'a client of one': () => `${P1}/anon`,
  'no channel': () => `nosuch@${DOMAIN}`,
  'no participant': () => `x#coven@${DOMAIN}`,
};
const everywhere = Object.entries(to);

describe.each(everywhere)('a request to %s', (_, address) => {
  test.each([
    ['GEN-03: without a payload', `<iq type='get' id='1' `, ''],
    ['GEN-03: with text alone', `<iq type='get' id='1' `, 'hello'],
    ['GEN-03: with two payloads', `<iq type='set' id='1' `, PING + PING],
    ['GEN-04: without an id', `<iq type='get' `, PING],
    ['GEN-04: with an empty id', `<iq type='get' id='' `, PING],
    ['GEN-05: of an unknown type', `<iq type='foo' id='1' `, PING],
    ['GEN-05: of no type', `<iq id='1' `, PING],
  ])('%s is a bad request', async (_name, head, payload) => {
    const [answer, ...others] = await say(`${head}from='${HECATE}' to='${address()}'>${payload}</iq>`);
    expect(others).toEqual([]);
    expect(verdict(answer!)).toBe('bad-request/modify');
    expect(answer!.attrs).toMatchObject({ from: address(), to: HECATE });
  });

  test.each([`<q xmlns='urn:none'/>`, `<query xmlns='jabber:iq:roster'/>`, `<x xmlns='${NS}'/>`])(
    'GEN-06: of what nobody knows (%s) is refused',
    async (payload) => {
      const [verdict1] = await verdicts(
        `<iq type='get' id='1' from='${HECATE}' to='${address()}'>${payload}</iq>`,
      );
      expect(verdict1).toMatch(/^(service-unavailable|item-not-found)\/cancel$/);
    },
  );

  test('GEN-02, GEN-11: an answer to nothing, and an error, are never answered', async () => {
    for (const type of ['result', 'error'])
      for (const id of ['1', 'about-x', 'barrier-1'])
        expect(
          await verdicts(`<iq type='${type}' id='${id}' from='${HECATE}' to='${address()}'>${PING}</iq>`),
        ).toEqual([]);
    for (const kind of ['message', 'presence'])
      expect(await verdicts(`<${kind} type='error' from='${HECATE}' to='${address()}'/>`)).toEqual([]);
    expect(engine.mistakes).toEqual([]);
  });

  test('PRES-27, PRES-28, GEN-15: presences that ask nothing are met with silence, or a word on subscription', async () => {
    for (const type of ['foo', 'unsubscribe', 'subscribed', 'unsubscribed', 'unavailable', 'probe'])
      expect(await verdicts(`<presence type='${type}' from='${STRANGER}' to='${address()}'/>`)).toEqual([]);
  });
});

describe('the table of errors', () => {
  test.each<[string, string, () => string, string, string]>([
    [
      'GEN-07',
      'set',
      () => COVEN,
      `<frobnicate xmlns='urn:xmpp:mix:core:1'/>`,
      'feature-not-implemented/cancel',
    ],
    [
      'GEN-07',
      'set',
      () => DOMAIN,
      `<frobnicate xmlns='urn:xmpp:mix:core:1'/>`,
      'feature-not-implemented/cancel',
    ],
    ['GEN-08', 'set', () => COVEN, INFO, 'bad-request/modify'],
    ['GEN-08', 'get', () => COVEN, `<join xmlns='urn:xmpp:mix:core:1'/>`, 'bad-request/modify'],
    ['CORE-52', 'set', () => DOMAIN, `<join xmlns='urn:xmpp:mix:core:1'/>`, 'bad-request/modify'],
    [
      'CORE-96',
      'set',
      () => COVEN,
      `<create xmlns='urn:xmpp:mix:core:1' channel='x'/>`,
      'bad-request/modify',
    ],
    ['D-89', 'set', () => COVEN, `<join xmlns='urn:xmpp:mix:core:0'/>`, 'service-unavailable/cancel'],
    ['CORE-32', 'get', () => `nosuch@${DOMAIN}`, INFO, 'item-not-found/cancel'],
    [
      'PUBSUB-32',
      'get',
      () => DOMAIN,
      `<pubsub xmlns='http://jabber.org/protocol/pubsub'/>`,
      'service-unavailable/cancel',
    ],
    ['PRES-33', 'get', () => `x#coven@${DOMAIN}`, PING, 'item-not-found/cancel'],
    ['ANON-38', 'get', () => `${P1}/nosuch`, PING, 'service-unavailable/cancel'],
    ['GEN-44', 'get', () => DOMAIN, PING, 'result'],
    ['GEN-44', 'get', () => COVEN, PING, 'result'],
  ])('%s: %s to %s', async (_, type, address, payload, expected) => {
    const answer = await engine.ask(HECATE, address(), type as 'get' | 'set', payload);
    expect(verdict(answer)).toBe(expected);
    expect(answer.attrs['from']).toBe(address());
  });

  test('GEN-10, GEN-12: an error has one condition with its type, the text, and the address that was addressed', async () => {
    const [answer] = await say(`<iq type='set' id='x' from='${STRANGER}' to='${COVEN}'>${INFO}</iq>`);
    expect(answer).toEqual(
      parseElement(
        `<iq xmlns='${NS}' to='${STRANGER}' type='error' id='x' from='${COVEN}'><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas' xml:lang='en'>A query is not sent by an iq of this type.</text></error></iq>`,
      ),
    );
  });

  test('GEN-13: nothing of what was refused is repeated', async () => {
    const secret = 'secret@elsewhere.example';
    const [answer] = await say(
      `<message type='chat' id='x' from='${STRANGER}' to='${P1}'><body>${secret}</body><x xmlns='y' jid='${secret}'/></message>`,
    );
    expect(JSON.stringify(answer)).not.toContain(secret);
    expect(verdict(answer!)).toBe('forbidden/auth');
  });

  test('CORE-77, CORE-78, CORE-21, GEN-14: messages that go nowhere come back with their id', async () => {
    const message = (type: string, address: string, from = HECATE): Promise<string[]> =>
      verdicts(`<message type='${type}' id='m' from='${from}' to='${address}'><body>x</body></message>`);
    expect(await message('groupchat', DOMAIN)).toEqual(['service-unavailable/cancel']);
    expect(await message('groupchat', `${COVEN}/x`)).toEqual(['bad-request/modify']);
    expect(await message('foo', COVEN)).toEqual(['bad-request/modify']);
    expect(await message('groupchat', COVEN, STRANGER)).toEqual(['forbidden/auth']);
    expect(await message('groupchat', `nosuch@${DOMAIN}`)).toEqual(['item-not-found/cancel']);
  });
});

describe('addresses', () => {
  test.each([
    [`a b@${DOMAIN}`, `a b@${DOMAIN}`],
    [`@${DOMAIN}`, `@${DOMAIN}`],
    [`${COVEN}/`, `${COVEN}/`],
    [`coven@${DOMAIN}/${'x'.repeat(1100)}`, `coven@${DOMAIN}/${'x'.repeat(1100)}`],
    ['a@b@c', DOMAIN],
    [`x@${DOMAIN}.evil.example /`, DOMAIN],
    ['', DOMAIN],
  ])(
    'GEN-21, GEN-12: %j is malformed, and the error comes from it only where it is surely ours',
    async (address, from) => {
      const [answer, ...others] = await say(
        el('iq', NS, { type: 'get', id: '1', from: HECATE, to: address }, [parseElement(PING)]) as never,
      );
      expect(others).toEqual([]);
      expect(verdict(answer!)).toBe('jid-malformed/modify');
      expect(answer!.attrs['from']).toBe(from);
    },
  );

  test('GEN-22: a channel is known by its prepared name, and answers by it', async () => {
    const answer = await engine
      .ask(HECATE, `COVEN@${DOMAIN.toUpperCase()}`, 'get', PING)
      .catch(() => undefined);
    expect(answer?.attrs['from'] ?? engine.take()[0]?.attrs['from']).toBe(COVEN);
  });

  test('GEN-25: an id in capitals is the same id', async () => {
    const [answer] = await say(
      `<iq type='get' id='1' from='${HECATE}' to='${P1.toUpperCase()}/x'>${PING}</iq>`,
    );
    expect(verdict(answer!)).toBe('service-unavailable/cancel');
    expect(answer!.attrs['from']).toBe(`${P1}/x`);
  });

  test.each([
    `<iq type='get' id='1' to='${DOMAIN}'>${PING}</iq>`,
    `<iq type='get' id='1' from='${HECATE}'>${PING}</iq>`,
    `<iq type='get' id='1' from='a b@c d' to='${DOMAIN}'>${PING}</iq>`,
    `<iq type='get' id='1' from='${HECATE}' to='other.example'>${PING}</iq>`,
    `<iq xmlns='urn:other' type='get' id='1' from='${HECATE}' to='${DOMAIN}'>${PING}</iq>`,
    `<stranger from='${HECATE}' to='${DOMAIN}'/>`,
    `<message from='${DOMAIN}' to='${COVEN}' type='groupchat'><body>x</body></message>`,
    `<message from='${COVEN}' to='${COVEN}' type='groupchat'><body>x</body></message>`,
    `<presence from='${COVEN}' to='${COVEN}'/>`,
    `<iq type='get' id='1' from='${COVEN}' to='${DOMAIN}'>${PING}</iq>`,
  ])('what cannot be answered, or is our own, is met with silence: %s', async (text) => {
    expect(await say(text)).toEqual([]);
  });
});

describe('limits', () => {
  test('GEN-18: a stanza that is too large is refused by its start tag alone, and the link stays', async () => {
    const text = 'x'.repeat(300_000);
    for (const [kind, type] of [
      ['message', 'groupchat'],
      ['iq', 'set'],
    ])
      expect(
        await verdicts(
          `<${kind} type='${type}' id='1' from='${HECATE}' to='${COVEN}'><body>${text}</body></${kind}>`,
        ),
      ).toEqual(['policy-violation/modify']);
    for (const type of ['error', 'result'])
      expect(
        await verdicts(`<iq type='${type}' id='1' from='${HECATE}' to='${COVEN}'><body>${text}</body></iq>`),
      ).toEqual([]);
    expect(verdict(await engine.ask(HECATE, COVEN, 'get', PING))).toBe('result');
  });

  test('GEN-19, D-98: who sends too fast is told so; what is refused is not delivered, what is not is', async () => {
    for (let at = 0; at < 500; at += 1) engine.say(HECATE, `${at}`);
    await engine.settle();
    const stanzas = engine.take();
    const refused = stanzas.filter(({ attrs }) => attrs['type'] === 'error');
    expect(new Set(refused.map(verdict))).toEqual(new Set(['resource-constraint/wait']));
    const sent = stanzas
      .filter(({ attrs }) => attrs['type'] === 'groupchat')
      .map((stanza) => elements(stanza)[0]!.children[0]);
    expect(sent).toEqual(Array.from({ length: sent.length }, (_, at) => `${at}`));
    expect(sent.length + refused.length).toBe(500);
    expect(sent.length).toBeGreaterThanOrEqual(390);
    expect(refused.map(({ attrs }) => attrs['id'])).toEqual(
      Array.from({ length: refused.length }, (_, at) => `said-${at + sent.length}`),
    );
    engine.clock.advance(1000);
    expect(verdict(await engine.ask(HECATE, COVEN, 'get', PING))).toBe('result');
  });

  test('D-98: presences that flood are told so too, but an unavailable one always counts', async () => {
    for (let at = 0; at < 500; at += 1)
      engine.send(`<presence from='${HECATE}' to='${COVEN}'><status>${at}</status></presence>`);
    engine.send(`<presence type='unavailable' from='${HECATE}' to='${COVEN}'/>`);
    await engine.settle();
    const stanzas = engine.take();
    expect(stanzas.filter(({ attrs }) => attrs['type'] === 'error').length).toBeGreaterThan(90);
    expect(stanzas.at(-1)!.attrs['type']).toBe('unavailable');
  });
});

test('errors that flood are swallowed, as all errors are that answer nothing', async () => {
  const witch = 'witch@shakespeare.example/c';
  const P2 = `${await engine.join(witch.split('/')[0]!)}#coven@${DOMAIN}`;
  engine.take();
  engine.send(`<message type='chat' id='m' from='${HECATE}' to='${P2}'><body>x</body></message>`);
  await engine.settle();
  const sender = engine.take()[0]!.attrs['from']!;
  for (let at = 0; at < 600; at += 1)
    engine.send(
      `<message type='error' id='m' from='${witch}' to='${sender}'><error type='cancel'/></message>`,
    );
  await engine.settle();
  expect(engine.take().length).toBeLessThan(401);
});

test('GEN-01: every request has exactly one answer, whatever happens around it', async () => {
  const ids: string[] = [];
  for (let at = 0; at < 300; at += 1) {
    const address = everywhere[at % everywhere.length]![1]();
    const payload = [
      PING,
      INFO,
      `<x xmlns='y'/>`,
      `<join xmlns='urn:xmpp:mix:core:1'><nick>n${at}</nick></join>`,
    ][at % 4]!;
    ids.push(engine.request(`u${at}@x.example/c`, address, at % 4 === 3 ? 'set' : 'get', payload));
  }
  await engine.settle();
  const answers = engine.take().filter(({ name }) => name === 'iq');
  expect(answers.map(({ attrs }) => attrs['id']).toSorted()).toEqual(ids.toSorted());
  for (const { attrs } of answers) expect(attrs['to']).toMatch(/^u\d+@x\.example\/c$/);
  expect(engine.mistakes).toEqual([]);
});

test('an answer that cannot be built becomes an error, and the service goes on', async () => {
  const store = engine.store;
  const broken = await Engine.start({
    store: { ...store, archive: () => Promise.reject(new Error('disk')) },
  });
  const query = `<query xmlns='urn:xmpp:mam:2'/>`;
  expect(verdict(await broken.ask(HECATE, COVEN, 'set', query))).toBe('internal-server-error/cancel');
  expect(verdict(await broken.ask(HECATE, COVEN, 'get', PING))).toBe('result');
  expect(broken.mistakes).toHaveLength(1);
});

test('a service that ends takes nothing new, and says so', async () => {
  const { service } = engine;
  engine.isRouting = false;
  engine.say(HECATE, 'last');
  await engine.settle();
  const last = engine.take();
  const stopped = service.stop(1000);
  engine.say(HECATE, 'too late');
  const id = engine.request(HECATE, COVEN, 'get', PING);
  engine.send(`<presence from='${HECATE}' to='${COVEN}' type='unavailable'/>`);
  await engine.settle();
  expect(last).toHaveLength(1);
  expect(engine.take().map((stanza) => [stanza.attrs['id'], verdict(stanza)])).toEqual([
    ['said-too late', 'resource-constraint/wait'],
    [id, 'resource-constraint/wait'],
  ]);
  engine.clock.advance(1000);
  await stopped;
  expect(engine.mistakes).toEqual([]);
});

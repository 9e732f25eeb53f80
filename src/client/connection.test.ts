/**
 * RFC 6120 §8 from the client's side: who may say what to it, and what it answers.
 * Speaks for a server, also for one that is hostile or broken.
 * Does not lose connections on purpose (resumption.test.ts).
 * Always: a frame that no server should send harms nothing but the connection on which it came.
 * Before: client/connection.ts. After: testing/xmpp-server.ts.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connect, el, refuse, text, type Client, type ClientState, type XmlElement } from '../node/index.ts';
import { openServer, PASSWORD, type Peer, type Server } from '../testing/xmpp-server.ts';
import { child, elements } from '../xml/element.ts';

const NS_DISCO = 'http://jabber.org/protocol/disco#info';
const CHANNEL = 'coven@mix.localhost';
const ask = (name = 'q') => el(name, 'urn:x');
const id = (stanza: XmlElement) => stanza.attrs['id'] ?? '';

let server: Server;
let client: Client;
let peer: Peer;
const states: ClientState[] = [];

beforeEach(async () => {
  server = await openServer();
  const connecting = connect({
    account: 'hag66@localhost',
    password: PASSWORD,
    endpoint: server.endpoint,
    resource: 'cauldron',
    maxWaitMs: 20,
    onState: (state) => states.push(state),
  });
  peer = await server.next();
  client = await connecting;
});
afterEach(async () => {
  await client.close();
  await server.close();
  states.splice(0);
});

const answer = (iq: XmlElement, from: string | undefined, type = 'result', inside = '') =>
  peer.stanza(
    `<iq type='${type}' id='${id(iq)}' to='${client.address}'${from === undefined ? '' : ` from='${from}'`}>${inside}</iq>`,
  );

/** Everything that the server has said before has been taken. */
async function settled(): Promise<void> {
  const asked = client.request('get', 'settled.localhost', ask('settled'));
  answer(await peer.iq('settled'), 'settled.localhost');
  await asked;
}

describe('a request', () => {
  test('gets its answer, or the error that the other side gives', async () => {
    const asked = client.request('get', CHANNEL, ask());
    answer(await peer.iq('q'), CHANNEL, 'result', `<r xmlns='urn:x'>yes</r>`);
    expect(text((await asked)!)).toBe('yes');
    const refused = client.request('set', CHANNEL, ask());
    const error = `<error type='auth'><forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>No.</text><closed-node xmlns='http://jabber.org/protocol/pubsub#errors'/></error>`;
    answer(await peer.iq('q'), CHANNEL, 'error', error);
    await expect(refused).rejects.toMatchObject({
      name: 'StanzaError',
      condition: 'forbidden',
      type: 'auth',
      text: 'No.',
      application: 'closed-node',
    });
  });

  test('that only asks is asked again when it was too much; one that changes something is not', async () => {
    const busy = `<error type='wait'><resource-constraint xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>`;
    const changed = client.request('set', CHANNEL, ask());
    answer(await peer.iq('q'), CHANNEL, 'error', busy);
    await expect(changed).rejects.toMatchObject({ condition: 'resource-constraint', type: 'wait' });
    const asked = client.request('get', CHANNEL, ask());
    const first = await peer.iq('q');
    answer(first, CHANNEL, 'error', busy);
    const second = await peer.iq('q');
    expect(id(second)).not.toBe(id(first));
    answer(second, CHANNEL, 'result', `<r xmlns='urn:x'>now</r>`);
    expect(text((await asked)!)).toBe('now');
  });

  test('has an id that cannot be guessed', async () => {
    const ids = new Set<string>();
    for (let count = 0; count < 50; count++) {
      client.request('get', CHANNEL, ask()).catch(() => undefined);
      ids.add(id(await peer.iq('q')));
    }
    expect(ids.size).toBe(50);
    for (const one of ids) expect(one).toMatch(/^[\w-]{20}$/);
  });

  test.each([
    [CHANNEL, 'hecate@localhost'],
    [CHANNEL, `${CHANNEL}/7f3q`],
    [CHANNEL, undefined],
    [`${CHANNEL}/7f3q`, CHANNEL],
    [undefined, CHANNEL],
    [undefined, 'hecate@localhost'],
    ['localhost', 'hag66@localhost/other'],
  ])('to %s is not answered by %s, even with its id', async (to, impostor) => {
    const asked = client.request('get', to, ask());
    const iq = await peer.iq('q');
    answer(iq, impostor, 'result', `<r xmlns='urn:x'>no</r>`);
    answer(iq, to, 'result', `<r xmlns='urn:x'>yes</r>`);
    expect(text((await asked)!)).toBe('yes');
  });

  test.each([
    [undefined, undefined],
    [undefined, 'hag66@localhost'],
    [undefined, 'hag66@localhost/cauldron'],
    [undefined, 'localhost'],
    ['localhost', 'localhost'],
    ['hag66@localhost', undefined],
    ['COVEN@mix.localhost', CHANNEL],
  ])('to %s may be answered by %s', async (to, from) => {
    const asked = client.request('get', to, ask());
    answer(await peer.iq('q'), from);
    expect(await asked).toBeUndefined();
  });

  test('ends in time', async () => {
    const asked = client.request('get', CHANNEL, ask(), { timeoutMs: 10 });
    await expect(asked).rejects.toMatchObject({ name: 'RequestTimeout' });
    answer(await peer.iq('q'), CHANNEL);
    await settled();
  });

  test('that nobody made is not answered', async () => {
    peer.stanza(`<iq type='result' id='x' from='localhost'/>`);
    await settled();
  });

  test('or a message larger than servers take is refused here', async () => {
    const large = el('x', 'urn:x', {}, ['x'.repeat(300_000)]);
    await expect(client.request('get', CHANNEL, large)).rejects.toThrow(TypeError);
    await expect(client.send(el('message', 'jabber:client', { to: CHANNEL }, [large]))).rejects.toThrow(
      TypeError,
    );
    await expect(client.send(el('iq', 'jabber:client', {}, [ask()]))).rejects.toThrow(TypeError);
  });
});

describe('asked by others', () => {
  async function question(inside: string, type = 'get'): Promise<XmlElement> {
    peer.stanza(
      `<iq type='${type}' id='ask' from='hecate@localhost/x' to='${client.address}'>${inside}</iq>`,
    );
    const iq = await peer.inbox.take((stanza) => stanza.attrs['id'] === 'ask', 'the answer');
    expect(iq.attrs['to']).toBe('hecate@localhost/x');
    return iq;
  }
  const condition = (iq: XmlElement) => {
    expect(iq.attrs['type']).toBe('error');
    return elements(elements(iq)[0]!)[0]?.name;
  };

  test('it is there, and says what it can do; MIX is always among it', async () => {
    expect((await question(`<ping xmlns='urn:xmpp:ping'/>`)).attrs['type']).toBe('result');
    client.features.add('urn:x:feature');
    const info = child(await question(`<query xmlns='${NS_DISCO}'/>`), 'query', NS_DISCO)!;
    const features = elements(info).map(({ attrs }) => attrs['var']);
    expect(features).toContain('urn:xmpp:mix:core:1');
    expect(features).toContain('urn:x:feature');
  });

  test('it tells by its presence what its features are, and again when they change', async () => {
    const first = await peer.inbox.take(({ name }) => name === 'presence', 'presence');
    client.features.add('urn:x:feature');
    const second = await peer.inbox.take(({ name }) => name === 'presence', 'presence again');
    const [before, after] = [first, second].map((presence) =>
      child(presence, 'c', 'http://jabber.org/protocol/caps'),
    );
    expect(after?.attrs['ver']).not.toBe(before?.attrs['ver']);
    const node = `${after?.attrs['node'] ?? ''}#${after?.attrs['ver'] ?? ''}`;
    const info = child(await question(`<query xmlns='${NS_DISCO}' node='${node}'/>`), 'query', NS_DISCO);
    expect(info?.attrs['node']).toBe(node);
    const former = `${before?.attrs['node'] ?? ''}#${before?.attrs['ver'] ?? ''}`;
    expect(condition(await question(`<query xmlns='${NS_DISCO}' node='${former}'/>`))).toBe('item-not-found');
  });

  test('it refuses what it does not know, and what is no request', async () => {
    expect(condition(await question(`<q xmlns='urn:unknown'/>`))).toBe('service-unavailable');
    expect(condition(await question(''))).toBe('bad-request');
    expect(condition(await question(`<a xmlns='urn:x'/><b xmlns='urn:x'/>`, 'set'))).toBe('bad-request');
  });

  test('whoever knows the answer gives it, or refuses', async () => {
    const stop = client.onRequest('urn:x', 'q', ({ from, type }) => el('r', 'urn:x', { from, type }));
    expect(elements(await question(`<q xmlns='urn:x'/>`, 'set'))[0]?.attrs).toEqual({
      from: 'hecate@localhost/x',
      type: 'set',
    });
    client.onRequest('urn:x', 'q', () => {
      throw refuse('forbidden', 'No.');
    });
    expect(condition(await question(`<q xmlns='urn:x'/>`))).toBe('forbidden');
    stop();
    expect(condition(await question(`<q xmlns='urn:x'/>`))).toBe('forbidden');
  });
});

describe('what comes in', () => {
  test('goes to every listener, until one says that it is its own', async () => {
    const heard: string[] = [];
    client.onStanza((stanza) => {
      heard.push(`one ${stanza.name}`);
      return stanza.name === 'presence';
    });
    const stop = client.onStanza((stanza) => void heard.push(`two ${stanza.name}`));
    peer.stanza('<message/>');
    peer.stanza('<presence/>');
    await settled();
    stop();
    peer.stanza('<message/>');
    await settled();
    expect(heard).toEqual(['one message', 'two message', 'one presence', 'one message']);
  });

  test('for somebody else is not given out', async () => {
    const heard: (string | undefined)[] = [];
    client.onStanza((stanza) => void heard.push(stanza.attrs['to']));
    for (const to of ['hecate@localhost', 'hag66@localhost/other', 'hag66@localhost.example', '@', ''])
      peer.stanza(`<message to='${to}'/>`);
    peer.stanza(`<message to='HAG66@localhost'/>`);
    peer.stanza(`<message to='hag66@localhost/cauldron'/>`);
    await settled();
    expect(heard).toEqual(['HAG66@localhost', 'hag66@localhost/cauldron']);
  });

  test('over the limits is skipped, and the connection goes on', async () => {
    const heard: string[] = [];
    client.onStanza((stanza) => void heard.push(stanza.attrs['id'] ?? ''));
    peer.stanza(`<message id='large'><body>${'x'.repeat(5_000_000)}</body></message>`);
    peer.stanza(`<message id='deep'>${'<a>'.repeat(70)}${'</a>'.repeat(70)}</message>`);
    peer.stanza(`<message id='many'>${'<a/>'.repeat(60_000)}</message>`);
    peer.stanza(`<message id='good'/>`);
    await settled();
    expect(heard).toEqual(['good']);
    expect(states.map(({ is }) => is)).toEqual(['connecting', 'online']);
  });

  test.each([
    ['no XML', 'x'],
    ['half of a stanza', `<message xmlns='jabber:client'>`],
    ['two stanzas', `<message xmlns='jabber:client'/><message xmlns='jabber:client'/>`],
    ['a document type', `<!DOCTYPE x [<!ENTITY a 'b'>]><message xmlns='jabber:client'>&a;</message>`],
    ['a comment', `<message xmlns='jabber:client'><!-- x --></message>`],
    ['an instruction', `<message xmlns='jabber:client'><?x y?></message>`],
    ['bytes', Buffer.from(`<message xmlns='jabber:client'/>`)],
    ['an acknowledgement of what was never sent', `<a xmlns='urn:xmpp:sm:3' h='4000'/>`],
    ['an acknowledgement of nothing', `<a xmlns='urn:xmpp:sm:3'/>`],
  ])('as %s ends the connection, and another one begins', async (_, frame) => {
    let fresh = 0;
    client.on('fresh', () => fresh++);
    client.onStanza(() => expect.unreachable());
    peer.raw(frame);
    peer = await server.next();
    await settled();
    expect(peer.isResumed).toBe(false);
    expect(fresh).toBe(1);
    expect(states.map(({ is }) => is)).toEqual(['connecting', 'online', 'waiting', 'connecting', 'online']);
  });

  test('and is neither a stanza nor anything known is ignored', async () => {
    peer.raw(`<x xmlns='urn:unknown'/>`);
    peer.raw(`<message xmlns='jabber:server'/>`);
    peer.raw(`<open xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>`);
    peer.raw(' ');
    peer.stanza(`<iq type='odd' id='x'/>`);
    await settled();
  });
});

describe('the end of a stream', () => {
  test.each(['conflict', 'host-unknown', 'not-authorized'])('by %s is not fought', async (condition) => {
    peer.error(condition);
    await new Promise<void>((resolve) => client.on('state', ({ is }) => is === 'closed' && resolve()));
    expect(client.state).toMatchObject({ is: 'closed', reason: { name: 'ConnectionLost', condition } });
    await expect(client.send(el('presence', 'jabber:client'))).rejects.toMatchObject({
      name: 'ConnectionLost',
    });
    expect(server.connections).toBe(1);
  });

  test('by see-other-host leads nowhere else', async () => {
    peer.raw(
      `<stream:error xmlns:stream='http://etherx.jabber.org/streams'><see-other-host xmlns='urn:ietf:params:xml:ns:xmpp-streams'>evil.example</see-other-host></stream:error>`,
    );
    peer = await server.next();
    await settled();
  });

  test('by the server is followed by another one', async () => {
    peer.raw(`<close xmlns='urn:ietf:params:xml:ns:xmpp-framing' see-other-uri='wss://evil.example/'/>`);
    peer = await server.next();
    await settled();
  });

  test('by the client comes after everything that it has sent', async () => {
    const sending = client.send(el('message', 'jabber:client', { to: CHANNEL, id: 'last' }));
    await client.close();
    await sending;
    expect(peer.session?.handled).toBeGreaterThan(0);
    expect(id(await peer.message())).toBe('last');
    await peer.inbox.take(({ name }) => name === 'close', 'close');
    expect(client.state).toEqual({ is: 'closed', reason: undefined });
    await client.close();
  });
});

test('the wire can be watched, and shows no log-in', async () => {
  const seen: string[] = [];
  client.on('wire', ({ direction, xml }) => void seen.push(`${direction} ${xml}`));
  await settled();
  expect(seen.some((line) => line.startsWith('out <iq xmlns="jabber:client" type="get"'))).toBe(true);
  expect(seen.some((line) => line.startsWith('in <iq xmlns="jabber:client" type="result"'))).toBe(true);
  peer.cut();
  peer = await server.next();
  await settled();
  expect(seen.filter((line) => line.includes('<auth'))).toEqual([
    'out <auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism="SCRAM-SHA-256">…</auth>',
  ]);
});

/**
 * XEP-0198 §5 from the client's side: what was on its way when the connection broke.
 * Cuts connections at chosen moments, with servers that resume, that only remember a count, and that forget.
 * Does not use real servers (test/interop/client.mjs does).
 * Always: each stanza is told its fate once, and the truth.
 * Before: client/outbox.ts. After: testing/xmpp-server.ts.
 */
import { afterEach, describe, expect, test } from 'vitest';
import { childText, createClient, el, type Client, type ClientState } from '../node/index.ts';
import { openServer, PASSWORD, type Peer, type Server, type ServerOptions } from '../testing/xmpp-server.ts';

let server: Server;
let client: Client;
let fresh = 0;
let states: ClientState[] = [];

afterEach(async () => {
  await client.close();
  await server.close();
});

async function start(options: ServerOptions = {}, keepaliveMs = 30_000): Promise<Peer> {
  server = await openServer(options);
  fresh = 0;
  states = [];
  client = createClient({
    account: 'hag66@localhost',
    password: PASSWORD,
    endpoint: server.endpoint,
    maxWaitMs: 20,
    keepaliveMs,
    onState: (state) => states.push(state),
  });
  client.on('fresh', () => fresh++);
  const peer = await server.next();
  await presence(peer);
  return peer;
}

/** Breaks the connection, and waits until the client has noticed. */
async function lose(peer: Peer): Promise<void> {
  const noticed = new Promise<void>((resolve) => {
    const stop = client.on('state', ({ is }) => {
      if (is !== 'waiting') return;
      stop();
      resolve();
    });
  });
  peer.cut();
  await noticed;
}

const presence = (peer: Peer) => peer.inbox.take(({ name }) => name === 'presence', 'presence');
const chat = (body: string) =>
  el('message', 'jabber:client', { to: 'hecate@localhost' }, [el('body', 'jabber:client', {}, [body])]);
const bodies = (peer: Peer) =>
  peer.inbox.takeAll(({ name }) => name === 'message').map((message) => childText(message, 'body'));
const say = (...texts: string[]) => Promise.allSettled(texts.map((body) => client.send(chat(body))));
const fates = (outcomes: readonly PromiseSettledResult<unknown>[]) =>
  outcomes.map((outcome) => (outcome.status === 'fulfilled' ? 'sent' : (outcome.reason as Error).name));
const query = () => el('q', 'urn:x');
const failed = (h: string) =>
  `<failed xmlns='urn:xmpp:sm:3'${h}><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>`;

describe('where the server resumes', () => {
  test('what it has not acknowledged comes again, once and in order, and nothing is new', async () => {
    let peer = await start();
    const first = await say('1');
    peer.isDeaf = true;
    const sending = say('2', '3');
    await peer.inbox.take((stanza) => childText(stanza, 'body') === '3', '3');
    expect(bodies(peer)).toEqual(['1', '2']);
    // The server has got these three, but is taken for one that got two.
    peer.session!.handled--;
    peer.cut();
    const later = say('4');
    peer = await server.next();
    expect(fates([...first, ...(await sending), ...(await later)])).toEqual(['sent', 'sent', 'sent', 'sent']);
    expect(bodies(peer)).toEqual(['3', '4']);
    expect(peer.isResumed).toBe(true);
    expect(fresh).toBe(1);
    expect(states.map(({ is }) => is)).toEqual(['connecting', 'online', 'waiting', 'connecting', 'online']);
  });

  test('what it has sent is given out once', async () => {
    const heard: (string | undefined)[] = [];
    let peer = await start();
    client.onStanza((stanza) => void heard.push(stanza.attrs['id']));
    peer.stanza(`<message id='1'/>`);
    peer.stanza(`<message id='2'/>`);
    await say('x');
    peer.cut();
    peer.stanza(`<message id='3'/>`);
    peer = await server.next();
    peer.stanza(`<message id='4'/>`);
    await say('y');
    expect(heard).toEqual(['1', '2', '3', '4']);
  });

  test('a request goes on, and its answer reaches it on the new connection', async () => {
    let peer = await start();
    const asked = client.request('set', 'mix.localhost', query());
    const { attrs } = await peer.iq('q');
    peer.cut();
    peer = await server.next();
    peer.stanza(`<iq type='result' id='${attrs['id'] ?? ''}' from='mix.localhost'/>`);
    expect(await asked).toBeUndefined();
    expect(peer.inbox.takeAll(({ name }) => name === 'iq')).toEqual([]);
  });

  test('an answer to somebody is sent again as well', async () => {
    let peer = await start();
    peer.isDeaf = true;
    peer.stanza(`<iq type='get' id='p' from='hecate@localhost/x'><ping xmlns='urn:xmpp:ping'/></iq>`);
    await peer.inbox.take(({ attrs }) => attrs['id'] === 'p', 'the pong');
    peer.session!.handled--;
    peer.cut();
    peer = await server.next();
    await peer.inbox.take(({ attrs }) => attrs['id'] === 'p', 'the pong again');
  });
});

describe('where the server only remembers how much it has handled', () => {
  test('the rest is sent on the new stream', async () => {
    let peer = await start({ refuseResumption: (handled) => failed(` h='${handled}'`) });
    peer.isDeaf = true;
    const sending = say('1', '2', '3');
    await peer.inbox.take((stanza) => childText(stanza, 'body') === '3', '3');
    peer.session!.handled--;
    peer.cut();
    peer = await server.next();
    expect(fates(await sending)).toEqual(['sent', 'sent', 'sent']);
    await presence(peer);
    expect(bodies(peer)).toEqual(['3']);
    expect(fresh).toBe(2);
  });

  test('a get that it has handled is asked again, and a set is not', async () => {
    let peer = await start({ refuseResumption: (handled) => failed(` h='${handled}'`) });
    const got = client.request('get', 'mix.localhost', query());
    const set = client.request('set', 'mix.localhost', query());
    const former = [await peer.iq('q'), await peer.iq('q')];
    peer.cut();
    await expect(set).rejects.toMatchObject({ name: 'ConnectionLost' });
    peer = await server.next();
    const again = await peer.iq('q');
    expect(again.attrs['type']).toBe('get');
    expect(former.map(({ attrs }) => attrs['id'])).not.toContain(again.attrs['id']);
    peer.stanza(`<iq type='result' id='${again.attrs['id'] ?? ''}' from='mix.localhost'/>`);
    expect(await got).toBeUndefined();
  });

  test('a set that it has not handled is asked', async () => {
    let peer = await start({ refuseResumption: (handled) => failed(` h='${handled}'`) });
    peer.isDeaf = true;
    const set = client.request('set', 'mix.localhost', query());
    await peer.iq('q');
    peer.session!.handled--;
    peer.cut();
    peer = await server.next();
    const again = await peer.iq('q');
    peer.stanza(`<iq type='result' id='${again.attrs['id'] ?? ''}' from='mix.localhost'/>`);
    expect(await set).toBeUndefined();
  });
});

describe('where the server forgets', () => {
  test.each([
    ['the stream', { refuseResumption: () => failed('') }, 'ConnectionLost'],
    ['nothing, as it has no acknowledgements', { hasAcks: false }, 'sent'],
  ])('%s: what may have arrived is not sent again', async (_, options, fate) => {
    let peer = await start(options);
    peer.isDeaf = true;
    const sending = say('1', '2');
    await peer.inbox.take((stanza) => childText(stanza, 'body') === '2', '2');
    await lose(peer);
    const later = say('3');
    peer = await server.next();
    expect(fates(await sending)).toEqual([fate, fate]);
    expect(fates(await later)).toEqual(['sent']);
    await presence(peer);
    await peer.inbox.take((stanza) => childText(stanza, 'body') === '3', '3');
    expect(bodies(peer)).toEqual([]);
    expect(fresh).toBe(2);
  });

  test('a get is asked again, and a set fails', async () => {
    let peer = await start({ hasAcks: false });
    const got = client.request('get', 'mix.localhost', query());
    const set = client.request('set', 'mix.localhost', query());
    for (let count = 0; count < 2; count++) await peer.iq('q');
    peer.cut();
    await expect(set).rejects.toMatchObject({ name: 'ConnectionLost' });
    peer = await server.next();
    const again = await peer.iq('q');
    peer.stanza(`<iq type='result' id='${again.attrs['id'] ?? ''}' from='mix.localhost'/>`);
    expect(await got).toBeUndefined();
  });

  test('everybody is told anew what the user shows', async () => {
    let peer = await start({ hasAcks: false });
    await client.send(el('presence', 'jabber:client', {}, [el('show', 'jabber:client', {}, ['away'])]));
    expect(childText(await presence(peer), 'show')).toBe('away');
    peer.cut();
    peer = await server.next();
    expect(childText(await presence(peer), 'show')).toBe('away');
    await client.send(el('presence', 'jabber:client', { type: 'unavailable' }));
    peer.cut();
    peer = await server.next();
    await client.send(chat('x'));
    await peer.message();
    expect(peer.inbox.takeAll(({ name }) => name === 'presence')).toEqual([]);
  });

  test('listeners of a new stream speak before what has waited', async () => {
    let peer = await start({ hasAcks: false });
    client.on(
      'fresh',
      () => void client.request('get', undefined, el('roster', 'urn:x')).catch(() => undefined),
    );
    await lose(peer);
    const waiting = say('waited');
    peer = await server.next();
    await waiting;
    await peer.message();
    // Of what came before the message, the request was the first.
    expect(peer.inbox.stanzas.filter(({ ns }) => ns === 'jabber:client').map(({ name }) => name)).toEqual([
      'iq',
      'presence',
    ]);
  });
});

describe('a connection that is dead', () => {
  test('without saying so is noticed, and the stream goes on', async () => {
    let peer = await start({}, 50);
    peer.isDeaf = true;
    peer = await server.next();
    expect(peer.isResumed).toBe(true);
  });

  test('where the server speaks but takes nothing any more is given up, with its stream', async () => {
    let peer = await start({}, 50);
    peer.isDeaf = true;
    const deaf = peer;
    const sending = say('1');
    const timer = setInterval(() => deaf.stanza('<message/>'), 10);
    peer = await server.next();
    clearInterval(timer);
    expect(fates(await sending)).toEqual(['ConnectionLost']);
    expect(peer.isResumed).toBe(false);
  });

  test('is not what a quiet server is, which answers when it is asked', async () => {
    const peer = await start({ hasAcks: false }, 100);
    for (let count = 0; count < 3; count++) {
      const ping = await peer.iq('ping');
      peer.stanza(`<iq type='result' id='${ping.attrs['id'] ?? ''}' from='localhost'/>`);
    }
    expect(server.connections).toBe(1);
  });
});

test('a stream on which nothing gets through is not resumed for ever', async () => {
  let peer = await start();
  peer.isDeaf = true;
  const sending = say('1');
  await peer.message();
  for (let count = 0; count < 3; count++) {
    peer.session!.handled = 1;
    await lose(peer);
    peer = await server.next();
    peer.isDeaf = true;
    expect(peer.isResumed).toBe(true);
    await peer.message();
  }
  await lose(peer);
  peer = await server.next();
  expect(peer.isResumed).toBe(false);
  expect(fates(await sending)).toEqual(['ConnectionLost']);
});

test('a stanza for which the server ends the stream is not tried again and again', async () => {
  let peer = await start();
  const sending = say('poison');
  await peer.message();
  peer.session!.handled--;
  peer.error('policy-violation');
  peer = await server.next();
  expect(fates(await sending)).toEqual(['ConnectionLost']);
  expect(peer.isResumed).toBe(false);
});

test('what waits is bounded', async () => {
  const peer = await start();
  peer.isDeaf = true;
  const outcomes = Array.from({ length: 2_500 }, async () => {
    const [outcome] = await say('x');
    return outcome!;
  });
  expect(fates([await outcomes.at(-1)!])).toEqual(['ConnectionLost']);
  const closing = client.close();
  peer.cut();
  await closing;
  expect(new Set(fates(await Promise.all(outcomes)))).toEqual(new Set(['ConnectionLost']));
});

test('a client that is closed while it waits tries no more', async () => {
  const peer = await start();
  await lose(peer);
  const sending = say('x');
  await client.close();
  expect(fates(await sending)).toEqual(['ConnectionLost']);
  expect(client.state).toEqual({ is: 'closed', reason: undefined });
});

/**
 * The connection against the host: log-in, requests, messages, presence.
 * Plays the same over TCP and over WebSocket.
 * Does not break connections (reconnect.test.ts).
 * Always: real sockets.
 * Before: node/index.ts. After: client/connection.ts.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openStage, PASSWORD, type Stage } from '../host/stage.ts';
import { child, childText, connect, el, type Client, type ScramMemory, type XmlElement } from './index.ts';

let stage: Stage;
const clients: Client[] = [];

beforeEach(async () => {
  stage = await openStage();
  await stage.host.accounts.add('hag66', PASSWORD);
});
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
  await stage.stop();
});

const ways = [
  ['TCP', () => `tcp://${stage.host.tcpAddress}`],
  ['WebSocket', () => `${stage.host.httpUrl.replace(/^http/, 'ws')}/xmpp-websocket`],
] as const;

async function online(endpoint: string, password = PASSWORD): Promise<Client> {
  const client = await connect({ account: 'hag66@localhost', password, endpoint, resource: 'cauldron' });
  clients.push(client);
  return client;
}

function next(client: Client, wanted: (stanza: XmlElement) => boolean): Promise<XmlElement> {
  return new Promise((resolve) => {
    const stop = client.onStanza((stanza) => {
      if (!wanted(stanza)) return;
      stop();
      resolve(stanza);
    });
  });
}

const disco = () => el('query', 'http://jabber.org/protocol/disco#info');

describe.each(ways)('over %s', (_, endpoint) => {
  test('a client logs in, asks, and is told', async () => {
    const client = await online(endpoint());
    expect(client.address).toBe('hag66@localhost/cauldron');
    expect(client.account).toBe('hag66@localhost');
    expect(client.state).toEqual({ is: 'online' });
    const info = await client.request('get', 'localhost', disco());
    expect(child(info!, 'identity')?.attrs['category']).toBe('server');
    await expect(client.request('get', 'localhost', el('query', 'urn:x'))).rejects.toMatchObject({
      name: 'StanzaError',
      condition: 'service-unavailable',
      type: 'cancel',
    });
  });

  test('what a log-in made of the password is enough for the next, and for no other account', async () => {
    const memory: ScramMemory = {};
    const account = 'hag66@localhost';
    clients.push(await connect({ account, password: PASSWORD, endpoint: endpoint(), memory }));
    const kept: ScramMemory = { ...memory };
    clients.push(await connect({ account, endpoint: endpoint(), memory: kept }));
    await stage.host.accounts.add('hecate', PASSWORD);
    const other = connect({ account: 'hecate@localhost', endpoint: endpoint(), memory: kept });
    await expect(other).rejects.toMatchObject({ name: 'LoginRefused', condition: 'not-authorized' });
    await expect(connect({ account, endpoint: endpoint() })).rejects.toThrow(TypeError);
  });

  test('messages go out and come in', async () => {
    const client = await online(endpoint());
    const peer = await stage.client('hecate');
    await peer.online();
    const body = (text: string) => el('body', 'jabber:client', {}, [text]);
    await client.send(el('message', 'jabber:client', { to: peer.jid, type: 'chat' }, [body('Hail')]));
    const got = await peer.inbox.take(({ name }) => name === 'message');
    expect(childText(got, 'body')).toBe('Hail');
    const answer = next(client, ({ name }) => name === 'message');
    peer.send(
      `<message xmlns='jabber:client' to='${client.address}' type='chat'><body>&lt;3</body></message>`,
    );
    expect(childText(await answer, 'body')).toBe('<3');
  });
});

/**
 * RFC 6120 §6 from the client's side: who is let in, and which server is trusted.
 * Meets servers that ask for too little, prove nothing, or want the password itself.
 * Does not compute SCRAM (scram.test.ts).
 * Always: a refusal is final.
 * Before: client/sasl.ts. After: testing/xmpp-server.ts.
 */
import { afterEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { connect, createClient, type Client } from '../node/index.ts';
import { openServer, PASSWORD, type Server, type ServerOptions } from '../testing/xmpp-server.ts';
import { parseElement } from '../xml/reader.ts';
import { webSocketTransport } from './websocket.ts';

let server: Server | undefined;
let client: Client | undefined;
afterEach(async () => {
  await client?.close();
  await server?.close();
  server = client = undefined;
});

async function logIn(options: ServerOptions, password = PASSWORD): Promise<Client> {
  server = await openServer(options);
  return (client = await connect({ account: 'hag66@localhost', password, endpoint: server.endpoint }));
}

const refused = (condition: string): unknown => expect.objectContaining({ name: 'LoginRefused', condition });

test.each([['SCRAM-SHA-256'], ['SCRAM-SHA-1'], ['PLAIN']])('a client logs in by %s', async (mechanism) => {
  const { state } = await logIn({ mechanisms: [mechanism] });
  expect(state).toEqual({ is: 'online' });
});

test.each([['SCRAM-SHA-256'], ['PLAIN']])(
  'a wrong password is refused by %s, and not tried again',
  async (mechanism) => {
    await expect(logIn({ mechanisms: [mechanism] }, 'wrong')).rejects.toThrow(refused('not-authorized'));
    expect(server?.connections).toBe(1);
  },
);

test('a client that is made without waiting ends as closed', async () => {
  server = await openServer();
  const made = (client = createClient({
    account: 'hag66@localhost',
    password: 'wrong',
    endpoint: server.endpoint,
  }));
  const state = await new Promise<Client['state']>((resolve) => {
    made.on('state', resolve);
  });
  expect(state).toEqual({ is: 'closed', reason: refused('not-authorized') });
  await expect(
    made.request('get', 'localhost', { name: 'a', ns: 'b', attrs: {}, children: [] }),
  ).rejects.toThrow(expect.objectContaining({ name: 'ConnectionLost' }));
});

test('a server that cannot prove that it knows the password is refused', async () => {
  await expect(logIn({ isImpostor: true })).rejects.toThrow(refused('bad-server-signature'));
});

test('a server that would make the password easy to guess is refused', async () => {
  await expect(logIn({ iterations: 1 })).rejects.toThrow(refused('mechanism-too-weak'));
});

test('a server that offers nothing that is known is refused', async () => {
  await expect(logIn({ mechanisms: ['X-OAUTH', 'ANONYMOUS'] })).rejects.toThrow(refused('invalid-mechanism'));
});

test('a server that has known better gets no password in clear', async () => {
  const mechanisms = ['SCRAM-SHA-1'];
  const online = await logIn({ mechanisms });
  const peer = await server?.next();
  mechanisms.splice(0, 1, 'PLAIN');
  const ended = new Promise((resolve) =>
    online.on('state', ({ is }) => is === 'closed' && resolve(online.state)),
  );
  peer?.cut();
  expect(await ended).toEqual({ is: 'closed', reason: refused('mechanism-too-weak') });
});

test('a password is not sent where others can listen', async () => {
  server = await openServer({ mechanisms: ['PLAIN'] });
  // The same connection, as if it led to another machine.
  const elsewhere = webSocketTransport({
    connect: (_, protocol) => new WebSocket(server?.endpoint ?? '', protocol),
    parse: parseElement,
  });
  const options = { account: 'hag66@localhost', password: PASSWORD, endpoint: 'ws://chat.example/' };
  await expect(connect({ ...options, transport: elsewhere })).rejects.toThrow(TypeError);
  await expect(connect({ ...options, transport: elsewhere, isInsecureAllowed: true })).rejects.toThrow(
    refused('encryption-required'),
  );
});

test.each([
  [{ account: 'hag66' }],
  [{ account: '@localhost' }],
  [{ account: 'hag66@localhost/cauldron' }],
  [{ account: 'hag 66@localhost' }],
  [{ password: '' }],
  [{ endpoint: 'localhost' }],
])('options that cannot be are refused at once: %j', (options) => {
  expect(() => createClient({ account: 'hag66@localhost', password: 'x', ...options })).toThrow(TypeError);
});

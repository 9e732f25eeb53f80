/**
 * A client of the host whose network breaks.
 * Puts a wire that can be cut between the two, over TCP and over WebSocket, and cuts it while messages pass.
 * Does not test what only XEP-0198 can promise where the host does not offer it: then what was on its way may be gone.
 * Always: real sockets.
 * Before: client/connection.ts. After: test/interop/client.mjs.
 */
import { connect as connectTcp, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openStage, PASSWORD, type Stage } from '../host/stage.ts';
import { childText, connect, el, type Client } from './index.ts';

const MESSAGES = 100;

let stage: Stage;
let wire: Server;
let isDown = false;
const ends = new Set<Socket>();

beforeEach(async () => {
  stage = await openStage();
  for (const name of ['hag66', 'hecate']) await stage.host.accounts.add(name, PASSWORD);
});
afterEach(async () => {
  cut();
  wire.close();
  await stage.stop();
});

/** A port behind which that one is, until the wire is cut. */
async function inFrontOf(port: number): Promise<number> {
  isDown = false;
  wire = createServer((near) => {
    const far = isDown ? near : connectTcp(port, '127.0.0.1');
    if (isDown) near.destroy();
    else join(near, far);
  });
  await new Promise<void>((resolve) => wire.listen(0, '127.0.0.1', resolve));
  return (wire.address() as AddressInfo).port;
}

function join(near: Socket, far: Socket): void {
  for (const [from, to] of [
    [near, far],
    [far, near],
  ] as const) {
    ends.add(from);
    from.on('data', (bytes) => to.write(bytes));
    from.on('error', () => undefined);
    from.on('close', () => {
      ends.delete(from);
      to.destroy();
    });
  }
}

function cut(): void {
  for (const socket of ends) socket.resetAndDestroy();
}

function state(client: Client, wanted: string): Promise<void> {
  return new Promise((resolve) => {
    const stop = client.on('state', ({ is }) => {
      if (is !== wanted) return;
      stop();
      resolve();
    });
  });
}

const ways = [
  ['TCP', async () => `tcp://127.0.0.1:${await inFrontOf(Number(stage.host.tcpAddress.split(':')[1]))}`],
  [
    'WebSocket',
    async () => `ws://127.0.0.1:${await inFrontOf(Number(new URL(stage.host.httpUrl).port))}/xmpp-websocket`,
  ],
] as const;

describe.each(ways)('over %s', (_, endpointOf) => {
  test('each message arrives once and in order, but for what a cut has taken', async () => {
    const endpoint = await endpointOf();
    const options = { password: PASSWORD, endpoint, maxWaitMs: 50 };
    const [one, two] = await Promise.all([
      connect({ ...options, account: 'hag66@localhost' }),
      connect({ ...options, account: 'hecate@localhost', resource: 'cauldron' }),
    ]);
    const heard: number[] = [];
    two.onStanza((stanza) => stanza.name === 'message' && heard.push(Number(childText(stanza, 'body'))));
    let fresh = 0;
    for (const client of [one, two]) client.on('fresh', () => fresh++);
    const fates: Promise<string>[] = [];
    const say = (number: number) => {
      const body = el('body', 'jabber:client', {}, [String(number)]);
      const message = el('message', 'jabber:client', { to: two.address, type: 'chat' }, [body]);
      fates.push(
        one.send(message).then(
          () => 'sent',
          () => 'lost',
        ),
      );
    };
    for (let number = 0; number < MESSAGES; number++) {
      say(number);
      if (number % 40 !== 20) continue;
      const back = [one, two].map(async (client) =>
        state(client, 'waiting').then(async () => state(client, 'online')),
      );
      cut();
      await Promise.all(back);
    }
    say(MESSAGES);
    const outcomes = await Promise.all(fates);
    while (!heard.includes(MESSAGES)) await new Promise((resolve) => two.onStanza(resolve));
    expect(heard).toEqual([...new Set(heard)].sort((a, b) => a - b));
    if (fresh === 0) {
      expect(heard.length).toBe(MESSAGES + 1);
      expect(new Set(outcomes)).toEqual(new Set(['sent']));
    }
    await Promise.all([one.close(), two.close()]);
  });

  test('what is asked and sent while the wire is down is done when it is up', async () => {
    const client = await connect({
      account: 'hag66@localhost',
      password: PASSWORD,
      endpoint: await endpointOf(),
      maxWaitMs: 50,
    });
    isDown = true;
    const noticed = state(client, 'waiting');
    cut();
    await noticed;
    const asked = client.request('get', 'localhost', el('query', 'http://jabber.org/protocol/disco#info'));
    const sent = client.send(el('message', 'jabber:client', { to: client.account }));
    await state(client, 'waiting');
    isDown = false;
    expect((await asked)?.name).toBe('query');
    await sent;
    await client.close();
  });

  test('a client that is closed closes its stream', async () => {
    const client = await connect({
      account: 'hag66@localhost',
      password: PASSWORD,
      endpoint: await endpointOf(),
    });
    await client.close();
    expect(client.state).toEqual({ is: 'closed', reason: undefined });
    for (const socket of ends)
      if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve));
  });
});

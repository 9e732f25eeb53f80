/**
 * A server for the tests of this folder.
 * Plays, on a real socket, the server's side of a component stream as a test tells it.
 * Does not route, and accepts whatever does not matter to the test.
 * Always: `cleanUp` closes what a test has opened.
 * Before: transport/component.ts. After: transport/component.test.ts.
 */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { XmlElement } from '../xml/element.ts';
import { defaultLimits } from '../xml/reader.ts';
import { handshakeDigest } from '../xep/0114-component/handshake.ts';
import { componentTransport, type ComponentOptions } from './component.ts';
import type { Log } from './log.ts';
import type { Transport } from './transport.ts';

export const SECRET = 'a secret & more';
export const HEADER =
  '<?xml version="1.0"?><stream:stream xmlns="jabber:component:accept" xmlns:stream="http://etherx.jabber.org/streams" from="mix.example" id="3BF96D32">';
export const HANDSHAKE = `<handshake>${handshakeDigest('3BF96D32', SECRET)}</handshake>`;

/** What the server does with a connection; `said` resolves when the component has said `text`. */
export type Play = (socket: Socket, said: (text: string) => Promise<void>) => void | Promise<void>;

let server: Server | undefined;
let links: Transport[] = [];
/** Every connection that was made in this test. */
export const sockets: Socket[] = [];

/** For afterEach. */
export async function cleanUp(): Promise<void> {
  await Promise.all(links.map((link) => link.stop(10)));
  sockets.splice(0).forEach((socket) => socket.destroy());
  server?.close();
  server = undefined;
  links = [];
}

/** Listens; each new connection is played the next of the plays, the last one for ever. */
export async function listen(...plays: Play[]): Promise<number> {
  let count = 0;
  server = createServer((socket) => {
    sockets.push(socket);
    let heard = '';
    const waiting: (() => void)[] = [];
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      heard += bytes.toString();
      waiting.forEach((look) => look());
    });
    const said = (text: string) =>
      new Promise<void>((resolve) => {
        const look = () => {
          if (heard.includes(text)) resolve();
        };
        waiting.push(look);
        look();
      });
    const play = plays[Math.min(count++, plays.length - 1)];
    void play?.(socket, said);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** Accepts the component, and says `more` in the same segment. */
export function accept(more: string, then: Play = () => undefined): Play {
  return async (socket, said) => {
    await said('to="mix.example">');
    socket.write(HEADER);
    await said(HANDSHAKE);
    socket.write(`<handshake/>${more}`);
    await then(socket, said);
  };
}

/** Refuses the handshake. */
export function refuse(condition: string, text: string): Play {
  return async (socket, said) => {
    socket.write(HEADER);
    await said('</handshake>');
    const ns = 'urn:ietf:params:xml:ns:xmpp-streams';
    socket.end(
      `<stream:error><${condition} xmlns="${ns}"/><text xmlns="${ns}">${text}</text></stream:error></stream:stream>`,
    );
  };
}

/** A link to that server, with all that happens to it. */
export function open(port: number, options: Partial<ComponentOptions> = {}) {
  const seen: string[] = [];
  const stanzas: XmlElement[] = [];
  const logged: { level: string; text: string; fields: object }[] = [];
  const level = (name: string) => (fields: object, text: string) =>
    void logged.push({ level: name, text, fields });
  const log: Log = { debug: level('debug'), info: level('info'), warn: level('warn'), error: level('error') };
  const link = componentTransport({
    host: '127.0.0.1',
    port,
    domain: 'mix.example',
    secret: SECRET,
    limits: defaultLimits,
    random: () => 0.5,
    log,
    reconnectMinMs: 5,
    reconnectMaxMs: 40,
    ...options,
  });
  links.push(link);
  const started = link.start({
    onUp: () => seen.push('up'),
    onDown: (reason) => seen.push(`down: ${reason}`),
    onStanza: (stanza) => {
      if (stanza.attrs['id'] === 'boom') throw new Error('a bug');
      stanzas.push(stanza);
    },
    onExcess: (header, why) => seen.push(`excess: ${header.name} ${header.attrs['id'] ?? ''} ${why}`),
    onDrain: () => seen.push('drain'),
  });
  return { link, started, seen, stanzas, logged };
}

/** Waits, some seconds at most. */
export async function until(isTrue: () => boolean): Promise<void> {
  for (let tries = 0; !isTrue(); tries++) {
    if (tries > 1_000) throw new Error('waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export const message = (id: string, body = id) =>
  `<message from="a@example" to="c@mix.example" id="${id}"><body>${body}</body></message>`;
export const ids = (stanzas: XmlElement[]) => stanzas.map(({ attrs }) => attrs['id']);

/** The server goes away, and comes back at the same port when the returned function is called. */
export async function goAway(port: number): Promise<() => void> {
  const gone = server;
  gone?.close();
  if (gone !== undefined) await once(gone, 'close');
  return () => gone?.listen(port, '127.0.0.1');
}

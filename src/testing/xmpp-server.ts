/**
 * A stage for tests of the client: a server over WebSocket that does what it is told, also what no server should.
 * Leads clients through log-in, binding and resumption, and lets a test speak for the server from then on.
 * Does not use anything of the client, nor a host: what a real one does is tested in node/ and test/interop/.
 * Always: whatever arrives is kept until a test takes it.
 * Before: client/connection.ts.
 */
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import { deriveKeys, finish, parseClientFirst, serverFirst, type Exchange } from '../host/scram.ts';
import { Inbox } from '../host/stage.ts';
import { child, childText, elements, text, type XmlElement } from '../xml/element.ts';
import { parseElement } from '../xml/reader.ts';

export const PASSWORD = 'correct horse';
const NS_SASL = 'urn:ietf:params:xml:ns:xmpp-sasl';
const NS_STREAMS = 'http://etherx.jabber.org/streams';
const NS_BIND = 'urn:ietf:params:xml:ns:xmpp-bind';
const NS_SM = 'urn:xmpp:sm:3';
const FRAMING = `xmlns='urn:ietf:params:xml:ns:xmpp-framing'`;
const LIMITS = {
  depthMax: 100,
  stanzaBytesMax: 1e8,
  attributesMax: 100,
  childrenMax: 1e6,
  streamBytesMax: 1e8,
};

export interface ServerOptions {
  readonly mechanisms?: readonly string[];
  readonly iterations?: number;
  /** Takes any proof, and offers none of its own that is right. */
  readonly isImpostor?: boolean;
  /** Has XEP-0198. Yes when not given. */
  readonly hasAcks?: boolean;
  /** How it answers an attempt to resume; by itself it goes on with the stream. */
  readonly refuseResumption?: (handled: number) => string | undefined;
  /** What it does with the first element on a connection. */
  readonly onOpen?: (peer: Peer) => boolean;
}

/** What lasts over connections. */
interface Session {
  readonly id: string;
  handled: number;
  /** What was sent and not acknowledged. */
  unacked: string[];
  acked: number;
}

/** One connection of a client. */
export class Peer {
  readonly inbox = new Inbox();
  readonly socket: WebSocket;
  address = '';
  session: Session | undefined;
  isResumed = false;
  /** Answers no `<r/>`. */
  isDeaf = false;

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data: Buffer) => this.#take(parseElement(data.toString(), LIMITS)));
    socket.on('close', () => this.inbox.end('closed'));
  }

  /** Sends a stanza, whose namespace is added, and counts it. */
  stanza(xml: string): void {
    const whole = xml.replace(/^<(\w+)/, "<$1 xmlns='jabber:client'");
    this.session?.unacked.push(whole);
    this.raw(whole);
  }

  raw(frame: string | Buffer): void {
    this.socket.send(frame);
  }

  error(condition: string): void {
    this.raw(
      `<stream:error xmlns:stream='${NS_STREAMS}'><${condition} xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>`,
    );
    this.raw(`<close ${FRAMING}/>`);
  }

  /** Breaks the connection without a word. */
  cut(): void {
    this.socket.terminate();
  }

  async iq(name: string): Promise<XmlElement> {
    return this.inbox.take((iq) => iq.name === 'iq' && elements(iq)[0]?.name === name, `iq ${name}`);
  }

  async message(): Promise<XmlElement> {
    return this.inbox.take(({ name }) => name === 'message', 'a message');
  }

  #take(element: XmlElement): void {
    const { session } = this;
    if (element.ns === NS_SM && element.name === 'r') {
      if (!this.isDeaf) this.raw(`<a xmlns='${NS_SM}' h='${session?.handled ?? 0}'/>`);
      return;
    }
    if (session !== undefined && element.ns === NS_SM && element.name === 'a') {
      const count = Number(element.attrs['h']) - session.acked;
      session.unacked.splice(0, count);
      session.acked += count;
    }
    if (session !== undefined && /^(?:iq|message|presence)$/.test(element.name)) session.handled++;
    if (element.name === 'close') this.raw(`<close ${FRAMING}/>`);
    this.inbox.push(element);
  }
}

export interface Server {
  readonly endpoint: string;
  /** The next client that has logged in, and has bound or resumed. */
  next(): Promise<Peer>;
  /** How many connections there were. */
  readonly connections: number;
  close(): Promise<void>;
}

/** Starts the server; the account is `hag66@localhost`. */
export async function openServer(options: ServerOptions = {}): Promise<Server> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => 'xmpp' });
  await new Promise((resolve) => server.once('listening', resolve));
  const sessions = new Map<string, Session>();
  const ready: Peer[] = [];
  const waiting: ((peer: Peer) => void)[] = [];
  let connections = 0;
  server.on('connection', (socket) => {
    connections++;
    const peer = new Peer(socket);
    void greet(peer, options, sessions)
      .then(() => {
        const take = waiting.shift();
        if (take === undefined) ready.push(peer);
        else take(peer);
      })
      .catch(() => undefined);
  });
  return {
    endpoint: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    get connections() {
      return connections;
    },
    async next() {
      return ready.shift() ?? new Promise((resolve) => waiting.push(resolve));
    },
    async close() {
      for (const socket of server.clients) socket.terminate();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function greet(peer: Peer, options: ServerOptions, sessions: Map<string, Session>): Promise<void> {
  const mechanisms = options.mechanisms ?? ['SCRAM-SHA-256', 'SCRAM-SHA-1', 'PLAIN'];
  await open(peer);
  if (options.onOpen?.(peer) === true) return;
  const list = mechanisms.map((name) => `<mechanism>${name}</mechanism>`).join('');
  features(peer, `<mechanisms xmlns='${NS_SASL}'>${list}</mechanisms>`);
  await logIn(peer, options);
  await open(peer);
  const sm = options.hasAcks === false ? '' : `<sm xmlns='${NS_SM}'/>`;
  features(peer, `<bind xmlns='${NS_BIND}'/>${sm}`);
  let element = await peer.inbox.take(({ name }) => name === 'iq' || name === 'resume', 'bind or resume');
  if (element.name === 'resume') {
    const session = sessions.get(element.attrs['previd'] ?? '');
    const refusal = options.refuseResumption?.(session?.handled ?? 0);
    if (session !== undefined && refusal === undefined) {
      resume(peer, session, Number(element.attrs['h']));
      return;
    }
    peer.raw(refusal ?? `<failed xmlns='${NS_SM}'/>`);
    element = await peer.inbox.take(({ name }) => name === 'iq', 'bind');
  }
  const resource = childText(child(element, 'bind', NS_BIND) ?? element, 'resource', NS_BIND);
  peer.address = `hag66@localhost/${resource ?? 'some'}`;
  peer.raw(
    `<iq xmlns='jabber:client' type='result' id='${element.attrs['id'] ?? ''}'><bind xmlns='${NS_BIND}'><jid>${peer.address}</jid></bind></iq>`,
  );
  if (options.hasAcks === false) return;
  await peer.inbox.take(({ name }) => name === 'enable', 'enable');
  const session: Session = { id: `session ${sessions.size}`, handled: 0, unacked: [], acked: 0 };
  sessions.set(session.id, session);
  peer.session = session;
  peer.raw(`<enabled xmlns='${NS_SM}' resume='true' id='${session.id}'/>`);
}

function resume(peer: Peer, session: Session, handled: number): void {
  peer.session = session;
  peer.isResumed = true;
  session.unacked.splice(0, handled - session.acked);
  session.acked = handled;
  peer.raw(`<resumed xmlns='${NS_SM}' previd='${session.id}' h='${session.handled}'/>`);
  for (const stanza of session.unacked) peer.raw(stanza);
}

async function open(peer: Peer): Promise<void> {
  await peer.inbox.take(({ name }) => name === 'open', 'open');
  peer.raw(`<open ${FRAMING} from='localhost' version='1.0' id='x'/>`);
}

function features(peer: Peer, inside: string): void {
  peer.raw(`<stream:features xmlns:stream='${NS_STREAMS}'>${inside}</stream:features>`);
}

async function logIn(peer: Peer, options: ServerOptions): Promise<void> {
  const auth = await peer.inbox.take(({ name }) => name === 'auth', 'auth');
  const mechanism = auth.attrs['mechanism'];
  const succeed = (data: string) => peer.raw(`<success xmlns='${NS_SASL}'>${encode(data)}</success>`);
  if (mechanism === 'PLAIN') {
    if (decode(auth).endsWith(`\0${PASSWORD}`)) succeed('');
    else refuse(peer);
    return;
  }
  const first = parseClientFirst(decode(auth));
  if (first === undefined) throw new Error('no first message');
  const known = mechanism === 'SCRAM-SHA-1' ? mechanism : 'SCRAM-SHA-256';
  const keys = await deriveKeys(known, PASSWORD, Buffer.from('pepper and salt'), options.iterations ?? 4_096);
  const nonce = `${first.nonce}more`;
  const exchange: Exchange = { mechanism: known, first, nonce, keys, challenge: serverFirst(nonce, keys) };
  peer.raw(`<challenge xmlns='${NS_SASL}'>${encode(exchange.challenge)}</challenge>`);
  const response = await peer.inbox.take(({ name }) => name === 'response', 'response');
  const outcome = finish(exchange, decode(response));
  if (options.isImpostor === true) succeed('v=AAAA');
  else if (typeof outcome === 'string') refuse(peer);
  else succeed(outcome.signature);
}

function refuse(peer: Peer): void {
  peer.raw(`<failure xmlns='${NS_SASL}'><not-authorized/></failure>`);
  throw new Error('refused');
}

function encode(data: string): string {
  return Buffer.from(data).toString('base64');
}

function decode(element: XmlElement): string {
  return Buffer.from(text(element), 'base64').toString();
}

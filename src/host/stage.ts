/**
 * A stage for tests of the host: clients on real sockets on one side, a scripted service on the other.
 * Logs in over TCP or WebSocket, sends text, and waits for what it is told to expect.
 * Does not use the host's own SCRAM or the client library: a mistake there must not hide one here.
 * Always: whatever arrives is kept until a test takes it; a test that waits in vain fails and says what did arrive.
 * Before: host/host.ts.
 */
import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { inspect } from 'node:util';
import { WebSocket } from 'ws';
import { pair } from '../transport/pair.ts';
import { wireText } from '../transport/wire-text.ts';
import { child, text, type XmlElement } from '../xml/element.ts';
import { defaultLimits, parseElement, StreamReader } from '../xml/reader.ts';
import { serialize } from '../xml/write.ts';
import { createHost, type Host, type HostOptions } from './host.ts';

const WAIT_MS = 5_000;
const NS_SASL = 'urn:ietf:params:xml:ns:xmpp-sasl';
const NS_BIND = 'urn:ietf:params:xml:ns:xmpp-bind';

type Wanted = (stanza: XmlElement) => boolean;

/** What has arrived somewhere, and who waits for more. */
export class Inbox {
  readonly stanzas: XmlElement[] = [];
  #waiting: (() => void)[] = [];
  #end: string | undefined;

  push(stanza: XmlElement): void {
    if (/^(iq|message|presence)$/.test(stanza.name) && stanza.ns !== 'jabber:client') {
      this.end(`a stanza of the namespace '${stanza.ns}'`);
    }
    this.stanzas.push(stanza);
    this.#wake();
  }

  end(reason: string): void {
    this.#end ??= reason;
    this.#wake();
  }

  get isEnded(): boolean {
    return this.#end !== undefined;
  }

  /** Takes the first stanza that is wanted out of the box, or waits for it. */
  async take(wanted: Wanted, what: string = wanted.toString()): Promise<XmlElement> {
    const until = performance.now() + WAIT_MS;
    for (;;) {
      const at = this.stanzas.findIndex(wanted);
      const [found] = at < 0 ? [] : this.stanzas.splice(at, 1);
      if (found !== undefined) return found;
      const leftMs = until - performance.now();
      if (leftMs <= 0 || this.#end !== undefined) {
        const got = this.stanzas.map((stanza) => serialize(stanza)).join('\n');
        throw new Error(`in vain (${this.#end ?? 'time'}): ${what}\nwhat did arrive:\n${got}`);
      }
      await this.#next(leftMs);
    }
  }

  /** Waits for the end of the connection. */
  async ended(): Promise<void> {
    const until = performance.now() + WAIT_MS;
    while (this.#end === undefined && performance.now() < until) await this.#next(until - performance.now());
    if (this.#end === undefined) throw new Error('the connection did not end');
  }

  /** All that are wanted among those that have arrived; they are taken out. */
  takeAll(wanted: Wanted): XmlElement[] {
    const found = this.stanzas.filter(wanted);
    this.stanzas.splice(0, Infinity, ...this.stanzas.filter((stanza) => !found.includes(stanza)));
    return found;
  }

  async #next(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#waiting.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}

/** One client. */
export class Client {
  readonly inbox = new Inbox();
  readonly #domain: string;
  #write: (text: string) => void = () => undefined;
  #destroy: () => void = () => undefined;
  #reopen: () => void = () => undefined;
  #socket: Socket | undefined;
  #count = 0;
  jid = '';

  constructor(domain = 'localhost') {
    this.#domain = domain;
  }

  async overTcp(address: string): Promise<this> {
    const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(address) ?? [];
    const socket = connect(Number(port), host);
    this.#speakOver(socket);
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    return this;
  }

  /** Speaks TLS from here on, with a server that proves to be the domain; `ca` is whom to believe. */
  async startTls(ca: string): Promise<void> {
    this.send("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
    await this.inbox.take(({ name }) => name === 'proceed', 'proceed');
    await this.secure(ca);
  }

  /** The same without asking for it (XEP-0368). */
  async secure(ca: string): Promise<void> {
    const plain = this.#socket?.removeAllListeners('data');
    if (plain === undefined) throw new Error('there is no TCP');
    const socket = connectTls({ socket: plain, ca, servername: this.#domain });
    await new Promise<void>((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
    this.#speakOver(socket);
  }

  #speakOver(socket: Socket): void {
    const reader = new StreamReader(
      { ...defaultLimits, stanzaBytesMax: 1_000_000 },
      {
        onOpen: () => undefined,
        onStanza: (stanza) => this.inbox.push(stanza),
        onRefused: () => undefined,
        onClose: () => this.inbox.end('closed'),
        onError: (condition) => this.inbox.end(condition),
      },
    );
    socket.on('data', (bytes: Buffer) => reader.write(bytes));
    socket.on('error', () => this.inbox.end('error'));
    socket.on('close', () => this.inbox.end('closed'));
    this.#socket = socket;
    this.#write = (text) => socket.write(text);
    this.#destroy = () => socket.destroy();
    this.#reopen = () => {
      reader.reset();
      socket.write(
        `<?xml version='1.0'?><stream:stream to='${this.#domain}' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>`,
      );
    };
  }

  async overWebSocket(httpUrl: string, ca?: string): Promise<this> {
    const url = `${httpUrl.replace(/^http/, 'ws')}/xmpp-websocket`;
    const socket = new WebSocket(url, 'xmpp', ca === undefined ? {} : { ca });
    socket.on('message', (data: Buffer) => this.inbox.push(parseElement(data.toString())));
    socket.on('error', () => this.inbox.end('error'));
    socket.on('close', () => this.inbox.end('closed'));
    this.#write = (text) => socket.send(text);
    this.#destroy = () => socket.terminate();
    this.#reopen = () =>
      socket.send(`<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='${this.#domain}' version='1.0'/>`);
    await new Promise<void>((resolve, reject) => socket.once('open', resolve).once('error', reject));
    return this;
  }

  send(text: string): void {
    this.#write(text);
  }

  /** Is gone without a word. */
  vanish(): void {
    this.#destroy();
  }

  async open(): Promise<XmlElement> {
    this.#reopen();
    return this.inbox.take(({ name }) => name === 'features', 'features');
  }

  /** Logs in; returns `<success/>` or `<failure/>`. */
  async authenticate(name: string, password: string, mechanism = 'SCRAM-SHA-256'): Promise<XmlElement> {
    if (mechanism === 'PLAIN') {
      const data = Buffer.from(`\0${name}\0${password}`).toString('base64');
      this.send(`<auth xmlns='${NS_SASL}' mechanism='PLAIN'>${data}</auth>`);
      return this.outcome();
    }
    const hash = mechanism === 'SCRAM-SHA-1' ? 'sha1' : 'sha256';
    const hmac = (key: Buffer, data: string) => createHmac(hash, key).update(data).digest();
    const bare = `n=${name},r=${randomBytes(12).toString('hex')}`;
    this.send(
      `<auth xmlns='${NS_SASL}' mechanism='${mechanism}'>${Buffer.from(`n,,${bare}`).toString('base64')}</auth>`,
    );
    const answer = await this.outcome();
    if (answer.name !== 'challenge') return answer;
    const challenge = Buffer.from(text(answer), 'base64').toString();
    const [, nonce = '', salt = '', iterations = ''] = /^r=([^,]*),s=([^,]*),i=(\d+)$/.exec(challenge) ?? [];
    const bits = hash === 'sha1' ? 20 : 32;
    const salted = pbkdf2Sync(password, Buffer.from(salt, 'base64'), Number(iterations), bits, hash);
    const clientKey = hmac(salted, 'Client Key');
    const storedKey = createHash(hash).update(clientKey).digest();
    const last = `c=biws,r=${nonce}`;
    const signature = hmac(storedKey, `${bare},${challenge},${last}`);
    const proof = Buffer.from(clientKey.map((byte, at) => byte ^ (signature[at] ?? 0))).toString('base64');
    this.send(
      `<response xmlns='${NS_SASL}'>${Buffer.from(`${last},p=${proof}`).toString('base64')}</response>`,
    );
    const success = await this.outcome();
    if (success.name !== 'success') return success;
    const expected = `v=${hmac(hmac(salted, 'Server Key'), `${bare},${challenge},${last}`).toString('base64')}`;
    const got = Buffer.from(text(success), 'base64').toString();
    if (got !== expected) throw new Error('the server has not proved that it knows the keys');
    return success;
  }

  /** The next word of SASL. */
  async outcome(): Promise<XmlElement> {
    return this.inbox.take(({ ns }) => ns === NS_SASL, 'SASL');
  }

  async bind(resource?: string): Promise<XmlElement> {
    const wanted = resource === undefined ? '' : `<resource>${resource}</resource>`;
    const answer = await this.iq(`<bind xmlns='${NS_BIND}'>${wanted}</bind>`, 'set');
    const bound = child(answer, 'bind', NS_BIND);
    const jid = bound && child(bound, 'jid', NS_BIND);
    if (jid !== undefined) this.jid = text(jid);
    return answer;
  }

  /** Sends a request and waits for its answer. */
  async iq(payload: string, type: 'get' | 'set' = 'get', to?: string): Promise<XmlElement> {
    const id = this.request(payload, type, to);
    return this.inbox.take(
      (stanza) =>
        stanza.name === 'iq' && stanza.attrs['id'] === id && /result|error/.test(stanza.attrs['type'] ?? ''),
      `the answer to ${payload}`,
    );
  }

  /** Sends a request; returns its id. */
  request(payload: string, type: 'get' | 'set' = 'get', to?: string): string {
    const id = `q${++this.#count}`;
    this.send(
      `<iq xmlns='jabber:client' type='${type}' id='${id}'${to === undefined ? '' : ` to='${to}'`}>${payload}</iq>`,
    );
    return id;
  }

  /** Everything that was sent before is handled, and what it sends here has arrived. */
  async sync(): Promise<void> {
    await this.iq(`<ping xmlns='urn:xmpp:ping'/>`, 'get', this.#domain);
  }

  /** Sends available presence and says, when asked, whether it knows channels. */
  async online(features: readonly string[] = ['urn:xmpp:mix:core:1'], inside = ''): Promise<void> {
    this.send(`<presence xmlns='jabber:client'>${inside}</presence>`);
    const query = await this.inbox.take(
      (stanza) =>
        stanza.name === 'iq' && child(stanza, 'query', 'http://jabber.org/protocol/disco#info') !== undefined,
      'the question about features',
    );
    const list = features.map((feature) => `<feature var='${feature}'/>`).join('');
    this.send(
      `<iq xmlns='jabber:client' type='result' id='${query.attrs['id'] ?? ''}' to='${query.attrs['from'] ?? ''}'>` +
        `<query xmlns='http://jabber.org/protocol/disco#info'>${list}</query></iq>`,
    );
    await this.sync();
  }
}

/** A host with a scripted service behind it. */
export interface Stage {
  readonly host: Host;
  /** What the service has received. */
  readonly service: Inbox;
  /** The service sends this. */
  say(xml: string): void;
  /** Everything that the service has said before is handled, and what it causes has been sent. */
  settled(): Promise<void>;
  /** A client of a new or an existing account, logged in and bound. */
  client(name: string, resource?: string): Promise<Client>;
  /** The host ends and another one begins on the same file. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export const PASSWORD = 'correct horse';

/** Opens a stage; the caller stops it. */
export async function openStage(changes: Partial<HostOptions> = {}): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'vizard-host-'));
  const service = new Inbox();
  const link = pair();
  await link.service.start({
    onUp: () => undefined,
    onDown: () => undefined,
    onStanza: (stanza) => service.push(stanza),
    onExcess: () => undefined,
    onDrain: () => undefined,
  });
  const mistakes: unknown[] = [];
  const complain = (fields: object, sentence: string) => void mistakes.push({ sentence, ...fields });
  const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: complain };
  const options: HostOptions = {
    domain: 'localhost',
    serviceDomain: 'mix.localhost',
    database: join(folder, 'host.db'),
    http: { host: '127.0.0.1', port: 0 },
    tcp: { host: '127.0.0.1', port: 0 },
    registration: 'invite',
    log: quiet,
    clock: { now: () => Math.floor(performance.timeOrigin + performance.now()) },
    link: link.server,
    ...changes,
    limits: { passwordIterations: 4_096, housekeepingMs: 50, ...changes.limits },
  };
  let host = await createHost(options);
  const say = (xml: string) => void link.service.write(wireText(xml));
  let barriers = 0;
  return {
    get host() {
      return host;
    },
    service,
    say,
    async settled() {
      const id = `barrier${++barriers}`;
      say(
        `<iq type='get' id='${id}' from='mix.localhost' to='mix.localhost'><ping xmlns='urn:xmpp:ping'/></iq>`,
      );
      await service.take((stanza) => stanza.attrs['id'] === id, 'the barrier');
    },
    async client(name, resource) {
      if (!host.accounts.exists(name)) await host.accounts.add(name, PASSWORD);
      const client = await new Client().overTcp(host.tcpAddress);
      await client.open();
      await client.authenticate(name, PASSWORD);
      await client.open();
      await client.bind(resource);
      return client;
    },
    async restart() {
      await host.stop(1_000);
      host = await createHost(options);
    },
    async stop() {
      await host.stop(1_000);
      rmSync(folder, { recursive: true });
      if (mistakes.length > 0) throw new Error(`the host logged mistakes: ${inspect(mistakes)}`);
    },
  };
}

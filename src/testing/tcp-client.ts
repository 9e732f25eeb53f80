/**
 * RFC 6120 §4, §6, §7 (2011-03): a client on a real socket.
 * Logs in to the embedded host, asks and is answered, and keeps what the service sent.
 * Does not use the client library, nor what the host has for the same: a mistake there must not hide one here.
 * Always: what the account's own server adds is taken out again, so that a transcript is about the service.
 * Before: testing/tcp-stage.ts. After: host/stream-tcp.ts.
 */
import { connect, type Socket } from 'node:net';
import { NS as NS_IDS } from '../xep/0359-ids/wire.ts';
import { buildInfo, NS_INFO } from '../xep/0030-disco/wire.ts';
import { NS as NS_PING } from '../xep/0199-ping/wire.ts';
import { NS as NS_CORE } from '../xep/0369-core/wire.ts';
import { child, el, isElement, type XmlElement } from '../xml/element.ts';
import { defaultLimits, StreamReader } from '../xml/reader.ts';
import { serialize } from '../xml/write.ts';

const NS_CLIENT = 'jabber:client';
const NS_SASL = 'urn:ietf:params:xml:ns:xmpp-sasl';
const NS_BIND = 'urn:ietf:params:xml:ns:xmpp-bind';
const NS_STREAMS = 'http://etherx.jabber.org/streams';
/** Longer than anything takes; a test that waits so long has found a bug. */
const WAIT_MS = 5_000;

export interface TcpClientOptions {
  /** Where the host listens, such as 127.0.0.1:5222. */
  readonly address: string;
  readonly bare: string;
  readonly resource: string;
  readonly password: string;
  /** The domain whose stanzas are kept. */
  readonly service: string;
  /** All that comes, as it comes. */
  readonly onRead: (stanza: XmlElement) => void;
}

export class TcpClient {
  readonly received: XmlElement[] = [];
  readonly #options: TcpClientOptions;
  readonly #waiting: {
    readonly wanted: (stanza: XmlElement) => boolean;
    readonly take: (stanza: XmlElement) => void;
  }[] = [];
  #socket: Socket | undefined;
  #ids = 0;
  isOnline = false;

  constructor(options: TcpClientOptions) {
    this.#options = options;
  }

  get bare(): string {
    return this.#options.bare;
  }

  get full(): string {
    return `${this.bare}/${this.#options.resource}`;
  }

  /** Connects, logs in, binds and becomes available as a client that knows channels. */
  async connect(): Promise<void> {
    const [host = '', port = ''] = this.#options.address.split(':');
    const reader = new StreamReader(defaultLimits, {
      onOpen: () => undefined,
      onStanza: (stanza) => this.#take(stanza),
      onRefused: () => undefined,
      onClose: () => undefined,
      onError: () => undefined,
    });
    const socket = connect(Number(port), host);
    this.#socket = socket;
    socket.on('data', (bytes) => reader.write(bytes));
    socket.on('error', () => socket.destroy());
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    await this.#open(reader);
    await this.#authenticate();
    await this.#open(reader);
    const bind = el('bind', NS_BIND, {}, [el('resource', NS_BIND, {}, [this.#options.resource])]);
    await this.ask(el('iq', NS_CLIENT, { type: 'set' }, [bind]));
    this.isOnline = true;
    this.send(el('presence', NS_CLIENT));
    await this.#wait(isQuestionAboutFeatures);
    await this.ping();
  }

  async disconnect(): Promise<void> {
    const socket = this.#socket;
    if (socket === undefined || !this.isOnline) return;
    this.isOnline = false;
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    socket.end('</stream:stream>');
    await closed;
  }

  send(stanza: XmlElement): void {
    this.#socket?.write(serialize(stanza));
  }

  /** Sends a request, under an id of ours, and waits for its answer. */
  async ask(request: XmlElement): Promise<XmlElement> {
    this.#ids += 1;
    const id = `own-${this.#ids}`;
    const answer = this.#wait(
      ({ name, attrs }) =>
        name === 'iq' && attrs['id'] === id && /^(result|error)$/.test(attrs['type'] ?? ''),
    );
    this.send({ ...request, attrs: { ...request.attrs, id } });
    return answer;
  }

  /** What was sent before has been handled, and what it set off here has arrived. */
  async ping(): Promise<void> {
    const to = this.bare.split('@')[1] ?? '';
    await this.ask(el('iq', NS_CLIENT, { type: 'get', to }, [el('ping', NS_PING)]));
  }

  async #open(reader: StreamReader): Promise<void> {
    reader.reset();
    const domain = this.bare.split('@')[1] ?? '';
    const features = this.#wait(({ name, ns }) => name === 'features' && ns === NS_STREAMS);
    this.#socket?.write(
      `<?xml version='1.0'?><stream:stream to='${domain}' version='1.0' xmlns='${NS_CLIENT}' xmlns:stream='${NS_STREAMS}'>`,
    );
    await features;
  }

  async #authenticate(): Promise<void> {
    const [local = ''] = this.bare.split('@');
    const proof = Buffer.from(`\0${local}\0${this.#options.password}`).toString('base64');
    const outcome = this.#wait(({ ns }) => ns === NS_SASL);
    this.send(el('auth', NS_SASL, { mechanism: 'PLAIN' }, [proof]));
    if ((await outcome).name !== 'success') throw new Error(`${local} could not log in`);
  }

  async #wait(wanted: (stanza: XmlElement) => boolean): Promise<XmlElement> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${this.full} waited in vain`)), WAIT_MS);
      const take = (stanza: XmlElement): void => {
        clearTimeout(timer);
        resolve(stanza);
      };
      this.#waiting.push({ wanted, take });
    });
  }

  #take(stanza: XmlElement): void {
    this.#options.onRead(stanza);
    const at = this.#waiting.findIndex(({ wanted }) => wanted(stanza));
    const [waiting] = at < 0 ? [] : this.#waiting.splice(at, 1);
    if (isQuestionAboutFeatures(stanza) && stanza.attrs['from'] === this.bare) this.#sayFeatures(stanza);
    else if (isOf(this.#options.service, stanza)) this.received.push(withoutServersOwn(stanza, this.bare));
    else if (stanza.name === 'iq' && stanza.attrs['type'] === 'set') this.#acknowledge(stanza);
    waiting?.take(stanza);
  }

  #sayFeatures({ attrs }: XmlElement): void {
    const info = buildInfo({
      identities: [{ category: 'client', type: 'pc' }],
      features: [NS_INFO, NS_CORE],
    });
    this.send(el('iq', NS_CLIENT, { type: 'result', id: attrs['id'], to: attrs['from'] }, [info]));
  }

  #acknowledge({ attrs }: XmlElement): void {
    this.send(el('iq', NS_CLIENT, { type: 'result', id: attrs['id'], to: attrs['from'] }));
  }
}

function isQuestionAboutFeatures(stanza: XmlElement): boolean {
  return stanza.attrs['type'] === 'get' && child(stanza, 'query', NS_INFO) !== undefined;
}

function isOf(service: string, { attrs: { from = '' } }: XmlElement): boolean {
  const [bare = ''] = from.split('/', 1);
  return bare === service || bare.endsWith(`@${service}`);
}

/** The archive's id and the time of a message that had waited are the own server's words (XEP-0359, XEP-0203). */
function withoutServersOwn(stanza: XmlElement, bare: string): XmlElement {
  const children = stanza.children.filter(
    (node) =>
      !isElement(node) || node.ns !== NS_IDS || node.name !== 'stanza-id' || node.attrs['by'] !== bare,
  );
  return { ...stanza, children };
}

/**
 * XEP-0198 Stream Management 1.6.3 (2025-07-28): a client for tests that counts, and comes back when it is cut off.
 * Logs in on a stage, counts what it gets, and resumes over a new connection.
 * Does not use the host's own counting: a mistake there must not hide one here.
 * Always: it acknowledges only what it has got, and only when it is told to, or asked to while `answers` is set.
 * Before: host/stage.ts. After: host/resumption.test.ts.
 */
import { childText, type XmlElement } from '../xml/element.ts';
import { Client, PASSWORD, type Stage } from './stage.ts';

const NS = 'urn:xmpp:sm:3';

export type Way = 'TCP' | 'WebSocket';

export class ManagedClient {
  readonly #stage: Stage;
  readonly #name: string;
  readonly #way: Way;
  client = new Client();
  /** The SM-ID. */
  id = '';
  /** For how many seconds it may come back, as the host says. */
  maxSeconds: string | undefined;
  /** How many stanzas have come since it was enabled. */
  handled = 0;
  /** How often it was asked for an acknowledgement. */
  asked = 0;
  /** The bodies of all messages, in their order. */
  readonly bodies: string[] = [];
  /** Does it answer when it is asked? */
  answers = false;

  private constructor(stage: Stage, name: string, way: Way) {
    this.#stage = stage;
    this.#name = name;
    this.#way = way;
  }

  /** Logs in and enables it. */
  static async open(
    stage: Stage,
    name: string,
    resource: string,
    way: Way = 'TCP',
    more = "resume='true'",
  ): Promise<ManagedClient> {
    if (!stage.host.accounts.exists(name)) await stage.host.accounts.add(name, PASSWORD);
    const managed = new ManagedClient(stage, name, way);
    await managed.#logIn();
    await managed.client.bind(resource);
    const enabled = await managed.ask(`<enable xmlns='${NS}' ${more}/>`, 'enabled');
    managed.id = enabled.attrs['id'] ?? '';
    managed.maxSeconds = enabled.attrs['max'];
    return managed;
  }

  /** Sends something, and waits for the element of stream management of that name. */
  async ask(xml: string, name: string): Promise<XmlElement> {
    this.client.send(xml);
    return this.element(name);
  }

  async element(name: string): Promise<XmlElement> {
    return this.client.inbox.take((element) => element.ns === NS && element.name === name, name);
  }

  /** How many of its stanzas the host has handled. */
  async acknowledged(): Promise<number> {
    return Number((await this.ask(`<r xmlns='${NS}'/>`, 'a')).attrs['h']);
  }

  acknowledge(count = this.handled): void {
    this.client.send(`<a xmlns='${NS}' h='${count}'/>`);
  }

  /** Says something to an address. */
  say(to: string, body: string): void {
    this.client.send(
      `<message xmlns='jabber:client' to='${to}' type='chat' id='${body}'><body>${body}</body></message>`,
    );
  }

  cut(): void {
    this.client.vanish();
  }

  /** Comes back over a new connection. Returns how many of its stanzas the host has handled; throws if it may not. */
  async resume(count = this.handled): Promise<number> {
    const answer = await this.tryResume(count);
    if (answer.name !== 'resumed') throw new Error(`not resumed but ${answer.name}`);
    return Number(answer.attrs['h']);
  }

  async tryResume(count = this.handled): Promise<XmlElement> {
    await this.#logIn();
    return this.askToResume(count);
  }

  /** Logs in over a new connection, beside the one that there is; what is said goes by the new one from here on. */
  async comeBeside(): Promise<Client> {
    const before = this.client;
    await this.#logIn();
    return before;
  }

  async askToResume(count = this.handled): Promise<XmlElement> {
    this.client.send(`<resume xmlns='${NS}' previd='${this.id}' h='${count}'/>`);
    return this.client.inbox.take(({ ns, name }) => ns === NS && /^resumed|failed$/.test(name), 'an answer');
  }

  async #logIn(): Promise<void> {
    const { host } = this.#stage;
    const client = new Client();
    this.client = client;
    this.#count(client);
    if (this.#way === 'TCP') await client.overTcp(host.tcpAddress);
    else await client.overWebSocket(host.httpUrl);
    await client.open();
    await client.authenticate(this.#name, PASSWORD);
    await client.open();
  }

  #count(client: Client): void {
    let isEnabled = false;
    const push = client.inbox.push.bind(client.inbox);
    client.inbox.push = (element) => {
      if (element.ns === NS && /^(enabled|resumed)$/.test(element.name)) isEnabled = true;
      if (isEnabled && /^(iq|message|presence)$/.test(element.name)) this.handled++;
      if (element.name === 'message') this.bodies.push(childText(element, 'body') ?? '');
      if (element.ns === NS && element.name === 'r') {
        this.asked++;
        if (this.answers) this.acknowledge();
      }
      push(element);
    };
  }
}

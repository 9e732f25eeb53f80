/**
 * A client without a connection, for tests of what stands on one.
 * Owns its state and events, which a test sets off, and keeps what was sent and asked.
 * Does not speak XMPP: a test says what is answered.
 * Always: a request without an answer in the script waits until the test ends.
 * Before: client/client.ts. After: testing/client-stage.ts.
 */
import type { Client, ClientEvents, ClientState, RequestHandler, Stop } from '../client/client.ts';
import { parseElement } from '../xml/document.ts';
import { type XmlElement } from '../xml/element.ts';

export interface Asked {
  readonly type: 'get' | 'set';
  readonly to: string | undefined;
  readonly payload: XmlElement;
}

/** The answer to a request, as XML; undefined for an empty result. Throws what the request is to be rejected with. */
export type Script = (asked: Asked) => Promise<string | undefined> | string | undefined;

type Listeners = { readonly [Name in keyof ClientEvents]: Set<(event: ClientEvents[Name]) => void> };

export class ScriptedClient implements Client {
  readonly account = 'hag66@localhost';
  readonly address = 'hag66@localhost/cauldron';
  readonly domain = 'localhost';
  readonly features = new Set<string>();
  readonly asked: Asked[] = [];
  readonly sent: XmlElement[] = [];
  state: ClientState = { is: 'online' };
  /** What becomes of what is sent. */
  onSend: (stanza: XmlElement) => Promise<void> = async () => Promise.resolve();
  readonly #script: Script;
  readonly #stanzas = new Set<(stanza: XmlElement) => unknown>();
  readonly #handlers: { readonly key: string; readonly handler: RequestHandler }[] = [];
  readonly #listeners: Listeners = { state: new Set(), fresh: new Set(), wire: new Set() };

  constructor(script: Script) {
    this.#script = script;
  }

  async request(
    type: 'get' | 'set',
    to: string | undefined,
    payload: XmlElement,
  ): Promise<XmlElement | undefined> {
    const asked = { type, to, payload };
    this.asked.push(asked);
    const answer = await this.#script(asked);
    return answer === undefined ? undefined : parseElement(answer);
  }

  async send(stanza: XmlElement): Promise<void> {
    this.sent.push(stanza);
    return this.onSend(stanza);
  }

  onStanza(listener: (stanza: XmlElement) => unknown): Stop {
    this.#stanzas.add(listener);
    return () => void this.#stanzas.delete(listener);
  }

  onRequest(ns: string, name: string, handler: RequestHandler): Stop {
    const entry = { key: `${ns} ${name}`, handler };
    this.#handlers.push(entry);
    return () => void this.#handlers.splice(this.#handlers.indexOf(entry), 1);
  }

  on<Name extends keyof ClientEvents>(event: Name, listener: (event: ClientEvents[Name]) => void): Stop {
    const listeners: Set<(event: ClientEvents[Name]) => void> = this.#listeners[event];
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.become({ is: 'closed', reason: undefined });
    return Promise.resolve();
  }

  /** The state changes. */
  become(state: ClientState): void {
    this.state = state;
    for (const listener of [...this.#listeners.state]) listener(state);
  }

  /** The stream is new. */
  renew(): void {
    this.become({ is: 'online' });
    for (const listener of [...this.#listeners.fresh]) listener(undefined);
  }

  /** A message or presence comes. */
  receive(stanza: XmlElement | string): void {
    const element = typeof stanza === 'string' ? parseElement(stanza) : stanza;
    for (const listener of [...this.#stanzas]) if (listener(element) === true) return;
  }

  /** A request comes from the own account. */
  push(payload: string, from = this.account): void {
    const element = parseElement(payload);
    for (const { key, handler } of this.#handlers)
      if (key === `${element.ns} ${element.name}`) handler({ from, type: 'set', payload: element });
  }
}

/** An error as `StanzaError` is one. */
export function refused(condition: string, type = 'cancel'): Error {
  return Object.assign(new Error(condition), { condition, type });
}

/** disco#info with these features. */
export function info(...features: readonly string[]): string {
  const list = features.map((feature) => `<feature var='${feature}'/>`).join('');
  return `<query xmlns='http://jabber.org/protocol/disco#info'>${list}</query>`;
}

/** A message of a channel as it is reflected. */
export function reflected(
  channel: string,
  { id, sender = 'ab2', body, origin, inside = '' }: Reflected,
): string {
  const text = body === undefined ? '' : `<body>${body}</body>`;
  const originId = origin === undefined ? '' : `<origin-id xmlns='urn:xmpp:sid:0' id='${origin}'/>`;
  return (
    `<message xmlns='jabber:client' type='groupchat' from='${channel}/${sender}' id='${id}'>${text}${inside}${originId}` +
    `<mix xmlns='urn:xmpp:mix:core:1'><nick>${sender}</nick></mix>` +
    `<stanza-id xmlns='urn:xmpp:sid:0' by='${channel}' id='${id}'/></message>`
  );
}

export interface Reflected {
  readonly id: string;
  readonly sender?: string;
  readonly body?: string;
  readonly origin?: string;
  readonly inside?: string;
}

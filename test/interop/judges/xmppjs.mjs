/**
 * A judge that speaks through @xmpp/client, over TCP or WebSocket.
 * Owns how that library is told to log in, to ask and to say, and how it tells what it heard.
 * Does not do any XMPP of its own: the answers to requests are matched, and sessions resumed, by the library.
 * Always: an error of the library is what the judge says, as Refused where a stanza was refused.
 * Before: judge.mjs, requests.mjs. After: judges.mjs.
 */
import { client, xml } from '@xmpp/client';
import WebSocket from 'ws';
import { fromLtx, x } from './element.mjs';
import { FEATURES, heard, NS_INFO, Refused } from './heard.mjs';
import { inTime, Judge } from './judge.mjs';
import { requests } from './requests.mjs';

// The library takes what browsers and Node from 22 have.
globalThis.WebSocket ??= WebSocket;

export class XmppJs extends Judge {
  stanzas = [];
  #entity;

  /** `before(entity)` runs when the library is about to log in. */
  constructor({ service, before, ...who }) {
    super(service.startsWith('ws') ? '@xmpp/client over WebSocket' : '@xmpp/client over TCP', {
      service,
      ...who,
    });
    const { username, password } = { username: this.account, password: this.password };
    this.#entity = client({
      service,
      domain: this.domain,
      resource: this.resource,
      credentials: async (authenticate, mechanisms, _fast, entity) => {
        this.mechanisms = mechanisms;
        await before?.(entity, xml);
        await authenticate({ username, password }, mechanisms[0]);
      },
    });
    this.#entity.reconnect.delay = 50;
    this.#listen();
    Object.assign(
      this,
      requests(this, (...args) => this.ask(...args)),
    );
  }

  #listen() {
    const entity = this.#entity;
    entity.on('error', ({ condition }) => (this.sentAway ??= condition));
    entity.on('element', (element) => this.tape.push(element.toString()));
    entity.on('stanza', (element) => {
      const stanza = fromLtx(element);
      this.stanzas.push(stanza);
      this.inbox.push(heard(stanza));
    });
    entity.on('online', () => this.begun++);
    const features = FEATURES.map((name) => x('feature', { var: name }));
    entity.iqCallee.get(NS_INFO, 'query', () => toLtx(x('query', { xmlns: NS_INFO }, features)));
    entity.streamManagement.on('resumed', () => this.resumed++);
  }

  get isCounted() {
    return this.#entity.streamManagement.enabled;
  }

  get isSecure() {
    return this.#entity.socket.encrypted === true || this.#entity.socket.socket?.encrypted === true;
  }

  async logIn() {
    try {
      const address = await inTime(`the log-in of ${this.library}`, this.#entity.start());
      this.full = address.toString();
    } catch (error) {
      this.#entity.reconnect.stop();
      throw refusal(error);
    }
  }

  /** It does not come back when it is sent away. */
  giveUp() {
    this.#entity.reconnect.stop();
  }

  async logOut() {
    this.#entity.reconnect.stop();
    await inTime(`the end of ${this.library}`, this.#entity.stop());
  }

  async ask(type, to, payload) {
    const iq = xml('iq', { type, ...(to && { to }) }, toLtx(payload));
    try {
      return fromLtx(await this.#entity.iqCaller.request(iq, 8_000));
    } catch (error) {
      throw refusal(error);
    }
  }

  say({ to, type = 'chat', body, id }) {
    const message = xml('message', { to, type, ...(id && { id }) }, xml('body', {}, body));
    this.#entity.send(message).catch(() => undefined);
  }

  appear({ to, type, show } = {}) {
    const attrs = { ...(to && { to }), ...(type && { type }) };
    this.#entity.send(xml('presence', attrs, show && xml('show', {}, show))).catch(() => undefined);
  }
}

function refusal(error) {
  if (error.name === 'SASLError') return new Refused(error.condition, 'sasl');
  if (error.name !== 'StanzaError') return error;
  return new Refused(error.condition, error.type, error.element?.toString());
}

function toLtx({ name, attrs, children }) {
  return xml(name, attrs, ...children.map((child) => (typeof child === 'string' ? child : toLtx(child))));
}

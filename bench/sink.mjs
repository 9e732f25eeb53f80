/**
 * The XMPP server of the benchmarks.
 * Plays the server's side of XEP-0114 with as little work as possible: accepts the component, says what a benchmark
 * wants said, counts what comes.
 * Does not route; what the component sends to its own domain is handed back, as real servers do.
 * Always: each request of the component gets an answer.
 * Before: bench/scan.mjs. After: bench/run.mjs.
 */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { performance } from 'node:perf_hooks';
import { clearTimeout } from 'node:timers';
import { Scanner } from './scan.mjs';

export const DOMAIN = 'mix.localhost';
export const HOST = 'sink.localhost';
const HEADER = `<?xml version="1.0"?><stream:stream xmlns="jabber:component:accept" xmlns:stream="http://etherx.jabber.org/streams" from="${DOMAIN}" id="bench">`;

export class Sink {
  port = 0;
  /** When the last message came. */
  lastAt = 0;
  #server;
  #socket;
  #scanner;
  #replies = new Map();
  #targets = [];
  #ups = [];
  #ids = 0;

  async listen() {
    this.#server = createServer((socket) => this.#accept(socket));
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    this.port = this.#server.address().port;
  }

  close() {
    this.#socket?.destroy();
    this.#server.close();
  }

  /** Resolves when the next component is accepted. */
  up() {
    return new Promise((resolve) => this.#ups.push(resolve));
  }

  get messages() {
    return this.#scanner.messages;
  }

  /** Every message as text while it is set; for checking what is delivered, not for measuring. */
  set onMessage(handler) {
    this.#scanner.onMessage = handler;
  }

  send(stanzas) {
    this.#socket.write(stanzas);
  }

  /** Resolves when so many messages have come since the link is up. Fails when one of them is an error. */
  reach(messages, withinMs = 120_000) {
    this.#throwErrors();
    if (this.messages >= messages) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`only ${this.messages} of ${messages} messages within ${withinMs} ms`)),
        withinMs,
      );
      const done = () => {
        clearTimeout(timer);
        resolve();
      };
      this.#targets.push({ messages, done });
    }).then(() => this.#throwErrors());
  }

  /** Sends `<iq>` with this inside; resolves to the text of its answer. */
  request(from, to, type, payload) {
    const id = `b${++this.#ids}`;
    return new Promise((resolve) => {
      this.#replies.set(id, resolve);
      this.send(`<iq type="${type}" id="${id}" from="${from}" to="${to}">${payload}</iq>`);
    });
  }

  /** The same, and an error is thrown. */
  async ask(from, to, type, payload) {
    const answer = await this.request(from, to, type, payload);
    if (!/^<iq [^>]*type=['"]result['"]/.test(answer))
      throw new Error(`${payload} was answered by ${answer}`);
    return answer;
  }

  #accept(socket) {
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    let heard = '';
    const opening = (bytes) => {
      heard += bytes.toString('latin1');
      if (/<stream:stream[^>]*>$/.test(heard)) socket.write(HEADER);
      if (!heard.endsWith('</handshake>')) return;
      socket.off('data', opening);
      this.#socket = socket;
      this.#scanner = new Scanner((text, name) => this.#onStanza(text, name));
      socket.on('data', (more) => this.#onBytes(more));
      socket.write('<handshake/>');
      this.#ups.splice(0).forEach((resolve) => resolve());
    };
    socket.on('data', opening);
  }

  #onBytes(bytes) {
    const before = this.#scanner.messages;
    this.#scanner.push(bytes);
    const { messages } = this.#scanner;
    if (messages === before) return;
    this.lastAt = performance.now();
    if (this.#targets.length === 0) return;
    const reached = this.#targets.filter((target) => messages >= target.messages);
    if (reached.length === 0) return;
    this.#targets = this.#targets.filter((target) => messages < target.messages);
    reached.forEach(({ done }) => done());
  }

  #onStanza(text, name) {
    if (name === 'stream:stream') return void this.#socket.end('</stream:stream>');
    if (name !== 'iq') return;
    const [, to, from, id, type] = ['to', 'from', 'id', 'type'].reduce(
      (values, key) => [...values, new RegExp(` ${key}=['"]([^'"]*)`).exec(text)?.[1] ?? ''],
      [''],
    );
    if (type === 'result' || type === 'error') {
      this.#replies.get(id)?.(text);
      this.#replies.delete(id);
    } else if (to === DOMAIN || to.includes(`@${DOMAIN}`)) this.send(text);
    else if (text.includes('urn:xmpp:ping'))
      this.send(`<iq type="result" id="${id}" from="${to}" to="${from}"/>`);
    else {
      this.send(
        `<iq type="error" id="${id}" from="${to}" to="${from}"><error type="cancel"><service-unavailable xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error></iq>`,
      );
    }
  }

  #throwErrors() {
    if (this.#scanner.errors > 0) throw new Error(`a message was refused: ${this.#scanner.firstError}`);
  }
}

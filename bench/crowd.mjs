/**
 * A thousand people of the benchmarks that use a real server: a component of that server, in whose name they speak.
 * Owns their link; lets them enter rooms and join channels, so many at a time, and waits until each is told that it is in.
 * Does not measure.
 * Always: each has one client; what they are told is read and dropped.
 * Before: transport/component.js. After: bench/rooms.mjs.
 */
/* global clearTimeout */
import { componentTransport } from '../dist/transport/component.js';
import { wireText } from '../dist/transport/wire-text.js';
import { elements } from '../dist/xml/element.js';
import { defaultLimits } from '../dist/xml/reader.js';

const PATIENCE_MS = 120_000;
const MUC = 'http://jabber.org/protocol/muc';
const CORE = 'urn:xmpp:mix:core:1';
const NODES = ['messages', 'participants', 'presence'];

export class Crowd {
  /** Stanzas that came. */
  heard = 0;
  #link;
  #domain;
  /** By what says so, who waits to be in. */
  #waiting = new Map();

  constructor({ port, domain, secret }) {
    const quiet = () => undefined;
    const log = { debug: quiet, info: quiet, warn: console.warn, error: console.error };
    this.#domain = domain;
    this.#link = componentTransport({
      ...{ host: '127.0.0.1', port, domain, secret },
      ...{ limits: defaultLimits, random: Math.random, log },
    });
  }

  start() {
    const quiet = () => undefined;
    const onStanza = (stanza) => this.#onStanza(stanza);
    return this.#link.start({ onUp: quiet, onDown: quiet, onExcess: quiet, onDrain: quiet, onStanza });
  }

  stop() {
    return this.#link.stop(1_000);
  }

  /** People `from` to `to` enter the room (XEP-0045). */
  enter(room, from, to) {
    return this.#each(from, to, (n) => [
      `${this.#client(n)} ${room}/p${n}`,
      `<presence from="${this.#client(n)}" to="${room}/p${n}"><x xmlns="${MUC}"><history maxstanzas="0"/></x></presence>`,
    ]);
  }

  /** People `from` to `to` join the channel (XEP-0369), with the nodes that a client follows. */
  join(channel, from, to) {
    const nodes = NODES.map((node) => `<subscribe node="urn:xmpp:mix:nodes:${node}"/>`).join('');
    return this.#each(from, to, (n) => [
      `${this.#account(n)} join${n}`,
      `<iq type="set" id="join${n}" from="${this.#account(n)}" to="${channel}"><join xmlns="${CORE}">${nodes}<nick>p${n}</nick></join></iq>`,
    ]);
  }

  /** What somebody sends. */
  send(xml) {
    this.#link.write(wireText(xml));
  }

  #account(n) {
    return `p${n}@${this.#domain}`;
  }

  #client(n) {
    return `${this.#account(n)}/phone`;
  }

  async #each(from, to, act) {
    let n = from;
    const worker = async () => {
      while (n < to) {
        const [key, xml] = act(n++);
        await this.#until(key, xml);
      }
    };
    await Promise.all(Array.from({ length: 8 }, worker));
  }

  #until(key, xml) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`nobody answered: ${key}`)), PATIENCE_MS);
      this.#waiting.set(key, (error) => {
        clearTimeout(timer);
        this.#waiting.delete(key);
        if (error === undefined) resolve();
        else reject(error);
      });
      this.send(xml);
    });
  }

  #onStanza(stanza) {
    this.heard += 1;
    if (this.#waiting.size === 0) return;
    const { from, to, id, type } = stanza.attrs;
    const done = this.#waiting.get(stanza.name === 'presence' ? `${to} ${from}` : `${to} ${id}`);
    if (done === undefined) return;
    if (type === 'error') done(new Error(`${to} was refused: ${JSON.stringify(elements(stanza))}`));
    else done();
  }
}

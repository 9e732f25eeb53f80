/**
 * Channels and people of the benchmarks.
 * Creates channels, lets people join and speak, through the sink.
 * Does not measure.
 * Always: all addresses and messages of a kind have the same length, so that the sink counts fast.
 * Before: bench/service.mjs. After: bench/fan-out.mjs, bench/messages.mjs,
 * bench/joins.mjs.
 */
import { DOMAIN, HOST } from './sink.mjs';

const CORE = 'urn:xmpp:mix:core:1';
export const MESSAGES = 'urn:xmpp:mix:nodes:messages';
export const PARTICIPANTS = 'urn:xmpp:mix:nodes:participants';

const user = (n) => `user${String(n).padStart(6, '0')}@${HOST}`;
const subscriptions = (nodes) => nodes.map((node) => `<subscribe node="${node}"/>`).join('');

export class Channel {
  size = 0;
  #sink;
  #said = 0;

  constructor(sink, name) {
    this.#sink = sink;
    this.name = name;
    this.jid = `${name}@${DOMAIN}`;
  }

  static async create(sink, name) {
    await sink.ask(`admin@${HOST}/bench`, DOMAIN, 'set', `<create xmlns="${CORE}" channel="${name}"/>`);
    return new Channel(sink, name);
  }

  /** One more person. */
  async join(nodes = [MESSAGES]) {
    const n = this.size++;
    const nick = `<nick>Person ${n}</nick>`;
    await this.#sink.ask(
      user(n),
      this.jid,
      'set',
      `<join xmlns="${CORE}">${subscriptions(nodes)}${nick}</join>`,
    );
  }

  /** People join until there are `size`, `window` of them at a time. */
  async grow(size, nodes = [MESSAGES], window = 64) {
    const worker = async () => {
      while (this.size < size) await this.join(nodes);
    };
    await Promise.all(Array.from({ length: window }, worker));
  }

  /** Those who joined as number `from` and later subscribe to one more node. */
  async subscribe(node, from, window = 64) {
    let n = from;
    const payload = `<update-subscription xmlns="${CORE}">${subscriptions([node])}</update-subscription>`;
    const worker = async () => {
      while (n < this.size) await this.#sink.ask(user(n++), this.jid, 'set', payload);
    };
    await Promise.all(Array.from({ length: window }, worker));
  }

  /** The next message, by the next person in turn, as text for the sink. */
  nextMessage() {
    const n = this.#said++;
    const id = String(n).padStart(8, '0');
    const body = `Message ${id}: when shall we three meet again, in thunder, lightning, or in rain?`;
    return `<message type="groupchat" id="m${id}" from="${user(n % this.size)}/bench" to="${this.jid}"><body>${body}</body></message>`;
  }
}

/**
 * A client that says what it likes: plain XMPP over TCP, for attacks.
 * Owns the stream, SASL PLAIN, requests by id, and the text of all that came.
 * Does not understand MIX (attack.mjs) nor secure anything: it is for loopback.
 * Always: a request that is not answered in time is answered with ''.
 * Before: attack.mjs. After: lab.mjs.
 */
import { Buffer } from 'node:buffer';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const LIMIT_MS = 5_000;
const STEP_MS = 25;
const HEADER =
  "<?xml version='1.0'?><stream:stream to='localhost' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>";

export class AttackClient {
  #socket;
  #text = '';
  #from = 0;
  #ids = 0;
  #bare;

  static async open(port, name, password, resource) {
    const client = new AttackClient();
    client.#bare = `${name}@localhost`;
    client.#socket = connect(port, '127.0.0.1');
    client.#socket.setEncoding('utf8');
    client.#socket.on('data', (text) => (client.#text += text.replaceAll('"', "'")));
    client.#socket.on('error', () => undefined);
    client.send(HEADER);
    await client.#until('</stream:features>');
    const plain = Buffer.from(`\0${name}\0${password}`).toString('base64');
    client.send(`<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>${plain}</auth>`);
    await client.#until('<success');
    client.forget();
    client.send(HEADER);
    await client.#until('</stream:features>');
    const bind = `<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>${resource}</resource></bind>`;
    await client.ask('set', undefined, bind);
    client.send('<presence/>');
    return client;
  }

  send(xml) {
    this.#socket.write(xml);
  }

  /** What has come since `forget`. */
  received() {
    return this.#text.slice(this.#from);
  }

  forget() {
    this.#from = this.#text.length;
  }

  /** The answering iq. */
  async ask(type, to, payload) {
    this.#ids += 1;
    const id = `attack-${this.#ids}`;
    const address = to === undefined ? '' : ` to='${to}'`;
    this.send(`<iq type='${type}' id='${id}'${address}>${payload}</iq>`);
    const answer = new RegExp(`<iq [^>]*\\bid='${id}'[^>]*(?:/>|>[^]*?</iq>)`);
    for (let waited = 0; waited < LIMIT_MS; waited += STEP_MS) {
      const found = answer.exec(this.#text)?.[0];
      if (found !== undefined) return found;
      await sleep(STEP_MS);
    }
    return '';
  }

  /** Through the own server (XEP-0405). */
  join(channel, nick, nodes) {
    const join = `<join xmlns='urn:xmpp:mix:core:1'>${nodes}<nick>${nick}</nick></join>`;
    return this.ask(
      'set',
      this.#bare,
      `<client-join xmlns='urn:xmpp:mix:pam:2' channel='${channel}'>${join}</client-join>`,
    );
  }

  /** All that a query of the archive brings, its end included. */
  async history(channel, query) {
    this.forget();
    const end = await this.ask('set', channel, query);
    return this.received() + end;
  }

  close() {
    this.#socket.destroy();
  }

  async #until(text) {
    for (let waited = 0; !this.received().includes(text); waited += STEP_MS) {
      if (waited > LIMIT_MS) throw new Error(`no ${text} came, but ${this.received()}`);
      await sleep(STEP_MS);
    }
  }
}

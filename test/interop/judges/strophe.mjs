/**
 * A judge that speaks through strophe.js, over WebSocket.
 * Owns how that library is told to log in, to ask and to say, and how it tells what it heard.
 * Does not do any XMPP of its own: the answers to requests are matched, and sessions resumed, by the library. When the
 * connection is gone the library leaves it to its user to connect again, which is done here.
 * Always: an error of the library is what the judge says, as Refused where a stanza was refused.
 * Before: judge.mjs, requests.mjs. After: judges.mjs.
 */
import { $build, $iq, $msg, $pres, Strophe } from 'strophe.js';
import { fromDom, x } from './element.mjs';
import { conditionOf, FEATURES, heard, NS_INFO, Refused } from './heard.mjs';
import { Judge, Missing } from './judge.mjs';
import { requests } from './requests.mjs';

Strophe.setLogLevel(Strophe.LogLevel.FATAL);

const { Status } = Strophe;
const STATUS = Object.fromEntries(Object.entries(Status).map(([name, value]) => [value, name]));

export class StropheJs extends Judge {
  stanzas = [];
  statuses = [];
  #connection;
  #isLeaving = false;

  constructor({ service, ...who }) {
    super('strophe.js', { service, ...who });
    this.#connection = new Strophe.Connection(service, { enableStreamManagement: true });
    this.#connection.rawInput = (text) => this.tape.push(text);
    Object.assign(
      this,
      requests(this, (...args) => this.ask(...args)),
    );
  }

  get isCounted() {
    return this.#connection.sm.enabled;
  }

  async logIn() {
    this.#connect();
    await this.wait('a session', () => this.begun > 0 || this.refusal !== undefined);
    if (this.refusal !== undefined) throw new Refused(this.refusal, 'sasl');
    this.full = this.#connection.jid;
  }

  #connect() {
    this.#connection.connect(`${this.bare}/${this.resource}`, this.password, (status, condition, element) => {
      this.statuses.push(STATUS[status]);
      if (status === Status.CONNECTED) this.#connected();
      if (status === Status.AUTHFAIL) this.refusal = element?.firstElementChild?.localName ?? 'none';
      if (status === Status.CONNFAIL || status === Status.ERROR) this.sentAway ??= condition;
      if (status === Status.DISCONNECTED && !this.#isLeaving && this.refusal === undefined)
        setTimeout(() => this.#connect(), 50);
    });
  }

  #connected() {
    this.#connection.addHandler((element) => {
      const stanza = fromDom(element);
      this.stanzas.push(stanza);
      this.inbox.push(heard(stanza));
      return true;
    });
    this.#connection.addHandler((element) => this.#tellFeatures(element), NS_INFO, 'iq', 'get');
    if (this.#connection.sm?.resumed) this.resumed++;
    else this.begun++;
  }

  #tellFeatures(element) {
    const answer = $iq({ type: 'result', to: element.getAttribute('from'), id: element.getAttribute('id') });
    const features = FEATURES.map((name) => x('feature', { var: name }));
    this.#connection.send(answer.cnode(build(x('query', { xmlns: NS_INFO }, features)).tree()));
    return true;
  }

  /** It does not come back when it is sent away. */
  giveUp() {
    this.#isLeaving = true;
  }

  async logOut() {
    this.#isLeaving = true;
    this.#connection.disconnect('done');
    await this.wait('the end of the stream', () => this.statuses.at(-1) === 'DISCONNECTED');
  }

  async ask(type, to, payload) {
    const iq = $iq({ type, ...(to && { to }) });
    return new Promise((resolve, reject) => {
      const failed = (element) => {
        if (element === null) return reject(new Missing('strophe.js got no answer'));
        const stanza = fromDom(element);
        const [condition, kind] = (conditionOf(stanza) ?? 'none/none').split('/');
        reject(new Refused(condition, kind, Strophe.serialize(element)));
      };
      this.#connection.sendIQ(
        iq.cnode(build(payload).tree()),
        (element) => resolve(fromDom(element)),
        failed,
        8_000,
      );
    });
  }

  say({ to, type = 'chat', body, id }) {
    this.#connection.send($msg({ to, type, ...(id && { id }) }).c('body', {}, body));
  }

  appear({ to, type, show } = {}) {
    const presence = $pres({ ...(to && { to }), ...(type && { type }) });
    this.#connection.send(show ? presence.c('show', {}, show) : presence);
  }
}

function build({ name, attrs, children }) {
  const builder = $build(name, attrs);
  for (const child of children) {
    if (typeof child === 'string') builder.t(child);
    else builder.cnode(build(child).tree()).up();
  }
  return builder;
}

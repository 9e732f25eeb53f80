/**
 * A judge that speaks through stanza (stanza.js), over WebSocket.
 * Owns how that library is told to log in, to ask and to say, and how its JSON becomes the facts of heard.mjs.
 * Does not do any XMPP of its own: requests are those of the library's plugins, MIX is defined in its JXT (stanza-mix.mjs).
 * When the connection is gone it is told at once to connect again, as its own delay is of seconds.
 * Always: an error of the library is what the judge says, as Refused where a stanza was refused.
 * Before: judge.mjs, stanza-mix.mjs. After: judges.mjs.
 */
import * as stanza from 'stanza';
import { FEATURES, Refused } from './heard.mjs';
import { Judge } from './judge.mjs';
import { mixDefinitions } from './stanza-mix.mjs';
import { NODES } from './requests.mjs';

export class StanzaJs extends Judge {
  #client;
  #isLeaving = false;

  /** `before(client, stanza)` may add what the library does not know. */
  constructor({ service, before, ...who }) {
    super('stanza', { service, ...who });
    this.#client = stanza.createClient({
      jid: `${this.bare}/${this.resource}`,
      resource: this.resource,
      password: this.password,
      transports: { websocket: service, bosh: false },
      autoReconnect: false,
      timeout: 8,
    });
    this.#client.stanzas.define(mixDefinitions(stanza.JXT));
    for (const feature of FEATURES) this.#client.disco.addFeature(feature);
    before?.(this.#client, stanza);
    this.#listen();
  }

  #listen() {
    const client = this.#client;
    client.on('raw:incoming', (text) => this.tape.push(text));
    client.on('stream:data', (json, kind) => {
      if (['message', 'presence', 'iq'].includes(kind)) this.inbox.push(heardBy(kind, json));
      if (kind === 'streamError') this.sentAway ??= json.condition;
      if (kind === 'sasl' && json.type === 'failure') this.refusal = json.condition;
    });
    client.on('session:started', () => this.begun++);
    client.on('stream:management:resumed', () => this.resumed++);
    client.on('disconnected', () => {
      this.isGone = true;
      if (!this.#isLeaving && this.refusal === undefined) setTimeout(() => client.connect(), 50);
    });
  }

  /** The library itself, for what it alone can do. */
  get api() {
    return this.#client;
  }

  get isCounted() {
    return this.#client.sm.started;
  }

  async logIn() {
    this.#client.connect();
    await this.wait('a session', () => this.begun > 0 || this.refusal !== undefined);
    if (this.refusal !== undefined) throw new Refused(this.refusal, 'sasl');
    this.full = this.#client.jid;
  }

  /** It does not come back when it is sent away. */
  giveUp() {
    this.#isLeaving = true;
  }

  async logOut() {
    this.#isLeaving = true;
    this.isGone = false;
    await this.#client.disconnect();
    await this.wait('the end of the stream', () => this.isGone);
  }

  say({ to, type = 'chat', body, id }) {
    this.#client.sendMessage({ to, type, body, ...(id && { id }) });
  }

  appear({ to, type, show } = {}) {
    const legacyCapabilities = to === undefined ? this.#client.updateCaps() : undefined;
    this.#client.sendPresence({ to, type, show, legacyCapabilities });
  }

  async roster() {
    const { items } = await this.#try(this.#client.getRoster());
    return items.map(({ jid, name, subscription, groups = [] }) => ({ jid, name, subscription, groups }));
  }

  async setContact(item) {
    await this.#try(this.#client.updateRosterItem(item));
  }

  async info(to, node) {
    const { identities, features } = await this.#try(this.#client.getDiscoInfo(to, node));
    return { identities: identities.map(({ category, type }) => `${category}/${type}`), features };
  }

  async items(to) {
    return (await this.#try(this.#client.getDiscoItems(to))).items.map(({ jid }) => jid);
  }

  async ping(to) {
    await this.#try(this.#client.ping(to));
  }

  async setCard(fullName) {
    await this.#try(this.#client.publishVCard({ fullName }));
  }

  async card(of) {
    return (await this.#try(this.#client.getVCard(of))).fullName;
  }

  async page({ of, whom, max }) {
    const asked = { to: of, with: whom, paging: { max, before: '' } };
    const { results, complete, paging } = await this.#try(this.#client.searchHistory(asked));
    const rows = results.map(({ id, item: { message, delay } }) => ({
      id,
      from: message.from,
      body: message.body,
      hasDelay: delay?.timestamp instanceof Date,
    }));
    return { rows, isComplete: complete === true, first: paging.first, last: paging.last };
  }

  async copyAll() {
    await this.#try(this.#client.enableCarbons());
  }

  async block(jid) {
    await this.#try(this.#client.block(jid));
  }

  async unblock(jid) {
    await this.#try(this.#client.unblock(jid));
  }

  async blocked() {
    return (await this.#try(this.#client.getBlocked())).jids;
  }

  async publishPicture(id, bytes) {
    await this.#try(this.#client.publishAvatar(id, bytes));
    await this.#try(this.#client.useAvatars([{ id, bytes: bytes.length, mediaType: 'image/png' }]));
  }

  async picture(of, id) {
    return (await this.#try(this.#client.getAvatar(of, id))).content.data;
  }

  /** With the library's own search for the service. */
  async slot({ name, size, type }) {
    const { jid, maxSize } = await this.#try(this.#client.getUploadService());
    const { upload, download } = await this.#try(
      this.#client.getUploadSlot(jid, { name, size, mediaType: type }),
    );
    return { put: upload.url, get: download, maxSize };
  }

  async createChannel(to, channel) {
    await this.#try(this.#client.sendIQ({ type: 'set', to, mixCreate: { channel } }));
  }

  async join(channel, nick) {
    const mixClientJoin = { channel, join: { nick, nodes: NODES } };
    const answer = await this.#try(this.#client.sendIQ({ type: 'set', to: this.bare, mixClientJoin }));
    const { join } = answer.mixClientJoin;
    // JXT finds the element by its namespace
    return { ns: 'urn:xmpp:mix:pam:2', id: join.id, nick: join.nick, nodes: join.nodes };
  }

  async leave(channel) {
    await this.#try(
      this.#client.sendIQ({ type: 'set', to: this.bare, mixClientLeave: { channel, leave: {} } }),
    );
  }

  async #try(promise) {
    try {
      return await promise;
    } catch (answer) {
      if (answer?.error === undefined) throw answer;
      throw new Refused(answer.error.condition, answer.error.type, JSON.stringify(answer));
    }
  }
}

function heardBy(kind, json) {
  const { carbon, error, mix, pubsub } = json;
  const inner = carbon?.forward?.message;
  return {
    kind,
    from: json.from,
    type: json.type,
    id: json.id,
    body: json.body,
    show: json.show,
    nick: mix?.nick,
    shownJid: mix?.jid,
    isDelayed: json.delay !== undefined,
    copy: carbon && { way: carbon.type, from: inner?.from, body: inner?.body },
    node: pubsub?.items?.node,
    error: json.type === 'error' ? `${error?.condition}/${error?.type}` : undefined,
    query: json.roster ? 'jabber:iq:roster' : json.blockList ? 'urn:xmpp:blocking' : undefined,
    pushed: json.roster?.items?.map(({ jid }) => jid) ?? json.blockList?.jids,
  };
}

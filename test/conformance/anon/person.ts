/**
 * Somebody's client, as tests that look from outside use it.
 * Sends what a client would send, and gives back what its server received.
 * Does not know what is right: the tests say so.
 * Always: an iq is answered once, with its id, from the address that was asked, or this throws.
 * Before: test/conformance/anon/look.ts. After: test/conformance/anon/kit.ts.
 */
import { expect } from 'vitest';
import type { Player } from '../../../src/testing/index.ts';
import type { XmlElement } from '../../../src/xml/element.ts';
import { serialize } from '../../../src/xml/write.ts';
import type { World } from './kit.ts';
import {
  aboutNode,
  DOMAIN,
  fieldsOf,
  find,
  form,
  joinXml,
  nodeName,
  NS_PUBSUB,
  whoByItem,
  xml,
  type Fields,
  type JoinWish,
} from './look.ts';

export class Person {
  readonly world: World;
  readonly player: Player;

  constructor(world: World, player: Player) {
    this.world = world;
    this.player = player;
  }

  get bare(): string {
    return this.player.bare;
  }

  get full(): string {
    return this.player.full;
  }

  get local(): string {
    return this.bare.slice(0, this.bare.indexOf('@'));
  }

  get home(): string {
    return this.bare.slice(this.bare.indexOf('@') + 1);
  }

  get resource(): string {
    return this.full.slice(this.bare.length + 1);
  }

  /** What came for the account, or for any of its clients, since `mark`. */
  get news(): readonly XmlElement[] {
    return this.world.inbox(this.bare);
  }

  /** The news of that kind, those with an event of that node where one is named. */
  heard(kind: 'message' | 'presence' | 'iq', node?: string): XmlElement[] {
    return this.news.filter(
      (stanza) => stanza.name === kind && (node === undefined || aboutNode(stanza) === nodeName(node)),
    );
  }

  async send(source: string): Promise<void> {
    this.world.stage.send(this.player, xml(source));
    await this.world.stage.settle();
  }

  /** Sends an iq; its answer is taken out of the news. */
  async ask(type: 'get' | 'set', to: string, payload: string): Promise<XmlElement> {
    const id = this.world.nextId();
    await this.send(`<iq type='${type}' id='${id}' to='${to}'>${payload}</iq>`);
    const answers = this.#take((stanza) => stanza.name === 'iq' && stanza.attrs['id'] === id);
    const [answer] = answers;
    if (answer === undefined || answers.length > 1)
      throw new Error(`${answers.length} answers to ${payload}`);
    const { from, to: receiver } = answer.attrs;
    expect({ from, to: receiver }).toEqual({ from: to, to: this.full });
    return answer;
  }

  /** Sends a message; the error that it meets is taken out of the news. */
  async say(
    type: string,
    to: string,
    content: string,
    id = this.world.nextId(),
  ): Promise<XmlElement | undefined> {
    await this.send(`<message type='${type}' id='${id}' to='${to}'>${content}</message>`);
    const [error, second] = this.#take(
      ({ name, attrs }) => name === 'message' && attrs['type'] === 'error' && attrs['id'] === id,
    );
    if (error !== undefined) expect({ from: error.attrs['from'], second }).toEqual({ from: to });
    return error;
  }

  /** Posts, which must succeed; gives the copy that comes back to the sender. */
  async post(channel: string, content: string): Promise<XmlElement> {
    const before = this.news.length;
    expect(await this.say('groupchat', channel, content)).toBeUndefined();
    const copy = this.news.slice(before).find(({ attrs }) => attrs['type'] === 'groupchat');
    if (copy === undefined) throw new Error('the message did not come back');
    return copy;
  }

  /** Joins, which must succeed; gives the participant id. */
  async join(channel: string, wish: JoinWish = {}): Promise<string> {
    const answer = await this.ask('set', channel, joinXml({ nick: this.player.name, ...wish }));
    const id = find(answer, 'join')?.attrs['id'];
    if (id === undefined) throw new Error(`the join was refused: ${serialize(answer)}`);
    return id;
  }

  /** Joins by way of the account's server, which then tells the channel who is there. */
  async joinByServer(channel: string, wish: JoinWish = {}): Promise<string> {
    const join = xml(joinXml({ nick: this.player.name, ...wish }));
    const answer = await this.world.stage.join(this.player, channel, join);
    const id = find(answer, 'join')?.attrs['id'];
    if (id === undefined) throw new Error(`the join was refused: ${serialize(answer)}`);
    return id;
  }

  async leave(channel: string): Promise<XmlElement> {
    return this.ask('set', channel, `<leave xmlns='urn:xmpp:mix:core:1'/>`);
  }

  /** The client shows itself to the channel. */
  async appear(channel: string, content = ''): Promise<void> {
    await this.send(`<presence to='${channel}'>${content}</presence>`);
  }

  async disappear(channel: string): Promise<void> {
    await this.send(`<presence type='unavailable' to='${channel}'/>`);
  }

  /** Creates a channel with these options; gives its address. */
  async create(name: string, options: Fields = {}): Promise<string> {
    const payload = `<create xmlns='urn:xmpp:mix:core:1' channel='${name}'>${form('urn:xmpp:mix:admin:0', options)}</create>`;
    const answer = await this.ask('set', DOMAIN, payload);
    expect(answer.attrs['type'], serialize(answer)).toBe('result');
    return `${name}@${DOMAIN}`;
  }

  async configure(channel: string, options: Fields): Promise<XmlElement> {
    return this.publish(channel, 'config', `<item>${form('urn:xmpp:mix:admin:0', options)}</item>`);
  }

  async publish(channel: string, node: string, item: string): Promise<XmlElement> {
    return this.ask(
      'set',
      channel,
      `<pubsub xmlns='${NS_PUBSUB}'><publish node='${nodeName(node)}'>${item}</publish></pubsub>`,
    );
  }

  async items(channel: string, node: string, inner = ''): Promise<XmlElement> {
    return this.ask(
      'get',
      channel,
      `<pubsub xmlns='${NS_PUBSUB}'><items node='${nodeName(node)}'>${inner}</items></pubsub>`,
    );
  }

  async subscribe(channel: string, node: string): Promise<XmlElement> {
    return this.ask(
      'set',
      channel,
      `<pubsub xmlns='${NS_PUBSUB}'><subscribe node='${nodeName(node)}' jid='${this.bare}'/></pubsub>`,
    );
  }

  async prefer(channel: string, fields: Fields): Promise<XmlElement> {
    const payload = `<user-preference xmlns='urn:xmpp:mix:anon:0'>${form('urn:xmpp:mix:anon:0', fields)}</user-preference>`;
    return this.ask('set', channel, payload);
  }

  /** The current preferences, as the form to fill in says. */
  async preferences(channel: string): Promise<Record<string, string>> {
    const answer = await this.ask('get', channel, `<user-preference xmlns='urn:xmpp:mix:anon:0'/>`);
    const fields = Object.entries(fieldsOf(answer)).filter(([name]) => name !== 'FORM_TYPE');
    return Object.fromEntries(fields);
  }

  /** The messages of the archive's answer, as they were, and the iq behind them. */
  async history(channel: string, filters?: Fields): Promise<{ messages: XmlElement[]; answer: XmlElement }> {
    const before = new Set(this.news);
    const x = filters === undefined ? '' : form('urn:xmpp:mam:2', filters);
    const answer = await this.ask('set', channel, `<query xmlns='urn:xmpp:mam:2'>${x}</query>`);
    const results = this.#take((stanza) => !before.has(stanza) && find(stanza, 'result') !== undefined);
    return {
      messages: results.flatMap((result) => find(find(result, 'forwarded'), 'message') ?? []),
      answer,
    };
  }

  /** The participants as the node has them: nick and address by id. */
  async participants(channel: string): Promise<Record<string, { nick?: string; jid?: string }>> {
    return whoByItem(await this.items(channel, 'participants'));
  }

  #take(isWanted: (stanza: XmlElement) => boolean): XmlElement[] {
    const inbox = this.world.inbox(this.bare);
    const taken = inbox.filter(isWanted);
    for (const stanza of taken) inbox.splice(inbox.indexOf(stanza), 1);
    return taken;
  }
}

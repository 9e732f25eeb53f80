/**
 * XEP-0404 MIX-ANON 0.3.1 §2.2, §2.5, read anew: who may see whose address.
 * Owns a model of every channel's mode, roles, participants and preferences, learnt from requests and their answers.
 * Does not ask the service nor share code with its rules: a mistake there must not hide one here.
 * Always: what an answer has confirmed counts from that answer on; in doubt an address is hidden.
 * Before: testing/stage.ts. After: testing/leak.ts.
 */
import { nicknameKey } from '../jid/nickname.ts';
import { parseForm } from '../xep/0004-forms/wire.ts';
import { parseRoomConfig } from '../xep/0045-muc/wire-config.ts';
import { readPreferences } from '../xep/0404-anon/wire.ts';
import { readConfig } from '../xep/0406-admin/wire.ts';
import { child, elements, text, type XmlElement } from '../xml/element.ts';
import { serialize } from '../xml/write.ts';

const NODES = 'urn:xmpp:mix:nodes:';
const MUC = 'http://jabber.org/protocol/muc';
/** Nodes that hold addresses, for owners and administrators. */
const FOR_ADMINISTRATORS = ['jidmap', 'config', 'allowed', 'banned'].map((node) => NODES + node);

interface Channel {
  mode: string;
  owners: Set<string>;
  administrators: Set<string>;
  /** By bare address. */
  readonly participants: Map<string, Participant>;
  /** Bare addresses by the nicks that people were told to have, and the ids that they were given. */
  readonly nicks: Map<string, string>;
  readonly ids: Map<string, string>;
  /** Clients that want to come in under some address and have not been answered. */
  readonly entering: { readonly client: string; readonly as: string }[];
  /** Whoever took part while the mode showed everybody: its old messages may show it in that mode (D-40). */
  readonly shownOnce: Set<string>;
}

interface Participant {
  /** What it said about being seen. */
  readonly visibility: string;
  /** Did it join for good, rather than for as long as a client of it is in the room (XEP-0045)? */
  readonly isLasting: boolean;
  /** Its clients that are in the room, or want to be, by full address. */
  readonly clients: ReadonlySet<string>;
}

export interface Recalled {
  readonly mode: string;
  readonly owners: readonly string[];
  readonly administrators: readonly string[];
  readonly participants: readonly (Participant & { readonly bare: string })[];
}

export class Insight {
  readonly #channels = new Map<string, Channel>();
  /** What was sent, by sender, id and address. */
  readonly #asked = new Map<string, XmlElement>();

  onSent(stanza: XmlElement): void {
    const { id, from, to, type } = stanza.attrs;
    if (type !== 'result' && type !== 'error') this.#asked.set(keyOf(from, id, to), stanza);
    const channel = this.#channels.get(channelOf(to));
    const isEntering = stanza.name === 'presence' && type === undefined && isEntry(stanza);
    if (isEntering) channel?.entering.push({ client: from ?? '', as: to ?? '' });
  }

  onReceived(bare: string, stanza: XmlElement): void {
    const { from = '', type } = stanza.attrs;
    const question = this.#questionOf(stanza);
    if (question !== undefined && type === 'result') this.#learn(bare, from, question, stanza);
    if (stanza.name === 'presence') this.#learnPresence(stanza);
    // With the subject somebody who enters has been told everything.
    const room = this.#channels.get(from);
    if (room !== undefined && child(stanza, 'subject') !== undefined)
      answerEntry(room, stanza.attrs['to'] ?? '');
    // D-33: whoever is removed is told so by the end of the own item.
    const channel = this.#channels.get(from);
    const retracted = stanza.name === 'message' ? within(stanza, 'retract')?.attrs['id'] : undefined;
    if (retracted !== undefined && channel?.ids.get(bare) === retracted) channel.participants.delete(bare);
  }

  /** A client is in a room when it is told that it is, and out of it likewise. */
  #learnPresence(stanza: XmlElement): void {
    const { from = '', to = '', type } = stanza.attrs;
    const channel = this.#channels.get(channelOf(from));
    const isOfRoom = from.includes('/') && !from.includes('#');
    if (channel === undefined || !isOfRoom) return;
    const codes = statusesIn(stanza);
    if (type === 'error') answerEntry(channel, to, from);
    if (type === 'unavailable' && codes.includes('110') && !codes.includes('303'))
      changeClient(channel, to, false);
    else if (type === undefined && codes.includes('110')) {
      changeClient(channel, to, true);
      channel.nicks.set(keyOfNick(from.slice(from.indexOf('/') + 1)), to.split('/', 1)[0] ?? '');
    }
    settle(channel);
  }

  /**
   * After answers were lost, for simulations: what is true of the channel, whoever was told of it.
   * `participants` are bare addresses, each with what it said about being seen.
   */
  recall(channel: string, known: Recalled): void {
    const { owners, administrators, participants, mode } = known;
    const lasting = { nicks: new Map(), ids: new Map(), entering: [], shownOnce: new Set<string>() };
    const { nicks, ids, entering, shownOnce } = this.#channels.get(channel) ?? lasting;
    const truth: Channel = {
      ...{ nicks, ids, entering, mode },
      owners: new Set(owners),
      administrators: new Set(administrators),
      participants: new Map(participants.map(({ bare, ...rest }) => [bare, rest])),
      shownOnce,
    };
    settle(truth);
    this.#channels.set(channel, truth);
  }

  /** May `receiver` see the bare address of `person` in this stanza, which it has just received? */
  maySee(receiver: string, person: string, stanza: XmlElement, secrets: readonly string[]): boolean {
    if (receiver === person) return true;
    const typed = this.typed(stanza);
    // An address is the same in capitals.
    if (secrets.some((secret) => typed.includes(secret) || typed.toLowerCase().includes(secret))) return true;
    const channel = this.#channels.get(channelOf(stanza.attrs['from'] ?? ''));
    if (channel === undefined) return false;
    const hasRole = channel.owners.has(receiver) || channel.administrators.has(receiver);
    const isInsider = hasRole || channel.participants.has(receiver) || isEntering(channel, receiver);
    // Where addresses are shown, the owner may open these nodes to anybody who is allowed (D-31).
    if (isListOfAddresses(stanza)) return hasRole || channel.mode === 'jid-visible';
    // A room shows everybody or nobody (D-83).
    if (isInRoomsForm(stanza) && channel.mode !== 'jid-visible') return false;
    return isInsider && isShown(channel, person);
  }

  /** What the receiver wrote that this answers: it learns nothing when it is repeated. */
  typed(stanza: XmlElement): string {
    const question = this.#questionOf(stanza);
    return question === undefined ? '' : serialize(question);
  }

  /** What the stanza answers, if anything. */
  #questionOf({ name, attrs: { type, id, from, to } }: XmlElement): XmlElement | undefined {
    const isAnswer = type === 'error' || (name === 'iq' && type === 'result');
    return isAnswer ? this.#asked.get(keyOf(to, id, from)) : undefined;
  }

  #learn(asker: string, from: string, question: XmlElement, answer: XmlElement): void {
    const [request] = elements(question);
    const [payload] = elements(answer);
    if (request === undefined) return;
    const channel = this.#channels.get(from);
    if (request.name === 'create' && payload !== undefined) this.#create(asker, from, request, payload);
    else if (channel === undefined) return;
    else if (request.name === 'join')
      change(channel, asker, { visibility: visibilityIn(payload), isLasting: true });
    else if (question.attrs['type'] === 'set' && request.ns === `${MUC}#owner`)
      configureRoom(channel, request);
    else if (question.attrs['type'] === 'set' && request.ns === `${MUC}#admin`) orders(channel, request);
    else if (request.name === 'leave') channel.participants.delete(asker);
    else if (request.name === 'user-preference' && question.attrs['type'] === 'set')
      change(channel, asker, { visibility: visibilityIn(payload) });
    else if (request.name === 'pubsub') publishes(channel, request);
    const nick = payload && /^(join|setnick)$/.test(payload.name) ? within(payload, 'nick') : undefined;
    const id = payload?.name === 'join' ? payload.attrs['id'] : undefined;
    if (id !== undefined) channel?.ids.set(asker, id);
    if (nick !== undefined && channel !== undefined) channel.nicks.set(keyOfNick(text(nick)), asker);
    if (channel !== undefined) settle(channel);
  }

  #create(asker: string, service: string, request: XmlElement, created: XmlElement): void {
    const channel: Channel = {
      mode: 'jid-hidden',
      owners: new Set([asker]),
      administrators: new Set(),
      participants: new Map(),
      nicks: new Map(),
      ids: new Map(),
      entering: [],
      shownOnce: new Set(),
    };
    configure(channel, request);
    this.#channels.set(`${created.attrs['channel'] ?? ''}@${service}`, channel);
  }
}

function keyOf(asker: string | undefined, id: string | undefined, asked: string | undefined): string {
  return JSON.stringify([asker, id, asked]);
}

function change({ participants }: Channel, person: string, news: Partial<Participant>): void {
  const known = participants.get(person);
  const newcomer = { visibility: 'default', isLasting: false, clients: new Set<string>() };
  participants.set(person, { ...(known ?? newcomer), ...news });
}

function changeClient(channel: Channel, client: string, isIn: boolean): void {
  const [person = ''] = client.split('/', 1);
  const clients = new Set(channel.participants.get(person)?.clients);
  if (isIn) clients.add(client);
  else clients.delete(client);
  const isGone = clients.size === 0 && channel.participants.get(person)?.isLasting !== true;
  if (isGone) channel.participants.delete(person);
  else change(channel, person, { clients });
}

function keyOfNick(nick = ''): string {
  try {
    return nicknameKey(nick);
  } catch {
    return nick;
  }
}

/** The others may be shown somebody before that one is told that it is in. */
function isEntering({ entering }: Channel, person: string): boolean {
  return entering.some(({ client }) => client.startsWith(`${person}/`));
}

/** The client's oldest attempt is over; where it was refused, the one under that address. */
function answerEntry({ entering }: Channel, client: string, as?: string): void {
  const at = entering.findIndex((each) => each.client === client && (as === undefined || each.as === as));
  if (at >= 0) entering.splice(at, 1);
}

function isEntry(presence: XmlElement): boolean {
  return elements(presence).some(({ name, ns }) => name === 'x' && ns === MUC);
}

function statusesIn(presence: XmlElement): string[] {
  return elements(presence)
    .filter(({ ns }) => ns === `${MUC}#user`)
    .flatMap((x) => elements(x))
    .filter(({ name }) => name === 'status')
    .map(({ attrs }) => attrs['code'] ?? '');
}

/** Is it what occupants get: presences of a room and messages with an occupant id, at whatever depth? */
function isInRoomsForm(stanza: XmlElement): boolean {
  return within(stanza, 'occupant-id') !== undefined && within(stanza, 'mix') === undefined;
}

function isShown(channel: Channel, person: string): boolean {
  const { mode, participants, shownOnce } = channel;
  const preference =
    participants.get(person)?.visibility ?? (isEntering(channel, person) ? 'default' : undefined);
  if (mode === 'jid-visible')
    return shownOnce.has(person) || (preference !== undefined && preference !== 'never');
  return mode === 'jid-maybe-visible' && (preference === 'always' || preference === 'prefer');
}

/** Follows from the mode: who is removed, and who has been shown to everybody. */
function settle({ mode, participants, shownOnce }: Channel): void {
  const excluded = mode === 'jid-visible' ? 'never' : mode === 'jid-hidden' ? 'always' : undefined;
  for (const [person, { visibility }] of [...participants]) {
    if (visibility === excluded) participants.delete(person);
    else if (mode === 'jid-visible') shownOnce.add(person);
  }
}

function publishes(channel: Channel, request: XmlElement): void {
  const publish = within(request, 'publish');
  const node = publish?.attrs['node'];
  if (publish === undefined) return;
  if (node === `${NODES}config` || node === `${NODES}info`) configure(channel, publish);
  const ids = elements(publish).map(({ attrs }) => attrs['id'] ?? '');
  if (node !== `${NODES}banned`) return;
  for (const person of [...channel.participants.keys()])
    if (ids.some((id) => isHit(channel, person, id))) channel.participants.delete(person);
}

/** XEP-0045 §10.2, as far as it says who sees what. */
function configureRoom(channel: Channel, request: XmlElement): void {
  const x = within(request, 'x');
  if (x === undefined) return;
  const { whois, owners, administrators } = parseRoomConfig(parseForm(x));
  if (whois === 'anyone') channel.mode = 'jid-visible';
  else if (whois === 'moderators' && channel.mode === 'jid-visible') channel.mode = 'jid-hidden';
  if (owners !== undefined) channel.owners = new Set(owners);
  if (administrators !== undefined) channel.administrators = new Set(administrators);
}

/** XEP-0045 §9, §10: roles that are given or taken. Whoever is put out is told so. */
function orders(channel: Channel, request: XmlElement): void {
  for (const { attrs } of elements(request)) {
    const { jid, nick, affiliation } = attrs;
    if (affiliation === undefined) continue;
    const [bare = ''] = (channel.nicks.get(keyOfNick(nick)) ?? jid ?? '').split('/', 1);
    channel.owners.delete(bare);
    channel.administrators.delete(bare);
    if (affiliation === 'owner') channel.owners.add(bare);
    if (affiliation === 'admin') channel.administrators.add(bare);
  }
}

/** D-75: owners are spared, and administrators where a whole domain is banned. */
function isHit({ owners, administrators }: Channel, person: string, id: string): boolean {
  if (owners.has(person)) return false;
  return person === id || (person.endsWith(`@${id}`) && !administrators.has(person));
}

/** The mode and the roles in the form below the element, as far as it sets them. */
function configure(channel: Channel, element: XmlElement): void {
  const x = within(element, 'x');
  if (x === undefined) return;
  const { mode, owners, administrators } = readConfig(parseForm(x));
  channel.mode = mode ?? channel.mode;
  if (owners !== undefined) channel.owners = new Set(owners);
  if (administrators !== undefined) channel.administrators = new Set(administrators);
}

function visibilityIn(payload: XmlElement | undefined): string {
  const x = payload && within(payload, 'x');
  const { jidVisibility } = x === undefined ? {} : readPreferences(parseForm(x));
  return jidVisibility ?? 'default';
}

/** Does it bring items of the map, the configuration or a list? */
function isListOfAddresses(stanza: XmlElement): boolean {
  const items = within(stanza, 'items');
  const isAnswer = elements(stanza).some(({ ns }) => ns === `${MUC}#admin` || ns === `${MUC}#owner`);
  return isAnswer || (items !== undefined && FOR_ADMINISTRATORS.includes(items.attrs['node'] ?? ''));
}

/** The first element of that name below the element, at any depth. */
function within(element: XmlElement, name: string): XmlElement | undefined {
  for (const inner of elements(element)) {
    const found = inner.name === name ? inner : within(inner, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The channel's address in `channel`, `channel/id`, `id#channel` and `id#channel/resource`. */
function channelOf(from = ''): string {
  const [bare = ''] = from.split('/', 1);
  return bare.slice(bare.indexOf('#') + 1);
}

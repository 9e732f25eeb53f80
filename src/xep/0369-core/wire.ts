/**
 * XEP-0369 MIX-CORE 0.14.6 (2020-12-01): joining, leaving, nicks, channels.
 * Reads the requests that a channel or the service gets and writes their answers; and both for a client.
 * Does not decide anything (channel/ does); the information node: info.ts.
 * Always: an answer is in the namespace of its request; the words of D-16 and D-17 are read in every spelling.
 * Before: xep/0060-pubsub/wire.ts. After: xep/0369-core/info.ts.
 */
import type { Node } from '../../mix.ts';
import { checkName, optionalAttr, optionalChild, requiredAttr } from '../../stanza/codec.ts';
import { refuse } from '../../stanza/error.ts';
import { el, elements, text, type XmlElement } from '../../xml/element.ts';
import { NS as NS_FORMS } from '../0004-forms/wire.ts';
import { NS as NS_ANON } from '../0404-anon/wire.ts';
import { buildWho, NS, parseWho, type Who } from './who.ts';

export * from './info.ts';
export { buildWho, NS, parseWho, type Who } from './who.ts';

/** What ejabberd still speaks besides; never answered (D-89). */
export const NS_CORE0 = 'urn:xmpp:mix:core:0';
const NS_MISC = 'urn:xmpp:mix:misc:0';

/** The namespaces in which a join may be asked (D-16). */
export const JOIN_NAMESPACES: readonly string[] = [NS, NS_ANON, NS_MISC];

/** The full names of the nodes (XEP-0369 §4.7, 0403 §3.5, 0404 §2.5, 0406 §2, 0407 §4). */
export const NODE_NAMES: Readonly<Record<Node, string>> = {
  messages: 'urn:xmpp:mix:nodes:messages',
  participants: 'urn:xmpp:mix:nodes:participants',
  presence: 'urn:xmpp:mix:nodes:presence',
  info: 'urn:xmpp:mix:nodes:info',
  config: 'urn:xmpp:mix:nodes:config',
  jidmap: 'urn:xmpp:mix:nodes:jidmap',
  allowed: 'urn:xmpp:mix:nodes:allowed',
  banned: 'urn:xmpp:mix:nodes:banned',
  'avatar-data': 'urn:xmpp:avatar:data',
  'avatar-metadata': 'urn:xmpp:avatar:metadata',
};

const nodesByName: ReadonlyMap<string, Node> = new Map(
  Object.entries(NODE_NAMES).map(([node, name]) => [name, node as Node]),
);

/** The node of that full name; undefined where MIX has none. */
export function nodeNamed(uri: string): Node | undefined {
  return nodesByName.get(uri);
}

export interface Join {
  /** Full names, as asked, in order. */
  readonly nodes: readonly string[];
  readonly nick: string | undefined;
  /** The form with preferences (XEP-0404 §3.1). */
  readonly form: XmlElement | undefined;
  /** XEP-0407 §3. */
  readonly invitation: XmlElement | undefined;
  /** The namespace in which the join was asked and is to be answered. */
  readonly ns: string;
}

export interface Joined {
  readonly ns: string;
  readonly id: string;
  readonly jid: string;
  readonly nodes: readonly string[];
  readonly nick?: string | undefined;
  readonly form?: XmlElement | undefined;
}

export interface JoinedRead {
  readonly id: string | undefined;
  /** As given: the encoded address, or what older documents put there. */
  readonly jid: string | undefined;
  readonly nodes: readonly string[];
  readonly nick: string | undefined;
  readonly form: XmlElement | undefined;
}

/**
 * Reads a join (§7.1.2), in any namespace of D-16; an empty nick is none. bad-request for another element, for a
 * subscribe without a node, and for two nicks, forms or invitations.
 */
export function parseJoin(join: XmlElement): Join {
  checkName(join, 'join', ...JOIN_NAMESPACES);
  return { ...joinParts(join), invitation: only(join, 'invitation', JOIN_NAMESPACES), ns: join.ns };
}

function joinParts(join: XmlElement): Pick<Join, 'nodes' | 'nick' | 'form'> {
  const nick = only(join, 'nick', JOIN_NAMESPACES);
  return {
    nodes: nodesIn(join, 'subscribe', JOIN_NAMESPACES),
    nick: (nick && text(nick)) || undefined,
    form: only(join, 'x', [NS_FORMS]),
  };
}

/** The child of that name in one of the namespaces, at most one. */
function only(parent: XmlElement, name: string, namespaces: readonly string[]): XmlElement | undefined {
  const found = elements(parent).filter((node) => node.name === name && namespaces.includes(node.ns));
  if (found.length > 1) throw refuse('bad-request', `<${parent.name}/> has more than one <${name}/>`);
  return found[0];
}

function nodesIn(parent: XmlElement, name: string, namespaces: readonly string[]): string[] {
  return elements(parent)
    .filter((node) => node.name === name && namespaces.includes(node.ns))
    .map((node) => requiredAttr(node, 'node'));
}

function nodeElements(ns: string, name: string, nodes: readonly string[]): XmlElement[] {
  return nodes.map((node) => el(name, ns, { node }));
}

/** Asks to join; in core:1 unless another namespace is given (D-16). */
export function buildJoin({ ns = NS, nodes = [], nick, form, invitation }: Partial<Join>): XmlElement {
  return el('join', ns, {}, [
    ...nodeElements(ns, 'subscribe', nodes),
    nickElement(ns, nick),
    form,
    invitation,
  ]);
}

/** The answer to a join: who one is here, which nodes one gets, and the preferences (§7.1.2, D-15, D-17). */
export function buildJoined({ ns, id, jid, nodes, nick, form }: Joined): XmlElement {
  return el('join', ns, { id, jid }, [...nodeElements(ns, 'subscribe', nodes), nickElement(ns, nick), form]);
}

/** Reads that answer, for a client or for PAM. Where there is no `id`, it is what stands before the '#' of `jid` (D-17). */
export function parseJoined(join: XmlElement): JoinedRead {
  checkName(join, 'join', ...JOIN_NAMESPACES);
  const jid = optionalAttr(join, 'jid');
  const encodedId = jid === undefined ? undefined : /^([^#@/]+)#[^@/]+@/.exec(jid)?.[1];
  return { id: optionalAttr(join, 'id') ?? encodedId, jid, ...joinParts(join) };
}

function nickElement(ns: string, nick: string | undefined): XmlElement | undefined {
  return nick === undefined ? undefined : el('nick', ns, {}, nick === '' ? [] : [nick]);
}

/** `<leave/>`: the request and its answer (§7.1.3). */
export function buildLeave(): XmlElement {
  return el('leave', NS);
}

export interface SubscriptionUpdate {
  readonly subscribe: readonly string[];
  readonly unsubscribe: readonly string[];
}

/** Reads `<update-subscription/>` (§7.1.2); bad-request for another element and for a node without a name. */
export function parseUpdateSubscription(update: XmlElement): SubscriptionUpdate {
  checkName(update, 'update-subscription', NS);
  return {
    subscribe: nodesIn(update, 'subscribe', [NS]),
    unsubscribe: nodesIn(update, 'unsubscribe', [NS]),
  };
}

/** The request and, with the asker's own bare address, its answer (§7.1.2). */
export function buildUpdateSubscription(
  update: SubscriptionUpdate & { readonly jid?: string | undefined },
): XmlElement {
  return el('update-subscription', NS, { jid: update.jid }, [
    ...nodeElements(NS, 'subscribe', update.subscribe),
    ...nodeElements(NS, 'unsubscribe', update.unsubscribe),
  ]);
}

/** Reads `<setnick/>` (§7.1.4): undefined without a nick, '' for an empty one (D-97); bad-request for two. */
export function parseSetNick(setnick: XmlElement): string | undefined {
  checkName(setnick, 'setnick', NS);
  const nick = optionalChild(setnick, 'nick');
  return nick && text(nick);
}

/** `<setnick/>`: the request, or the answer with the nick in use (§7.1.4). */
export function buildSetNick(nick?: string): XmlElement {
  return el('setnick', NS, {}, [nickElement(NS, nick)]);
}

export interface Create {
  /** undefined: the service chooses a name (§7.3.3). */
  readonly channel: string | undefined;
  readonly form: XmlElement | undefined;
}

/** Reads `<create/>` (§7.3.2, D-66); an empty name is none. bad-request for another element and for two forms. */
export function parseCreate(create: XmlElement): Create {
  checkName(create, 'create', NS);
  return { channel: optionalAttr(create, 'channel'), form: only(create, 'x', [NS_FORMS]) };
}

/** Asks for a channel, with a name or without, and with a config form if one is given (§7.3.2). */
export function buildCreate({ channel, form }: Partial<Create>): XmlElement {
  return el('create', NS, { channel }, [form]);
}

/** The answer, with the name (§7.3.2). */
export function buildCreated(channel: string): XmlElement {
  return el('create', NS, { channel });
}

/** Reads `<destroy/>` (§7.3.4); bad-request for another element and without a channel. */
export function parseDestroy(destroy: XmlElement): { readonly channel: string } {
  checkName(destroy, 'destroy', NS);
  return { channel: requiredAttr(destroy, 'channel') };
}

/** Asks for the end of a channel (§7.3.4); the answer is an empty result. */
export function buildDestroy(channel: string): XmlElement {
  return el('destroy', NS, { channel });
}

/** An item of the participants node (§4.7.3). */
export function buildParticipant(who: Who): XmlElement {
  return buildWho('participant', NS, who);
}

/** Reads one; bad-request for another element, and where nick or address is there twice. */
export function parseParticipant(participant: XmlElement): Who {
  checkName(participant, 'participant', NS);
  return parseWho(participant);
}

/** The `<mix/>` of a message: its sender (§7.1.6). */
export function buildMix(who: Who): XmlElement {
  return buildWho('mix', NS, who);
}

/** Reads one; bad-request for another element, and where nick or address is there twice. */
export function parseMix(mix: XmlElement): Who {
  checkName(mix, 'mix', NS);
  return parseWho(mix);
}

/**
 * XEP-0191 Blocking Command 1.3 (2015-03-12): whom a user does not want to hear from.
 * Reads and writes the list, the two commands with their pushes, and the error that answers who writes to the blocked.
 * Does not know what an address stands for (host/blocklist.ts).
 * Always: addresses are text as it was given; the caller prepares them.
 * Before: stanza/error.ts. After: host/blocking.ts.
 */
import { checkName, requiredAttr } from '../../stanza/codec.ts';
import { buildError, refuse } from '../../stanza/error.ts';
import { child, childrenOf, el, type XmlElement } from '../../xml/element.ts';

export const NS = 'urn:xmpp:blocking';
export const NS_ERRORS = 'urn:xmpp:blocking:errors';

export interface BlockCommand {
  readonly verb: 'block' | 'unblock';
  /** None: unblock everybody. */
  readonly jids: readonly string[];
}

/** The question for the list (§3.2), or with addresses the answer to it. */
export function buildBlocklist(jids: readonly string[] = []): XmlElement {
  return el('blocklist', NS, {}, jids.map(buildItem));
}

/** Reads the list (§3.2). */
export function parseBlocklist(blocklist: XmlElement): string[] {
  checkName(blocklist, 'blocklist', NS);
  return jidsIn(blocklist);
}

/** A command, and the push that tells of it (§3.3 to §3.5). */
export function buildBlockCommand({ verb, jids }: BlockCommand): XmlElement {
  return el(verb, NS, {}, jids.map(buildItem));
}

/** Reads a command or a push. bad-request for a block of nobody (§3.3), and for an item without an address. */
export function parseBlockCommand(command: XmlElement): BlockCommand {
  const verb = command.name === 'unblock' ? 'unblock' : 'block';
  checkName(command, verb, NS);
  const jids = jidsIn(command);
  if (verb === 'block' && jids.length === 0) throw refuse('bad-request', 'there is nobody to block');
  return { verb, jids };
}

/** The error for whoever writes to somebody he has blocked himself (§3.3). */
export function buildBlockedError(): XmlElement {
  const text = 'you have blocked this address';
  const error = buildError(refuse('not-acceptable', text, { type: 'cancel' }));
  return { ...error, children: [...error.children, el('blocked', NS_ERRORS)] };
}

/** Does this stanza of type error say that its addressee is blocked? */
export function isBlockedError(stanza: XmlElement): boolean {
  const error = child(stanza, 'error');
  return error !== undefined && child(error, 'blocked', NS_ERRORS) !== undefined;
}

function buildItem(jid: string): XmlElement {
  return el('item', NS, { jid });
}

function jidsIn(parent: XmlElement): string[] {
  return childrenOf(parent, 'item').map((item) => requiredAttr(item, 'jid'));
}

/**
 * What a judge has heard: the few facts of a stanza that the acts look at, alike for all libraries.
 * Owns their reading from a tree; stanza gives the same facts from its JSON (stanza.mjs).
 * Does not decide whether they are right (the acts do).
 * Always: what is not there is undefined.
 * Before: element.mjs. After: judge.mjs.
 */
import { below, child, elements, text } from './element.mjs';

const MIX = 'urn:xmpp:mix:core:1';
const CARBONS = 'urn:xmpp:carbons:2';
const EVENT = 'http://jabber.org/protocol/pubsub#event';
/** What a client says it knows and wants to hear of, when it is asked (XEP-0030, XEP-0163 §4.2). */
export const FEATURES = [
  'http://jabber.org/protocol/disco#info',
  'urn:xmpp:mix:core:1',
  'urn:xmpp:avatar:metadata+notify',
];
export const NS_INFO = 'http://jabber.org/protocol/disco#info';

const STANZAS = 'urn:ietf:params:xml:ns:xmpp-stanzas';

/** A stanza refused by the server: what every library tells in its own way. */
export class Refused extends Error {
  constructor(condition, type, received) {
    super(`${condition}/${type}`);
    this.received = received;
  }
}

/** `condition/type` of an error. */
export function conditionOf(stanza) {
  const error = child(stanza, 'error');
  const condition = elements(error).find(({ name, ns }) => ns === STANZAS && name !== 'text');
  return condition && `${condition.name}/${error.attrs.type}`;
}

/** What a message, presence or request says. */
export function heard(stanza) {
  const { name: kind, attrs } = stanza;
  const mix = child(stanza, 'mix', MIX);
  const carbon = elements(stanza).find(({ ns }) => ns === CARBONS);
  const [inner] = below(carbon, 'message');
  const items = child(child(stanza, 'event', EVENT), 'items');
  return {
    kind,
    from: attrs.from,
    type: attrs.type,
    id: attrs.id,
    body: text(child(stanza, 'body')),
    show: text(child(stanza, 'show')),
    nick: mix && text(child(mix, 'nick')),
    shownJid: mix && text(child(mix, 'jid')),
    isDelayed: child(stanza, 'delay') !== undefined,
    copy: carbon && { way: carbon.name, from: inner?.attrs.from, body: text(child(inner, 'body')) },
    node: items?.attrs.node,
    error: attrs.type === 'error' ? conditionOf(stanza) : undefined,
    query: elements(stanza)[0]?.ns,
    pushed: kind === 'iq' ? below(stanza, 'item').map((item) => item.attrs.jid) : undefined,
  };
}

/** A row of an archive page. */
export function archived(stanza) {
  const result = child(stanza, 'result', 'urn:xmpp:mam:2');
  const [message] = below(result, 'message');
  return (
    result && {
      query: result.attrs.queryid,
      id: result.attrs.id,
      from: message?.attrs.from,
      body: text(child(message, 'body')),
      hasDelay: below(result, 'delay').length > 0,
    }
  );
}

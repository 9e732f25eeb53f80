/**
 * XEP-0405 MIX-PAM 0.5.3 §2.1, XEP-0163 §4.2, XEP-0030, XEP-0115: does a client know channels, and what does it want?
 * Asks each available client for its features, lets it have channel traffic when it names core:1, and notes the nodes
 * whose events it asks for.
 * Does not keep what caps say beyond the session: a client is asked again when its caps change.
 * Always: until a client has answered, channel traffic for it waits, within a limit; a client that does not answer in
 * time is taken for one that does not know channels, until it does answer (PAM-03, PAM-04).
 * Before: host/pam-port.ts. After: host/presence.ts.
 */
import { randomBytes } from 'node:crypto';
import { buildInfoQuery, NS_INFO, parseInfo } from '../xep/0030-disco/wire.ts';
import { interestsIn } from '../xep/0163-pep/wire.ts';
import { NS as NS_CORE } from '../xep/0369-core/wire.ts';
import { child, type XmlElement } from '../xml/element.ts';
import { utf8Length } from '../xml/write.ts';
import type { Context } from './context.ts';
import { compose, type Envelope } from './envelope.ts';
import { askForPresence, hideFrom, memberships, showTo } from './pam-port.ts';
import { sendLastItems } from './pep/notify.ts';
import type { Session } from './session.ts';

const NS_CAPS = 'http://jabber.org/protocol/caps';

/** The client has sent presence: asks it, unless it has been asked about the same capabilities. */
export function askCapability(context: Context, session: Session, presence: XmlElement): void {
  const c = child(presence, 'c', NS_CAPS);
  const caps = c === undefined ? '' : `${c.attrs['node'] ?? ''}#${c.attrs['ver'] ?? ''}`;
  if (session.capabilityQuery?.caps === caps) return;
  const id = randomBytes(9).toString('base64url');
  session.capabilityQuery = { id, caps };
  session.send(compose('iq', session.bare, session.jid, { type: 'get', id }, [buildInfoQuery()]).stanza);
  waitForAnswer(context, session, true);
}

/** The time of a client that has lost its connection does not count. */
function waitForAnswer(context: Context, session: Session, wasConnected: boolean): void {
  const look = () => {
    const isOver = context.sessions.get(session.account, session.resource) !== session;
    if (session.mix !== 'unknown' || isOver) return;
    if (wasConnected && session.isConnected) settle(context, session, 'no');
    else waitForAnswer(context, session, session.isConnected);
  };
  setTimeout(() => context.lane.post(look), context.limits.capabilityMs).unref();
}

/** Is this a client's answer? */
export function takeCapability(context: Context, { stanza, from, to }: Envelope): boolean {
  const session = context.sessions.get(from.local ?? '', from.resource ?? '');
  if (session === undefined || from.domain !== context.domain || from.local !== to.local) return false;
  if (session.capabilityQuery === undefined || session.capabilityQuery.id !== stanza.attrs['id'])
    return false;
  const features = featuresIn(stanza);
  settle(context, session, features.includes(NS_CORE) ? 'yes' : 'no');
  noteInterests(context, session, features);
  return true;
}

function settle(context: Context, session: Session, mix: 'yes' | 'no'): void {
  const before = session.mix;
  if (before === mix) return;
  session.mix = mix;
  const held = session.held;
  session.held = [];
  if (session.presence === undefined) return;
  if (mix === 'no') {
    for (const channel of [...session.announced]) hideFrom(context, session, channel);
    return;
  }
  enterChannels(context, session);
  for (const stanza of held) session.send(stanza);
}

/** A client that knows channels has come online: shows it to them, and asks for the presence of the others. */
export function enterChannels(context: Context, session: Session): void {
  for (const { channel, shares, wantsPresence } of memberships(context, session.account)) {
    if (shares) showTo(context, session, channel);
    if (wantsPresence) askForPresence(context, session, channel);
  }
}

/** It gets the last items of the nodes that it had not asked for before. */
function noteInterests(context: Context, session: Session, features: readonly string[]): void {
  const before = session.interests;
  const { pepInterestsPerSessionMax, pepNodeNameBytesMax } = context.limits;
  const possible = interestsIn(features).filter((node) => utf8Length(node) <= pepNodeNameBytesMax);
  session.interests = new Set(possible.slice(0, pepInterestsPerSessionMax));
  if (session.presence === undefined) return;
  sendLastItems(context, session, new Set([...session.interests].filter((node) => !before.has(node))));
}

function featuresIn(answer: XmlElement): readonly string[] {
  const query = child(answer, 'query', NS_INFO);
  if (answer.attrs['type'] !== 'result' || query === undefined) return [];
  try {
    return parseInfo(query).features;
  } catch {
    return [];
  }
}

/**
 * XEP-0407 MIX-MISC 0.1.2 §4, XEP-0424 0.4.2 and XEP-0425 0.3.0: taking messages back, at the service.
 * Reads the three forms of the request, calls the rule, and writes what is left of the message.
 * Does not decide who may (channel/retract.ts).
 * Always: the tombstone names people by the channel's addresses only (D-47); it keeps id, author and time (MAM-37).
 * Before: xep/0369-core/messages.ts, service/router.ts. After: channel/retract.ts.
 */
import { announce, post } from '../../channel/post.ts';
import { bury, checkModeration, checkRetraction } from '../../channel/retract.ts';
import type { Turn } from '../../channel/turn.ts';
import { channelJid, senderJid } from '../../jid/public-jid.ts';
import { refuse } from '../../refusal.ts';
import type { ArchivedMessage } from '../../storage/facts.ts';
import { NS_CLIENT } from '../../stanza/stanza.ts';
import { isNamed, type XmlElement } from '../../xml/element.ts';
import { parseFragment } from '../../xml/reader.ts';
import { toFragment } from '../../xml/write.ts';
import { buildRetract, buildRetracted, NS as RETRACT, parseRetract } from '../0424-retract/wire.ts';
import { buildModerated, NS as MODERATE, parseModerate } from '../0425-moderate/wire.ts';
import type { ChannelAddress, Env, Inbound, IqHandler, Look, Reply, Request, Seen } from '../extension.ts';
import * as misc from './wire.ts';

/** The retraction in a message, if it is one. */
export function retractionIn(children: readonly XmlElement[]): XmlElement | undefined {
  return children.find((child) => child.name === 'retract' && (child.ns === misc.NS || child.ns === RETRACT));
}

function idOf(retract: XmlElement): string {
  return retract.ns === misc.NS ? misc.parseRetract(retract) : parseRetract(retract);
}

/** Fetches the message that is to be retracted. @throws bad-request where none is named. */
export function lookForRetracted(retract: XmlElement, env: Env): Look {
  return lookForMessage(idOf(retract), env);
}

function lookForMessage(id: string, { store }: Env): Look {
  return async ({ name }) => ({ message: await store.message(name, id) });
}

/** Retracts by a message. `children` are the cleaned ones; the request is reflected with them. */
export function retractByMessage(
  message: Inbound<ChannelAddress>,
  children: readonly XmlElement[],
  retract: XmlElement,
  turn: Turn,
  { settings }: Env,
  { message: original }: Seen,
): void {
  const isMisc = retract.ns === misc.NS;
  if (isMisc && children.some((child) => isNamed(child, 'body', NS_CLIENT)))
    throw refuse('bad-request', 'A retraction of this kind has no body.');
  checkRetraction(turn, message.from, original, settings.limits.retractionMs);
  requireUnretracted(original);
  const id = idOf(retract);
  // Rebuilt, since only the channel may say that a moderator did it (EXT-04).
  const clean = isMisc ? misc.buildRetract(id) : buildRetract(id);
  const payload = toFragment(
    children.map((child) => (retractionIn([child]) === undefined ? child : clean)),
  ).xml;
  const posted = post(turn, message.from, { payload, originalId: message.id, isKept: true });
  const by = addressOf(turn, posted.sender);
  const tombstone = [misc.buildRetracted({ by, at: posted.at })];
  if (!isMisc) tombstone.push(buildRetracted({ id: posted.id, at: posted.at }));
  bury(turn, id, toFragment(tombstone).xml);
}

/** XEP-0425: an administrator retracts anybody's message by an iq. */
export const moderation: IqHandler = {
  on: 'channel',
  types: ['set'],
  ns: MODERATE,
  name: 'moderate',
  look: ({ payload }, env) => lookForMessage(parseModerate(payload).id, env),
  run: moderate,
};

function moderate(
  request: Request<ChannelAddress>,
  turn: Turn,
  _env: Env,
  { message: original }: Seen,
): Reply {
  const { id, reason } = parseModerate(request.payload);
  checkModeration(turn, request.from, original);
  requireUnretracted(original);
  const moderator = turn.channel.participant(request.from)?.id;
  const by = addressOf(turn, moderator);
  const moderated = buildModerated(by, moderator, reason);
  const posted = announce(turn, toFragment([buildRetract(id, moderated)]).xml);
  const stamp = { id: posted.id, at: posted.at };
  const tombstone = [misc.buildRetracted({ by, at: posted.at }), buildRetracted(stamp, moderated)];
  bury(turn, id, toFragment(tombstone).xml);
  return {};
}

/** D-47: the address that recipients know, or the channel's for somebody who takes no part. */
function addressOf({ channel, domain }: Turn, id: ArchivedMessage['sender']): string {
  return id === undefined ? channelJid(channel.name, domain) : senderJid(channel.name, domain, id);
}

function requireUnretracted(original: ArchivedMessage | undefined): void {
  if (original !== undefined && misc.isRetracted(parseFragment(original.payload)))
    throw refuse('item-not-found', 'This message was taken back already.');
}

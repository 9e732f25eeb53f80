/**
 * XEP-0425 Moderated Message Retraction 0.3.0 (2023-07-14): taking somebody else's message back.
 * Reads the request, and writes what tells that a moderator did it.
 * Does not decide who may (channel/retract.ts).
 * Always: the moderator is named by an address of the channel's and an id of the channel's (D-47).
 * Before: xep/0424-retract/wire.ts. After: xep/0407-misc/retraction.ts.
 */
import { checkName, optionalChild, requiredAttr, requiredChild } from '../../stanza/codec.ts';
import { el, text, type XmlElement } from '../../xml/element.ts';
import { NS as NS_RETRACT } from '../0424-retract/wire.ts';

export const NS = 'urn:xmpp:message-moderate:1';
const NS_OCCUPANT = 'urn:xmpp:occupant-id:0';

export interface Moderation {
  /** The stanza-id of the message. */
  readonly id: string;
  readonly reason: string | undefined;
}

/** @throws bad-request where no message is named or something else than a retraction is asked for. */
export function parseModerate(moderate: XmlElement): Moderation {
  checkName(moderate, 'moderate', NS);
  requiredChild(moderate, 'retract', NS_RETRACT);
  const reason = optionalChild(moderate, 'reason');
  return { id: requiredAttr(moderate, 'id'), reason: reason && text(reason) };
}

export function buildModerate({ id, reason }: Moderation): XmlElement {
  return el('moderate', NS, { id }, [el('retract', NS_RETRACT), buildReason(reason, NS)]);
}

/** Who did it, and why, as children of `<retract/>` or `<retracted/>`. */
export function buildModerated(
  by: string,
  occupant: string | undefined,
  reason: string | undefined,
): XmlElement[] {
  const who = occupant === undefined ? undefined : el('occupant-id', NS_OCCUPANT, { id: occupant });
  const why = buildReason(reason, NS_RETRACT);
  return [el('moderated', NS, { by }, [who]), ...(why === undefined ? [] : [why])];
}

function buildReason(reason: string | undefined, ns: string): XmlElement | undefined {
  return reason === undefined || reason === '' ? undefined : el('reason', ns, {}, [reason]);
}

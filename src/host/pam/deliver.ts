/**
 * XEP-0405 MIX-PAM 0.5.3 §2.2, §2.9.2, §2.11 (2022-07-15): what channels send to their participants.
 * Decides what becomes of a stanza for an account's bare JID that comes from a channel or from one of its participants.
 * Does not know which clients there are (the server behind port.ts does), nor handle private messages: those are
 * ordinary chats with an encoded JID (D-80).
 * Always: only joined channels reach the account this way; each message is stored once, client online or not; no error
 * goes back for a message of a joined channel.
 * Before: host/pam/leave.ts. After: host/messages.ts, host/presence.ts.
 */
import { formatJid, type Jid } from '../../jid/jid.ts';
import { NS_EVENT, parseEvent } from '../../xep/0060-pubsub/wire.ts';
import { NODE_NAMES } from '../../xep/0369-core/wire.ts';
import { child, type XmlElement } from '../../xml/element.ts';
import type { PamPort } from './port.ts';
import { noteLeft } from './roster.ts';

/** 'done': nothing is left to do. 'ordinary': this is not for participants, and the server's own rules hold. */
export type Verdict = 'done' | 'ordinary';

/** The channel that an address belongs to: itself, or the part behind the first '#' of an encoded JID (D-21). */
export function channelOf(sender: Jid): string | undefined {
  if (sender.local === undefined) return undefined;
  const local = sender.local.slice(sender.local.indexOf('#') + 1);
  return local === '' ? undefined : formatJid({ local, domain: sender.domain, resource: undefined });
}

export function isEncoded(sender: Jid): boolean {
  return sender.local?.includes('#') ?? false;
}

/** A message to the account. */
export function channelMessage(port: PamPort, account: string, sender: Jid, message: XmlElement): Verdict {
  const channel = channelOf(sender);
  if (channel === undefined || isEncoded(sender)) return 'ordinary';
  if (port.membership(account, channel) === undefined) return 'ordinary';
  if (message.attrs['type'] === 'groupchat') {
    port.deliver(account, port.store(account, channel, message));
    return 'done';
  }
  if (message.attrs['type'] === 'error' || child(message, 'event', NS_EVENT) === undefined) return 'ordinary';
  port.deliver(account, message);
  if (sender.resource === undefined && saysWeAreOut(port, account, channel, message))
    noteLeft(port, account, channel);
  return 'done';
}

/** Presence to the account, of any type. */
export function channelPresence(port: PamPort, account: string, sender: Jid, presence: XmlElement): Verdict {
  const channel = channelOf(sender);
  if (channel === undefined) return 'ordinary';
  const membership = port.membership(account, channel);
  // PAM-46: nobody but joined channels may use addresses of this form.
  if (membership === undefined) return isEncoded(sender) ? 'done' : 'ordinary';
  const { type } = presence.attrs;
  if (type === undefined || type === 'unavailable') port.deliver(account, presence);
  else if (type === 'probe' && membership.shares) port.show(account, channel);
  // Anything else would reach the user as a question about a subscription that is not theirs to make (PAM-20).
  return 'done';
}

/** D-78: our own participant is retracted, or all participants are gone. */
function saysWeAreOut(port: PamPort, account: string, channel: string, message: XmlElement): boolean {
  const event = readEvent(message);
  if (event === undefined || event.node !== NODE_NAMES.participants) return false;
  if (event.kind === 'deleted') return true;
  const id = port.membership(account, channel)?.participantId;
  return id !== undefined && event.retracted.includes(id);
}

function readEvent(message: XmlElement): ReturnType<typeof parseEvent> {
  try {
    return parseEvent(message);
  } catch {
    return undefined;
  }
}

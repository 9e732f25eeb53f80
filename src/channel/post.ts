/**
 * XEP-0369 MIX-CORE 0.14.6 §7.1.6: a message to everybody.
 * Decides who may speak, and makes of the message what the archive keeps and the subscribers get.
 * Does not clean the payload (xep/0369-core/hygiene.ts) nor render it (xep/0369-core/render.ts).
 * Always: the message holds the sender's id, never an address; its position is its place at every recipient.
 * Before: channel/access.ts. After: channel/visibility.ts.
 */
import type { RealJid } from '../jid/real-jid.ts';
import type { ArchivedMessage } from '../storage/facts.ts';
import { requireParticipant } from './access.ts';
import { newArchiveId } from './ids.ts';
import type { Turn } from './turn.ts';
import { isParticipantShown } from './visibility.ts';

export interface Post {
  /** The cleaned children, as XML. */
  readonly payload: string;
  /** The id that the sender's client gave. */
  readonly originalId: string | undefined;
  /** Is it worth keeping? Chat states are not (MAM-36). */
  readonly isKept: boolean;
}

/** Puts a message before all subscribers of the messages node. @throws forbidden for those who take no part. */
export function post(turn: Turn, sender: RealJid, { payload, originalId, isKept }: Post): ArchivedMessage {
  const { channel } = turn;
  const participant = requireParticipant(channel, sender);
  const shown = isParticipantShown(channel, participant.id);
  const message: ArchivedMessage = {
    ...stamped(turn),
    sender: participant.id,
    nick: participant.nick,
    shown: shown && channel.config?.mode === 'jid-visible',
    payload,
    originalId,
  };
  if (isKept) turn.record({ fact: 'posted', message });
  const echo = channel.occupants.get(sender)?.anonymous;
  const kind = isKept ? 'message' : 'live';
  turn.notify('messages', { kind, message, shown, ...(echo === undefined ? {} : { echo }) });
  return message;
}

/** The channel itself says something, to be kept (D-47). */
export function announce(turn: Turn, payload: string): ArchivedMessage {
  const stamp = stamped(turn);
  const nobody = { sender: undefined, nick: undefined, shown: false, originalId: undefined };
  const message: ArchivedMessage = { ...stamp, ...nobody, payload };
  turn.record({ fact: 'posted', message });
  turn.notify('messages', { kind: 'message', message, shown: false });
  return message;
}

function stamped(turn: Turn): Pick<ArchivedMessage, 'id' | 'position' | 'at'> {
  const id = newArchiveId(turn.random);
  return { id, position: turn.version, at: Math.max(turn.now, turn.channel.lastAt) };
}

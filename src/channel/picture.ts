/**
 * XEP-0084 User Avatar 1.1.4 on a channel (XEP-0407 MIX-MISC 0.1.2 §2).
 * Decides who may give the channel a picture.
 * Does not look at it (xep/0084-avatar/service.ts).
 * Always: one item per node; the old one goes when a new one comes.
 * Before: channel/access.ts. After: xep/0084-avatar/service.ts.
 */
import type { RealJid } from '../jid/real-jid.ts';
import { refuse } from '../refusal.ts';
import type { Picture } from '../storage/facts.ts';
import { configOf, isIn, requireParticipant, isOwner } from './access.ts';
import type { Turn } from './turn.ts';

/** @throws forbidden for those who may not. */
export function publishPicture(turn: Turn, asker: RealJid, picture: Picture): void {
  const { channel } = turn;
  if (!isIn(channel, configOf(channel).avatarUpdate, asker)) {
    if (!isOwner(channel, asker)) requireParticipant(channel, asker);
    throw refuse('forbidden', 'You may not change the picture of the channel.');
  }
  turn.record({ fact: 'pictured', picture });
  const { node, itemId, payload } = picture;
  const shown = node === 'avatar-metadata' ? { payload } : {};
  turn.notify(node, { kind: 'picture', node, itemId, ...shown });
  if (node === 'avatar-metadata') turn.announce({ kind: 'room-changed', privacy: undefined });
}

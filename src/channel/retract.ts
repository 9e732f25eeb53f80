/**
 * XEP-0407 MIX-MISC 0.1.2 §4, XEP-0424 and XEP-0425: taking a message back.
 * Decides who may retract which message (D-46).
 * Does not find the message (the store does, before) nor write the tombstone's XML (xep/0407-misc/retraction.ts).
 * Always: authorship goes by the stable id, so that it outlives nicks, leaves and rejoins (D-20).
 * Before: channel/access.ts. After: channel/post.ts.
 */
import type { RealJid } from '../jid/real-jid.ts';
import { refuse } from '../refusal.ts';
import type { ArchivedMessage } from '../storage/facts.ts';
import { configOf, isIn, requireAdministrator, requireParticipant } from './access.ts';
import type { Turn } from './turn.ts';

/**
 * May this participant retract this message? `original` is undefined where the archive has none of that id; after
 * `windowMs` it is too late, where that is not 0.
 * @throws item-not-found for no message; not-allowed where the channel has it switched off, and for what is too late;
 * forbidden for others'.
 */
export function checkRetraction(
  turn: Turn,
  asker: RealJid,
  original: ArchivedMessage | undefined,
  windowMs: number,
): void {
  const { channel } = turn;
  const { id } = requireParticipant(channel, asker);
  if (original === undefined) throw noMessage();
  const { userRetraction, administratorRetraction } = configOf(channel);
  const mayModerate = administratorRetraction !== 'nobody' && isIn(channel, administratorRetraction, asker);
  if (original.sender !== id) checkModeration(turn, asker, original);
  else if (!userRetraction && !mayModerate)
    throw refuse('not-allowed', 'This channel lets nobody take messages back.');
  if (windowMs > 0 && turn.now - original.at > windowMs)
    throw refuse('not-allowed', 'It is too late to take this message back.');
}

/** May the asker, participant or not, retract anybody's message? @throws as above. */
export function checkModeration(turn: Turn, asker: RealJid, original: ArchivedMessage | undefined): void {
  const { channel } = turn;
  const { administratorRetraction } = configOf(channel);
  if (channel.participant(asker) === undefined) requireAdministrator(channel, asker);
  if (administratorRetraction === 'nobody')
    throw refuse('not-allowed', "This channel lets nobody take others' messages back.");
  if (!isIn(channel, administratorRetraction, asker))
    throw refuse('forbidden', "You may not take others' messages back.");
  if (original === undefined) throw noMessage();
}

function noMessage(): Error {
  return refuse('item-not-found', 'There is no such message.');
}

/** The message is no more: its tombstone stands in its place. */
export function bury(turn: Turn, id: string, tombstone: string): void {
  turn.record({ fact: 'retracted', id, payload: tombstone });
}

/**
 * A message as it is shown, after all that was said of it later.
 * Makes the value of a list out of an item and its effects.
 * Does not keep either (live-timeline.ts, live-effects.ts).
 * Always: only the author corrects; a retraction by somebody else counts where the channel vouches for it; what was
 * taken back leaves nothing but that; where addresses are hidden, none is shown, whatever an older message held.
 * Before: client/live-effects.ts. After: client/live-timeline.ts.
 */
import { mentionsOf } from '../xep/0372-references/client.ts';
import { participantIdIn } from '../xep/0369-core/addresses.ts';
import type { Participant } from '../xep/0369-core/client-message.ts';
import { tombstoneOf } from '../xep/0424-retract/client.ts';
import { moderationOf } from '../xep/0425-moderate/client.ts';
import { replyOf, textOf } from '../xep/0461-replies/client.ts';
import type { LiveMessage } from './live.ts';
import type { Effect } from './live-effects.ts';
import type { Item } from './live-item.ts';

/** What a view needs to know beside the item and its effects. */
export interface Surroundings {
  isOwn(author: string): boolean;
  /** Does the channel check who may take back what? */
  readonly vouches: boolean;
  /** Does the channel hide addresses now? */
  readonly hides: boolean;
  displayedBy(ref: string): readonly string[];
  /** Why an own message did not arrive, though the server had taken it. */
  failure(ref: string): Error | undefined;
  /** What a correction that is being sent changes already. */
  overlay(ref: string): Overlay | undefined;
}

/** The state of what is being sent. */
export type Sending = Pick<LiveMessage, 'state' | 'error' | 'retry' | 'discard'>;

export interface Overlay {
  readonly body: string | undefined;
  readonly sending: Sending;
}

const NO_REACTIONS: LiveMessage['reactions'] = new Map();

export function viewOf(
  key: string,
  item: Item,
  effect: Effect | undefined,
  around: Surroundings,
): LiveMessage {
  const base = {
    key,
    id: item.ref,
    ...(item.originId === undefined ? {} : { originId: item.originId }),
    at: item.at,
    sender: around.hides ? masked(item.sender) : item.sender,
    isOwn: around.isOwn(item.author),
    displayedBy: around.displayedBy(item.ref),
  };
  const retracted = retractionIn(item, effect, around);
  if (retracted !== undefined) return { ...base, ...EMPTY, retracted };
  const correction = effect?.corrections.get(item.author)?.item;
  const content = correction ?? item;
  const overlay = around.overlay(item.ref);
  const body = overlay === undefined ? textOf(content) : overlay.body;
  const replyTo = replyOf(item);
  return {
    ...base,
    ...(body === undefined ? {} : { body }),
    ...(overlay?.sending ?? sentOrNot(around.failure(item.ref))),
    corrected: correction !== undefined || overlay !== undefined,
    ...(replyTo === undefined ? {} : { replyTo }),
    reactions: reactionsIn(effect),
    mentions: overlay === undefined ? mentionsOf(content) : [],
    payloads: content.payloads,
  };
}

function masked({ id, nick }: Participant): Participant {
  return { id, ...(nick === undefined ? {} : { nick }) };
}

function sentOrNot(error: Error | undefined): Sending {
  return error === undefined ? { state: 'sent' } : { state: 'failed', error };
}

/** What is left of a message that was taken back. */
const EMPTY = {
  state: 'sent',
  corrected: false,
  reactions: NO_REACTIONS,
  mentions: [],
  payloads: [],
} as const;

function retractionIn(
  item: Item,
  effect: Effect | undefined,
  { vouches }: Surroundings,
): LiveMessage['retracted'] | undefined {
  const tombstone = tombstoneOf(item);
  if (tombstone !== undefined) {
    const by = tombstone.by === undefined ? undefined : participantIdIn(tombstone.by, item.channel);
    const moderated = moderationOf(item);
    const isAuthor = moderated === undefined && (tombstone.by === undefined || by === item.author);
    return retraction(isAuthor, moderated?.reason);
  }
  if (effect?.retractions.has(item.author) === true) return retraction(true, undefined);
  for (const [author, { reason }] of effect?.retractions ?? [])
    // The channel speaks under no id; a moderator may speak as a participant.
    if (author === '' || vouches) return retraction(false, reason);
  return undefined;
}

function retraction(isAuthor: boolean, reason: string | undefined): LiveMessage['retracted'] & object {
  return { by: isAuthor ? 'author' : 'moderator', ...(reason === undefined ? {} : { reason }) };
}

function reactionsIn(effect: Effect | undefined): LiveMessage['reactions'] {
  if (effect === undefined || effect.reactions.size === 0) return NO_REACTIONS;
  const found = new Map<string, string[]>();
  const inOrder = [...effect.reactions.values()].sort((a, b) => a.order - b.order);
  for (const { item, emojis } of inOrder)
    for (const emoji of emojis) {
      const who = found.get(emoji);
      if (who === undefined) found.set(emoji, [item.sender.id]);
      else who.push(item.sender.id);
    }
  return found;
}

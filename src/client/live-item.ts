/**
 * What comes in a conversation, be it of a channel or private, live or out of an archive.
 * Owns the one form in which the files beside it handle it, and says what an item means for others.
 * Does not apply it (live-effects.ts, live-timeline.ts).
 * Always: `ref` is the id by which other messages speak of this one.
 * Before: xep/0369-core/client-message.ts, xep/0404-anon/client-private.ts. After: client/live-effects.ts.
 */
import { chatStateOf } from '../xep/0085-states/client.ts';
import { correctionOf } from '../xep/0308-correct/client.ts';
import { markerOf } from '../xep/0333-markers/client.ts';
import type { ChannelMessage, Participant } from '../xep/0369-core/client-message.ts';
import type { PrivateMessage } from '../xep/0404-anon/client.ts';
import { retractionOf, tombstoneOf } from '../xep/0424-retract/client.ts';
import { moderationOf } from '../xep/0425-moderate/client.ts';
import { encryptionIn } from '../xep/0380-eme/wire.ts';
import { reactionsOf } from '../xep/0444-reactions/client.ts';
import type { XmlElement } from '../xml/element.ts';

/** The author of what this user writes in a private conversation, where the own participant id does not show. */
export const OWN = '\0own';

export interface Item {
  /** The id in the archive that is walked; undefined for what is not there, or not known to be. */
  readonly archiveId: string | undefined;
  readonly ref: string;
  readonly originId: string | undefined;
  readonly at: number;
  readonly sender: Participant;
  /** Who wrote it, for comparing: the participant id, or OWN. */
  readonly author: string;
  readonly channel: string;
  readonly body?: string;
  readonly payloads: readonly XmlElement[];
}

/** What an item is, for a list of messages. */
export type Meaning =
  | { readonly is: 'message' }
  | { readonly is: 'correction'; readonly target: string }
  | { readonly is: 'retraction'; readonly target: string; readonly reason: string | undefined }
  | { readonly is: 'reactions'; readonly target: string; readonly emojis: readonly string[] }
  | { readonly is: 'nothing' };

/** What has no body and is yet something to look at. */
const SHOWN_WITHOUT_BODY: readonly string[] = [
  'urn:xmpp:forward:0',
  'urn:xmpp:sfs:0',
  'urn:xmpp:stickers:0',
  'jabber:x:oob',
];

export function meaningOf(item: Item): Meaning {
  const retracted = retractionOf(item);
  if (retracted !== undefined)
    return { is: 'retraction', target: retracted, reason: moderationOf(item)?.reason };
  const reactions = reactionsOf(item);
  if (reactions !== undefined) return { is: 'reactions', target: reactions.id, emojis: reactions.emojis };
  const corrected = correctionOf(item);
  if (corrected !== undefined) return { is: 'correction', target: corrected };
  const isShown =
    item.body !== undefined ||
    tombstoneOf(item) !== undefined ||
    encryptionIn(item.payloads) !== undefined ||
    item.payloads.some(({ ns }) => SHOWN_WITHOUT_BODY.includes(ns));
  return { is: isShown ? 'message' : 'nothing' };
}

/** Is somebody typing, or not any more? undefined: it does not say. */
export function typingIn(item: Item): boolean | undefined {
  const state = chatStateOf(item);
  if (state !== undefined) return state === 'composing';
  return item.body === undefined ? undefined : false;
}

/** Up to which message its author has read. */
export function displayedIn(item: Item): string | undefined {
  return markerOf(item);
}

export function itemOfChannel(message: ChannelMessage): Item {
  const { id, isArchived, originId, at, sender, channel, body, payloads } = message;
  return {
    archiveId: isArchived ? id : undefined,
    ref: id,
    originId,
    at,
    sender,
    author: sender.id,
    channel,
    ...(body === undefined ? {} : { body }),
    payloads,
  };
}

export function itemOfPrivate(message: PrivateMessage, selfId: string): Item {
  const { archiveId, id, isOwn, at, channel, participantId, body, payloads } = message;
  return {
    archiveId,
    ref: id,
    originId: id,
    at,
    sender: { id: isOwn ? selfId : participantId },
    author: isOwn ? OWN : participantId,
    channel,
    ...(body === undefined ? {} : { body }),
    payloads,
  };
}

/**
 * A conversation as a user interface holds on to it.
 * Owns the shapes of live messages, participants, channels and private conversations.
 * Does not keep one up to date (live-channel.ts, live-private.ts).
 * Always: a value that was given out never changes; what changed is a new value. Two things are not values but live
 * themselves: the conversation, and its map of participants.
 * Before: client/client.ts. After: client/live-channel.ts, client/live-private.ts.
 */
import type { Mode } from '../mix.ts';
import type { Mention, Outgoing, Participant, ShownInfo } from '../xep/0369-core/client.ts';
import type { Show } from '../xep/0403-presence/client.ts';
import type { ReplyTo } from '../xep/0461-replies/client.ts';
import type { XmlElement } from '../xml/element.ts';
import type { Stop } from './client.ts';

/** A message in a list of messages. */
export interface LiveMessage {
  /** Stays the same while the message is in the list: for what draws lists. */
  readonly key: string;
  /** The id by which everybody speaks of the message: corrections, replies, reactions. Undefined while it is being sent to a channel. */
  readonly id?: string;
  readonly originId?: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly sender: Participant;
  readonly isOwn: boolean;
  /** Without what quotes the answered message for older clients; the corrected text, where it was corrected. */
  readonly body?: string;
  readonly state: 'sending' | 'sent' | 'failed';
  /** Why it failed. */
  readonly error?: Error;
  /** Sends it again, after a look into the archive where it may have been sent nevertheless. */
  readonly retry?: () => void;
  /** Takes it off the list for good, as long as it was not sent. */
  readonly discard?: () => void;
  readonly corrected: boolean;
  /** It was taken back: there is neither body nor payload. */
  readonly retracted?: { readonly by: 'author' | 'moderator'; readonly reason?: string };
  readonly replyTo?: ReplyTo;
  /** By emoji, in the order in which they came first: the ids of those who feel so. */
  readonly reactions: ReadonlyMap<string, readonly string[]>;
  readonly mentions: readonly Mention[];
  /** The ids of those who have read up to here and not further, as far as they tell. */
  readonly displayedBy: readonly string[];
  readonly payloads: readonly XmlElement[];
}

/** Somebody in a channel. */
export interface LiveParticipant extends Participant {
  /** How the most open of the participant's clients is; undefined where the channel has no presence or tells none. */
  readonly presence?: Show | 'offline';
  readonly status?: string;
}

export type LiveChange =
  'messages' | 'participants' | 'info' | 'typing' | 'self' | 'loading' | 'displayed' | 'problem' | 'ended';

/** Why a conversation is over. */
export interface LiveEnd {
  readonly reason:
    | 'left'
    | 'removed'
    | 'banned'
    /** The channel has a new mode that the user's preference does not admit (XEP-0404 §3.1). */
    | 'mode-changed'
    | 'destroyed';
  /** The new mode, where that is the reason. */
  readonly mode?: Mode;
}

/** What a channel and a private conversation have in common. */
export interface LiveConversation {
  readonly channel: string;
  /** From the oldest that is loaded to the newest, without gap and double; what is being sent comes last. */
  readonly messages: readonly LiveMessage[];
  /** The ids of the participants who are typing. */
  readonly typing: readonly string[];
  /** Is there, or may there be, more history to be loaded? */
  readonly hasOlder: boolean;
  readonly isLoading: boolean;
  /** Why history could not be fetched; it is tried again with the next stream, and by `loadOlder`. */
  readonly problem: Error | undefined;
  /** How far this user has read, with whatever client: a message's archive id. */
  readonly displayed: string | undefined;
  /** Set when there is nothing more to come. */
  readonly ended: LiveEnd | undefined;
  /**
   * Loads an older page. Calls during a load wait for it.
   * @throws as `queryArchive`
   */
  loadOlder(): Promise<void>;
  /**
   * Sends. The message is in the list at once; what becomes of it is told by its `state`.
   * @throws TypeError once the conversation has ended
   */
  send(outgoing: Outgoing): LiveMessage;
  /** Corrects an own message. */
  correct(id: string, body: string): LiveMessage;
  /** Takes an own message back. @throws as `sendMessage` */
  retract(id: string): Promise<void>;
  /** Says what the user feels about a message; none: nothing any more. @throws as `sendMessage` */
  react(id: string, emojis: readonly string[]): Promise<void>;
  /** Tells whether the user is typing; a repetition within some seconds is not sent. */
  setTyping(isTyping: boolean): void;
  /** The user has seen everything up to this message, or to the last one. Tells the user's other clients (XEP-0490). */
  markDisplayed(id?: string): void;
  /** Calls back after changes, once for all that happened in one turn of the event loop. */
  onChange(listener: (what: LiveChange) => void): Stop;
  /** Stops keeping it up to date. The user stays in the channel. */
  close(): void;
}

/** A channel. */
export interface LiveChannel extends LiveConversation {
  /** Who the user is there, as far as it is known. */
  readonly self: { readonly id?: string; readonly nick?: string };
  /** By id. The map itself lives: ask it again after a change. */
  readonly participants: ReadonlyMap<string, LiveParticipant>;
  /** What the channel says of itself; undefined until it is known. */
  readonly info: ShownInfo | undefined;
}

/**
 * A private conversation with one participant of a channel. Nobody reflects it, so what the user sends stands where it was
 * sent; when it is opened anew, in the order of the archive.
 */
export interface LivePrivate extends LiveConversation {
  /** The other one. */
  readonly participantId: string;
}

export interface LiveOptions {
  /** How many messages are fetched at once. Default 50. */
  readonly pageSize?: number;
  /** How many messages are held; the oldest make room, and can be loaded again. Default 10 000. */
  readonly messagesMax?: number;
  /** How long a message may take to come back before the archive is asked about it, in milliseconds. Default 20 000. */
  readonly confirmMs?: number;
  /** How long somebody counts as typing who says nothing more, in milliseconds. Default 30 000. */
  readonly typingMs?: number;
  /** Tell the others, too, how far the user has read (XEP-0333)? Default: no, since it shows reading habits. */
  readonly sendMarkers?: boolean;
}

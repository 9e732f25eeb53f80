/**
 * XEP-0369 MIX-CORE 0.14.6 and its family: what can become true of a channel, and who is told of it.
 * Owns the vocabulary between the rules (channel/) and the store: config, preferences, facts, notices.
 * Does not decide (channel/) nor keep (the stores) nor render (xep/).
 * Always: a fact is the whole of one change, so that applying the facts in order rebuilds the channel; neither
 * facts nor notices hold a rendered stanza with a real address in it: they hold ids, and RealJid as a type.
 * Before: jid/public-jid.ts. After: storage/store.ts.
 */
import type { AnonymousResource, ChannelName, ParticipantId } from '../jid/public-jid.ts';
import type { RealJid } from '../jid/real-jid.ts';
import type { ChannelInfo, ChannelOptions, Node, Preferences } from '../mix.ts';

export type { ChannelInfo, Group, Mode, Node, Preferences } from '../mix.ts';

/** XEP-0406 §2.4: the configuration node: its options, and those of them that name people or a time. */
export interface ChannelConfig extends ChannelOptions {
  readonly owners: readonly RealJid[];
  readonly administrators: readonly RealJid[];
  readonly lastChangeBy: RealJid;
  /** Milliseconds since 1970; undefined for a channel without an end. */
  readonly endOfLife: number | undefined;
}

/** One message of the archive: who sent it is an id, never an address (D-40). */
export interface ArchivedMessage {
  /** The archive id: random, also the id of the reflected message (D-38). */
  readonly id: string;
  /** The archive's order: the channel's version after the message (above the one before its turn). */
  readonly position: number;
  /** Undefined: the channel itself speaks, for an administrator who takes no part (D-47). */
  readonly sender: ParticipantId | undefined;
  readonly nick: string | undefined;
  /** Was the sender's address shown, in JID Visible mode, when it was sent (D-40)? */
  readonly shown: boolean;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The cleaned children of the message as XML, in the context of jabber:client. */
  readonly payload: string;
  /** The id that the sender's client gave (D-48); nobody else ever sees it. */
  readonly originalId: string | undefined;
}

/** XEP-0407 §6: somebody may join who otherwise might not (D-72). */
export interface Invitation {
  /** Opaque, and good for one join. */
  readonly token: string;
  /** Both bare addresses. */
  readonly inviter: RealJid;
  readonly invitee: RealJid;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** XEP-0084 on a channel (XEP-0407 §2): an item of one of the two avatar nodes. */
export interface Picture {
  readonly node: 'avatar-data' | 'avatar-metadata';
  readonly itemId: string;
  /** The item's payload as XML, self-contained. */
  readonly payload: string;
}

/** A client of a participant whose presence the channel shows, or to whom an answer must find its way (D-50). */
export interface Session {
  readonly id: ParticipantId;
  /** The client's full address. */
  readonly client: RealJid;
  readonly anonymous: AnonymousResource;
  /** False for a client that has an anonymous resource but shares no presence. */
  readonly available: boolean;
  /** The cleaned children of the presence as XML; empty when not available. */
  readonly payload: string;
  /** XEP-0045: the version in which the client entered as an occupant; undefined for one that is none. */
  readonly entered: number | undefined;
}

/** Why somebody is in the room no more. */
export type Exit = 'left' | 'lost' | 'kicked' | 'banned' | 'unfit';

/** What has become true. The names are said of the channel or of a participant. */
export type Fact =
  | {
      readonly fact: 'created';
      readonly at: number;
      /** Is it shown in service discovery? Ad hoc channels are not (XEP-0369 §7.3.3). */
      readonly listed: boolean;
      readonly config: ChannelConfig;
      readonly configId: string;
      readonly info: ChannelInfo;
      readonly infoId: string;
    }
  /** Gone for everybody, though its subscribers are still to be told. */
  | { readonly fact: 'destroyed' }
  /** Everybody was told: all rows go but the name, which stays reserved to its last owners (D-67). */
  | { readonly fact: 'erased' }
  | { readonly fact: 'configured'; readonly config: ChannelConfig; readonly configId: string }
  | { readonly fact: 'described'; readonly info: ChannelInfo; readonly infoId: string }
  /** A stable participant id was given; it is never taken back while the channel exists (D-20). */
  | { readonly fact: 'identified'; readonly id: ParticipantId; readonly jid: RealJid }
  | {
      readonly fact: 'joined';
      readonly id: ParticipantId;
      readonly nick: string | undefined;
      readonly preferences: Preferences;
      readonly at: number;
      /** D-84: here by XEP-0045 alone, for as long as one of its clients is an occupant. */
      readonly isSessionOnly: boolean;
    }
  /** With all its subscriptions and sessions, and the invitations that it made (D-72). */
  | { readonly fact: 'left'; readonly id: ParticipantId }
  | { readonly fact: 'renamed'; readonly id: ParticipantId; readonly nick: string }
  | { readonly fact: 'preferred'; readonly id: ParticipantId; readonly preferences: Preferences }
  /** A bare address, of a participant or of an outsider whom the config lets in. */
  | { readonly fact: 'subscribed'; readonly jid: RealJid; readonly node: Node }
  | { readonly fact: 'unsubscribed'; readonly jid: RealJid; readonly node: Node }
  /** A session is new or changed; it is known by its anonymous resource. */
  | { readonly fact: 'present'; readonly session: Session }
  | { readonly fact: 'absent'; readonly id: ParticipantId; readonly anonymous: AnonymousResource }
  /** XEP-0406 §3.3: an entry is a bare address or a domain. */
  | { readonly fact: 'admitted'; readonly list: 'allowed' | 'banned'; readonly jid: RealJid }
  | { readonly fact: 'dismissed'; readonly list: 'allowed' | 'banned'; readonly jid: RealJid }
  | { readonly fact: 'invited'; readonly invitation: Invitation }
  /** The invitation was used, or is no longer good; of no effect where there is none. */
  | { readonly fact: 'redeemed'; readonly token: string }
  /** The node has this one item from now on. */
  | { readonly fact: 'pictured'; readonly picture: Picture }
  | { readonly fact: 'posted'; readonly message: ArchivedMessage }
  /** A tombstone takes the place of a message in the archive, under the same id (D-47). */
  | { readonly fact: 'retracted'; readonly id: string; readonly payload: string }
  /** XEP-0313 §3.2: the oldest messages, tombstones included, are no more: those up to this position. */
  | { readonly fact: 'trimmed'; readonly through: number };

/**
 * Whom a notice is for: all subscribers of a node as of the notice's version, the occupants who were there before it,
 * or one address. What subscribers of the messages node are told, occupants are told as well.
 */
export type Audience = { readonly node: Node } | { readonly occupants: 'all' } | { readonly jid: RealJid };

/** What is to be told, in the rules' words; xep/ renders it when it is sent, so that today's rules apply. */
export type NoticeContent =
  /**
   * An archived message; `shown`: was the sender's address to be shown when it was sent, whatever the mode? `echo`: the
   * occupant's client that sent it, which knows it by the id that it gave itself. Told to one address, it is history.
   */
  | {
      readonly kind: 'message';
      readonly message: ArchivedMessage;
      readonly shown: boolean;
      readonly echo?: AnonymousResource;
    }
  /** A message that is not archived, such as a chat state. */
  | {
      readonly kind: 'live';
      readonly message: ArchivedMessage;
      readonly shown: boolean;
      readonly echo?: AnonymousResource;
    }
  | { readonly kind: 'participant'; readonly id: ParticipantId; readonly nick: string | undefined }
  | { readonly kind: 'participant-gone'; readonly id: ParticipantId }
  | { readonly kind: 'jidmap'; readonly id: ParticipantId }
  | { readonly kind: 'jidmap-gone'; readonly id: ParticipantId }
  | { readonly kind: 'info'; readonly infoId: string }
  | { readonly kind: 'config'; readonly configId: string }
  | { readonly kind: 'listed'; readonly list: 'allowed' | 'banned'; readonly jid: RealJid }
  | { readonly kind: 'unlisted'; readonly list: 'allowed' | 'banned'; readonly jid: RealJid }
  /** Metadata goes with its event (XEP-0084 §3.3); the picture itself is fetched by those who do not have it. */
  | {
      readonly kind: 'picture';
      readonly node: Picture['node'];
      readonly itemId: string;
      readonly payload?: string;
    }
  | { readonly kind: 'node-gone'; readonly node: Node }
  | {
      readonly kind: 'presence';
      readonly session: Session;
      readonly nick: string | undefined;
      /** Was the address shown when this was decided (D-51)? */
      readonly shown: boolean;
    }
  /** The presences of all that are there, for one subscriber. */
  | { readonly kind: 'presences' }
  /** A message to one person, without `to`: a private message, or a line to somebody who was removed. */
  | { readonly kind: 'private'; readonly xml: string }
  | OccupantContent;

/** XEP-0045 §10.9: what the owner says when a room ends: why, and where people may go instead. */
export interface Farewell {
  readonly reason?: string;
  readonly venue?: string;
}

/** What occupants are told (XEP-0045). */
export type OccupantContent =
  /** Somebody is in the room; by `session`, or by no client that may be shown. */
  | {
      readonly kind: 'occupant';
      readonly id: ParticipantId;
      readonly nick: string;
      readonly session: Session | undefined;
      readonly shown: boolean;
    }
  | {
      readonly kind: 'occupant-gone';
      readonly id: ParticipantId;
      readonly nick: string;
      readonly why: Exit;
      /** In the words of whoever did it. */
      readonly reason?: string;
    }
  /** The presence with the next nick follows. */
  | {
      readonly kind: 'occupant-renamed';
      readonly id: ParticipantId;
      readonly nick: string;
      readonly next: string;
    }
  /** For a client that enters: all that are there, and itself. History and subject follow. */
  | { readonly kind: 'entrance'; readonly isCreator: boolean; readonly isRenamed: boolean }
  | { readonly kind: 'subject' }
  /** The room is another than it was; `privacy`: addresses are shown from now on, or hidden. */
  | { readonly kind: 'room-changed'; readonly privacy: 'shown' | 'hidden' | undefined }
  | { readonly kind: 'room-gone'; readonly farewell: Farewell }
  /** A private message from `id` to an occupant's client, without `to`. */
  | { readonly kind: 'whisper'; readonly id: ParticipantId; readonly xml: string };

export type Notice = NoticeContent & { readonly audience: Audience };

/** Where a notice stands: unique, and the order in which a channel's notices go out. */
export interface NoticePlace {
  readonly channel: ChannelName;
  readonly version: number;
  readonly index: number;
}

/**
 * The store: what the service asks of a database.
 * Owns the one interface behind which memory, SQLite and (to come) PostgreSQL stand; its test body is contract.ts.
 * Does not decide anything; the versions it checks keep two writers from mixing.
 * Always: a commit is whole or not at all, and durable when its promise resolves; nothing else writes a channel.
 * Before: storage/facts.ts. After: storage/memory.ts.
 */
import type { ChannelName, ParticipantId } from '../jid/public-jid.ts';
import type { RealJid } from '../jid/real-jid.ts';
import type {
  ArchivedMessage,
  ChannelConfig,
  ChannelInfo,
  Fact,
  Group,
  Invitation,
  Mode,
  Node,
  Notice,
  NoticePlace,
  Picture,
  Preferences,
  Session,
} from './facts.ts';

/** One turn of one channel: what became true, and who is to be told. */
export interface Commit {
  readonly channel: ChannelName;
  /** The version before, and 0 for a channel that does not exist. */
  readonly expected: number;
  /** The version after. */
  readonly version: number;
  readonly facts: readonly Fact[];
  /** The outbox rows: a notice's place is (channel, version, its index here). */
  readonly notices: readonly Notice[];
}

/** A channel as it was last committed. Lists are in the order in which their entries came. */
export interface ChannelRecord {
  readonly name: ChannelName;
  readonly version: number;
  readonly createdAt: number;
  readonly listed: boolean;
  /** Destroyed, but not yet erased. */
  readonly destroyed: boolean;
  readonly config: ChannelConfig;
  readonly configId: string;
  readonly info: ChannelInfo;
  readonly infoId: string;
  readonly identities: readonly { readonly id: ParticipantId; readonly jid: RealJid }[];
  readonly participants: readonly {
    readonly id: ParticipantId;
    readonly nick: string | undefined;
    readonly preferences: Preferences;
    readonly at: number;
    readonly isSessionOnly: boolean;
  }[];
  /** `since` is the version at which the subscription was made. */
  readonly subscriptions: readonly { readonly jid: RealJid; readonly node: Node; readonly since: number }[];
  readonly sessions: readonly Session[];
  readonly allowed: readonly RealJid[];
  readonly banned: readonly RealJid[];
  readonly invitations: readonly Invitation[];
  /** The items of the avatar nodes, without the payload of the data, which may be large. */
  readonly pictures: readonly Omit<Picture, 'payload'>[];
}

/** A page by XEP-0059: `after` and `before` are ids of the set; `before: ''` is the last page. */
export interface PageRequest {
  readonly max: number;
  readonly after?: string | undefined;
  readonly before?: string | undefined;
}

export interface ArchiveQuery {
  /** Only messages of this participant. */
  readonly sender?: ParticipantId | undefined;
  /** Only messages that were shown with an address (D-41). */
  readonly shownOnly?: boolean | undefined;
  /** Milliseconds since 1970, both inclusive. */
  readonly start?: number | undefined;
  readonly end?: number | undefined;
  /** Strictly after or before the message with this id (XEP-0313 §4.1.3). */
  readonly afterId?: string | undefined;
  readonly beforeId?: string | undefined;
  readonly ids?: readonly string[] | undefined;
  readonly page: PageRequest;
}

/** How much of an archive is kept; what is left out does not bound it. */
export interface ArchiveBounds {
  /** So many of the newest messages. */
  readonly messagesMax?: number | undefined;
  /** Milliseconds since 1970: the first message of this time or later, and all that follow it. */
  readonly since?: number | undefined;
}

export interface Page<Item> {
  /** In the set's order, oldest first. */
  readonly items: readonly Item[];
  /** Does the set end with this page, in the direction of paging (XEP-0313 §4.3.2)? */
  readonly complete: boolean;
  /** Size of the whole set, and the place in it of the first item. Left out where counting would cost too much. */
  readonly count?: number | undefined;
  readonly index?: number | undefined;
}

/** A nick that belongs to one account in all channels. */
export interface RegisteredNick {
  /** The nick's RFC 8266 comparison form. */
  readonly key: string;
  readonly nick: string;
  /** The bare address. */
  readonly jid: RealJid;
}

/** What service discovery and search may list of a channel. */
export interface ListedChannel {
  readonly name: ChannelName;
  readonly title: string | undefined;
  readonly description: string | undefined;
  readonly mode: Mode;
  /** May everybody join who is not banned? */
  readonly isOpen: boolean;
  /** Who may read the description. */
  readonly informationSubscription: Group;
}

export interface Store {
  /**
   * Writes turns of any number of channels, and strikes delivered notices off the outbox, in one durable
   * transaction.
   * The commits are applied in their order, so one channel may take several turns in one call.
   * @throws StaleChannel when a channel's version is not the expected one.
   * @throws Error when a fact cannot be true: of a channel that is not there, of an id that was never given, a
   * second message with the same id or position, the end of a message that somebody is still to be told. After
   * either, nothing is written.
   */
  commit(commits: readonly Commit[], delivered: readonly NoticePlace[]): Promise<void>;
  /** The channel as last committed; undefined for one that never was or is erased. */
  load(channel: ChannelName): Promise<ChannelRecord | undefined>;
  /** Who owned an erased channel of this name (D-67); undefined where the name is free or in use. */
  reservedTo(channel: ChannelName): Promise<readonly RealJid[] | undefined>;
  /** Names of the channels that exist and are not destroyed, in order; for the work at start. */
  channelNames(after: ChannelName | undefined, max: number): Promise<readonly ChannelName[]>;
  /** Names of the channels that exist, are not destroyed, and in which this bare address takes part, in order. */
  channelsOf(jid: RealJid, after: ChannelName | undefined, max: number): Promise<readonly ChannelName[]>;
  /**
   * XEP-0369 §6.2: listed channels that `asker` (bare) may join: not banned (by address or domain), and, where the
   * config has an allowed node, in it, owner or administrator. In the order of their names.
   * @throws UnknownItem when `after` or `before` names no channel of the set.
   */
  listChannels(asker: RealJid, page: PageRequest): Promise<Page<ListedChannel>>;
  /**
   * A page of a channel's archive, by position. With `after` or neither, the page is the first of what follows;
   * with `before`, the last of what precedes.
   * `index` and `count` are of the set that the query selects, whatever the page.
   * @throws UnknownItem when an id named in the query or the page is not in this channel's archive.
   */
  archive(channel: ChannelName, query: ArchiveQuery): Promise<Page<ArchivedMessage>>;
  /** The first and the last message of the archive (XEP-0313 §5). */
  archiveEnds(channel: ChannelName): Promise<{ first: ArchivedMessage; last: ArchivedMessage } | undefined>;
  /**
   * The position of the last message that is too much by either of the bounds; but at most `max` messages at a time,
   * and none that a notice is still to tell, nor what came after it. Undefined: none has to go, or none may yet.
   */
  excess(channel: ChannelName, bounds: ArchiveBounds, max: number): Promise<number | undefined>;
  /** The archive's message with this id. */
  message(channel: ChannelName, id: string): Promise<ArchivedMessage | undefined>;
  /** The id of the message that this participant sent under `originalId`; the latest, where there are more. */
  messageOf(channel: ChannelName, sender: ParticipantId, originalId: string): Promise<string | undefined>;
  /** The payload of an item of an avatar node; undefined for an item that was replaced. */
  picture(channel: ChannelName, node: Picture['node'], itemId: string): Promise<string | undefined>;
  /**
   * Channels that exist, are not destroyed, and whose end of life is at or before `at` (milliseconds since 1970);
   * the longest past first.
   */
  expired(at: number, max: number): Promise<readonly ChannelName[]>;
  /** XEP-0407 §3: the nicks that accounts have registered with the service, in the order of their keys. */
  registeredNicks(after: string | undefined, max: number): Promise<readonly RegisteredNick[]>;
  /**
   * Registers a nick for an account, in place of the one it had; durable when the promise resolves.
   * @throws NickTaken where another account has one with this key. Then the account keeps the one it had.
   */
  registerNick(registered: RegisteredNick): Promise<void>;
  /** The outbox: notices not yet struck off, by (channel, version, index), from after `after` on. */
  pending(
    after: NoticePlace | undefined,
    max: number,
  ): Promise<readonly { readonly place: NoticePlace; readonly notice: Notice }[]>;
  /** A key that lasts as long as the data: made by `make` when asked for the first time. */
  secret(name: string, make: () => Uint8Array): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** Somebody else wrote the channel since it was loaded. */
export class StaleChannel extends Error {
  override readonly name = 'StaleChannel';
}

/** Another account has registered a nick that compares equal. */
export class NickTaken extends Error {
  override readonly name = 'NickTaken';
}

/** An id that a query names is not in the set. */
export class UnknownItem extends Error {
  override readonly name = 'UnknownItem';
}

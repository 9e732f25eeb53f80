/**
 * What a XEP gives to the service.
 * Owns the shapes between service/ and xep/NNNN/service.ts: the stanza as a handler gets it, the tables of
 * handlers and renderers, and what a handler may answer.
 * Does not route (service/router.ts) nor send (service/outbox.ts).
 * Always: a handler returns what is to be sent and never sends; `from` is a RealJid, so no handler can print it.
 * Before: channel/turn.ts. After: service/extensions.ts.
 */
import type { ChannelState } from '../channel/state.ts';
import type { Random, Turn } from '../channel/turn.ts';
import type { ChannelName, ParticipantId, PublicJid } from '../jid/public-jid.ts';
import type { RealJid } from '../jid/real-jid.ts';
import type { ArchivedMessage, NoticeContent, OccupantContent } from '../storage/facts.ts';
import type { Store } from '../storage/store.ts';
import type { XmlElement } from '../xml/element.ts';

/** Where a stanza was sent, by the shape of its local part, and whether there is a resource. */
export type Address =
  | { readonly kind: 'service' }
  | { readonly kind: 'channel'; readonly channel: ChannelName }
  /** `channel@domain/nick` (XEP-0045 §4.1). */
  | { readonly kind: 'occupant'; readonly channel: ChannelName; readonly nick: string }
  | {
      readonly kind: 'participant';
      readonly channel: ChannelName;
      readonly id: ParticipantId;
      readonly resource: string | undefined;
    };

export type ChannelAddress = Extract<Address, { kind: 'channel' }>;
export type OccupantAddress = Extract<Address, { kind: 'occupant' }>;
export type ParticipantAddress = Extract<Address, { kind: 'participant' }>;

/** A stanza as handlers get it: without the addresses as text. */
export interface Inbound<To extends Address = Address> {
  readonly type: string;
  readonly id: string | undefined;
  /** `xml:lang` of the stanza. */
  readonly lang: string | undefined;
  readonly from: RealJid;
  readonly to: To;
  /** The address that was written in `to`, prepared: answers come from it. */
  readonly self: PublicJid;
  readonly children: readonly XmlElement[];
}

/** An iq of type get or set. */
export interface Request<To extends Address = Address> extends Inbound<To> {
  readonly payload: XmlElement;
}

/** A stanza without `to`, and the envelope that says where it goes. */
export interface Send {
  readonly to: RealJid;
  readonly stanza: XmlElement;
}

/** The answer to an iq. */
export interface Reply {
  /** The result's child; an empty result where there is none. */
  readonly payload?: XmlElement | undefined;
  /** Sent before the answer, such as the messages of an archive page. */
  readonly before?: readonly Send[];
  /** Somebody else answers: the request was passed on. */
  readonly isPassedOn?: boolean;
}

/**
 * An answer that needs the store: asked for when everything that the channel decided before is committed. Where it may
 * show addresses, what the store gave is made an answer in a later turn, by the rules of that one.
 */
export type Later = () => Promise<Reply | ((turn: Turn) => Reply)>;

/** What a decision about one message may need to know of others. */
export interface Seen {
  /** The message that the stanza speaks of, by its archive id. */
  readonly message?: ArchivedMessage | undefined;
  /** The archive id of a message of the sender's own, found by the id that its client gave (D-48). */
  readonly ownId?: string | undefined;
  /** The end of the archive, for somebody who enters (XEP-0045 §7.2.14). */
  readonly history?: readonly ArchivedMessage[] | undefined;
  /** Of a channel that does not exist: to whom its name is reserved (D-67). */
  readonly reservedTo?: readonly RealJid[] | undefined;
}

/** Asks the store, in the channel's turn. */
export type Look = (channel: ChannelState) => Promise<Seen>;

/** A request to the service that a channel decides. */
export interface InChannel {
  readonly channel: ChannelName;
  readonly decide: (turn: Turn) => Reply;
}

export interface Settings {
  readonly domain: string;
  readonly name: string;
  readonly admins: readonly RealJid[];
  readonly create: 'anyone' | 'local' | 'admins';
  /** The domain whose users are local; undefined where nobody is known to be. */
  readonly localDomain: string | undefined;
  readonly version: string;
  readonly limits: {
    /** The largest stanza that is sent, in bytes. */
    readonly stanzaBytesMax: number;
    /** The most items or messages in one page. */
    readonly pageItemsMax: number;
    /** How long after it was sent a message can be taken back, in milliseconds; 0: always. */
    readonly retractionMs: number;
  };
}

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls back once after so many milliseconds; the answer cancels it. */
  after(ms: number, run: () => void): () => void;
}

/** Requests that were passed on and wait for their answers. Their ids carry what is needed to pass these back. */
export interface Relays {
  /** The id for a request that is passed on; undefined where too many wait. `onLate`: its time is over. */
  begin(content: string, onLate: () => void): string | undefined;
  /** What `begin` was given, for an id that is ours; it may be too late, or answered already. */
  read(id: string): string | undefined;
  /** The same for one that is neither; from then on it is answered. */
  end(id: string): string | undefined;
}

/** A short memory of keys. */
export interface Recent {
  note(key: string): void;
  has(key: string): boolean;
}

/** What handlers may ask of the service. */
export interface Env {
  readonly settings: Settings;
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  /** Sends what nobody waited for, such as the end of a relayed request's time. */
  readonly send: (send: Send) => void;
  readonly relays: Relays;
  /** Registers a prepared nick for a bare address, or one of the service's making (XEP-0407 §3). */
  readonly nicks: { register(jid: RealJid, wanted: string | undefined): Promise<string> };
  /** Takes so many of the invitations that somebody may let rooms send; false where too few are left. */
  readonly mayInvite: (inviter: RealJid, count: number) => boolean;
  /** Which private messages went out lately, so that only their errors come back (D-58). */
  readonly recent: Recent;
  /** COMPAT(ejabberd): does the asker's server break on an error with a second child? */
  readonly isFragile: (asker: RealJid) => boolean;
}

interface Named {
  readonly ns: string;
  readonly name: string;
}

type Types = readonly ('get' | 'set')[];

export type IqHandler = Named & {
  readonly types: Types;
  /** Answered for the sake of one implementation: its namespace still counts as unknown (D-89). */
  readonly isLegacy?: boolean;
  /** Judges by itself what is larger than a stanza may be; the others are not given such (PUBSUB-19). */
  readonly takesLarge?: boolean;
} & (
    | {
        readonly on: 'service';
        readonly run: (request: Request, env: Env) => Reply | InChannel | Promise<Reply | InChannel>;
      }
    | {
        readonly on: 'channel';
        /** Undefined: the handler itself says who may know of the channel; otherwise access.ts's `meet` does. */
        readonly isOpen?: boolean;
        /** What the decision needs from the archive; fetched in the channel's line, so that nothing overtakes it. */
        readonly look?: (request: Request<ChannelAddress>, env: Env) => Look | undefined;
        readonly run: (request: Request<ChannelAddress>, turn: Turn, env: Env, seen: Seen) => Reply | Later;
      }
  );

/** Requests to a person's address, and answers to it; there is one handler for all of them, since they are relayed. */
export interface Relay<To extends Address> {
  readonly ask: (request: Request<To>, turn: Turn, env: Env) => Reply;
  /** An iq of type result or error. */
  readonly answer: (answer: Inbound<To>, turn: Turn, env: Env) => readonly Send[];
}

export interface RelayTable {
  readonly participant?: Relay<ParticipantAddress>;
  readonly occupant?: Relay<OccupantAddress>;
}

interface ForSome {
  /** Left out: for all of its kind. */
  readonly isFor?: (stanza: Inbound) => boolean;
}

export type StanzaHandler = ForSome &
  (
    | {
        readonly kind: 'message' | 'presence';
        readonly on: 'channel';
        readonly look?: (stanza: Inbound<ChannelAddress>, env: Env) => Look | undefined;
        readonly run: (stanza: Inbound<ChannelAddress>, turn: Turn, env: Env, seen: Seen) => readonly Send[];
      }
    | {
        readonly kind: 'message' | 'presence';
        readonly on: 'occupant';
        readonly look?: (stanza: Inbound<OccupantAddress>, env: Env) => Look | undefined;
        readonly run: (stanza: Inbound<OccupantAddress>, turn: Turn, env: Env, seen: Seen) => readonly Send[];
      }
    | {
        readonly kind: 'message' | 'presence';
        readonly on: 'participant';
        readonly run: (stanza: Inbound<ParticipantAddress>, turn: Turn, env: Env) => readonly Send[];
      }
  );

/** For whom a notice is rendered: outsiders are never shown an address (D-94). */
export interface View {
  readonly isInsider: boolean;
  readonly domain: string;
  /** COMPAT(ejabberd): put an empty `<mix/>` beside the real one, without which it bounces the message. */
  readonly hasBareMix: boolean;
}

/** Makes the stanza of a notice, without `to`; undefined where there is nothing to tell any more. */
export type Renderer<Kind extends NoticeContent['kind']> = (
  content: Extract<NoticeContent, { kind: Kind }>,
  channel: ChannelState,
  view: View,
) => XmlElement | undefined;

/** `presences` is no stanza but many: service/fan-out.ts walks them with the renderer of `presence`. */
export type Renderers = {
  readonly [Kind in Exclude<NoticeContent['kind'], 'presences' | OccupantContent['kind']>]?: Renderer<Kind>;
};

/** What occupants of a room are told, in their form; there is one XEP that knows it. */
export interface OccupantRenderer {
  /** Which rendering an occupant gets: those with the same word get the same. Undefined: none. */
  readonly variantOf: (content: NoticeContent, channel: ChannelState, client: RealJid) => string | undefined;
  /** The stanza, without `to`; undefined where there is nothing to tell any more. */
  readonly render: (
    content: NoticeContent,
    channel: ChannelState,
    client: RealJid,
    domain: string,
  ) => XmlElement | undefined;
  /** A message of the past, for a client that enters. */
  readonly history: (
    content: Extract<NoticeContent, { kind: 'message' }>,
    channel: ChannelState,
    domain: string,
  ) => XmlElement | undefined;
  /**
   * All that were there in the notice's version, and at last the client that enters itself; made one by one while they
   * are written.
   */
  readonly entrance: (
    content: Extract<NoticeContent, { kind: 'entrance' }>,
    version: number,
    channel: ChannelState,
    client: RealJid,
    domain: string,
  ) => Iterator<XmlElement, void>;
}

/** A discovery feature, and the addresses that have it. */
export interface Feature {
  readonly on: 'service' | 'channel';
  readonly feature: string;
  /** For whom; left out: for everybody. */
  readonly isFor?: (asker: RealJid, settings: Settings) => boolean;
}

/** What a XEP adds to the discovery of channels. */
export interface ChannelDiscovery {
  /** Of category conference. */
  readonly identity: string;
  /** Features that depend on the channel. */
  readonly features: (channel: ChannelState) => readonly string[];
  /** Forms (XEP-0128). */
  readonly forms: (channel: ChannelState, asker: RealJid) => readonly XmlElement[];
  /** Nodes that can be asked for: the name that is the answer, if there is one. */
  readonly nodes: Readonly<Record<string, (turn: Turn, asker: RealJid) => string | undefined>>;
  /** What is below a channel, where no node is named. */
  readonly items: (
    channel: ChannelState,
    asker: RealJid,
    domain: string,
  ) => readonly { readonly jid: string }[];
}

export interface Extension {
  readonly iq?: readonly IqHandler[];
  readonly stanzas?: readonly StanzaHandler[];
  readonly relay?: RelayTable;
  readonly renderers?: Renderers;
  readonly occupantRenderer?: OccupantRenderer;
  readonly features?: readonly Feature[];
  readonly discovery?: ChannelDiscovery;
}

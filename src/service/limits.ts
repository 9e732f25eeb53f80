/**
 * Everything has a bound.
 * Owns the limits of the service, their defaults, and what each one bounds; the config's `[limits]` sets them.
 * Does not enforce any: whoever owns the bounded thing does.
 * Always: the unit is in the name.
 * Before: service/config.ts. After: service/service.ts.
 */
import type { XmlLimits } from '../xml/limits.ts';

export const DEFAULT_LIMITS = {
  /** The largest stanza taken or sent; ejabberd's and Prosody's clients take no larger ones. */
  stanzaBytesMax: 262_144,
  /** The largest stanza that is read as a whole, so that its refusal can say what is wrong with it (PUBSUB-19). */
  readBytesMax: 2_097_152,
  stanzaDepthMax: 64,
  /** Attributes of one element, and elements of one stanza. */
  attributesMax: 64,
  elementsMax: 4_000,
  /** A stanza beyond this ends the link, since it would have to be read to be skipped. */
  skippedBytesMax: 16_777_216,
  /** Messages and items in one page of an answer. */
  pageItemsMax: 250,
  /** What one account may send, apart from presence. */
  stanzasPerSecond: 50,
  stanzasBurst: 400,
  accountsRememberedMax: 100_000,
  /** How many people one account may let rooms invite (XEP-0045 §7.8.2): those are told by us, unasked. */
  roomInvitationsPerHour: 60,
  /** Stanzas that may wait for one channel. */
  channelQueueMax: 10_000,
  channelsInMemoryMax: 1_000,
  /** Turns in one transaction. */
  commitTurnsMax: 1_000,
  /** Notices and answers that may wait to be written before no more input is taken. */
  outboxEntriesMax: 20_000,
  /** How long the server may take to answer a ping. */
  pingMs: 60_000,
  /** How long a new domain may take to say what it is, and how much of one channel may wait for such domains. */
  domainAnswerMs: 1_000,
  heldCopiesMax: 100_000,
  domainsRememberedMax: 10_000,
  /** Relayed requests: how long one may wait for its answer, and how many may wait. */
  relayMs: 30_000,
  relaysMax: 10_000,
  /** How long the outbox waits before it asks again for a channel that the store could not give. */
  reloadMs: 1_000,
  /** How long after a start a client has to confirm its presence; and an occupant's whenever it is asked. */
  presenceConfirmMs: 60_000,
  /** How long an occupant's client (XEP-0045) may say nothing before it is asked whether it is still there. */
  occupantSilenceMs: 900_000,
  /** How long after it was sent a message can be taken back by another message (XEP-0407 §4); 0: always. */
  retractionMs: 0,
  /** What the archive of a channel keeps (XEP-0313 §3.2); 0: no such bound. */
  archiveMessagesMax: 1_000_000,
  archiveDays: 0,
};

/** Limits for which 0 means that there is none; for the others it would mean that nothing works. */
export const MAY_BE_ZERO: ReadonlySet<string> = new Set([
  'retractionMs',
  'archiveMessagesMax',
  'archiveDays',
] satisfies (keyof Limits)[]);

export type Limits = typeof DEFAULT_LIMITS;

/** The limits of what is read, as the reader of XML wants them; what is read may still be too large (router.ts). */
export function xmlLimits(limits: Limits): XmlLimits {
  return {
    stanzaBytesMax: limits.readBytesMax,
    depthMax: limits.stanzaDepthMax,
    attributesMax: limits.attributesMax,
    childrenMax: limits.elementsMax,
    streamBytesMax: limits.skippedBytesMax,
  };
}

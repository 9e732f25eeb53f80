/**
 * XEP-0405 MIX-PAM 1.0.1: what the rules for participants ask of the server that they run in.
 * Owns the interface between the rules of this folder and a server: the host, or one reached over XEP-0355 and 0356.
 * Does nothing itself.
 * Always: `account` and `channel` are prepared bare JIDs; nothing here is a socket or a session.
 * Before: host/pam/join.ts. After: host/pam-port.ts.
 */
import type { XmlElement } from '../../xml/element.ts';

/** A channel that an account has joined, as its roster knows it. */
export interface Membership {
  readonly channel: string;
  /** XEP-0405 §2.10; undefined where the channel told none. */
  readonly participantId: string | undefined;
  /** Does the channel get the account's presence? The entry's subscription is 'from' then, else 'none' (D-76). */
  readonly shares: boolean;
  /** Is the account subscribed to the channel's presence node? */
  readonly wantsPresence: boolean;
}

export interface PamPort {
  membership(account: string, channel: string): Membership | undefined;
  /** Is there room for one more in the account's roster? */
  hasRoom(account: string): boolean;
  /** Writes the roster entry, and pushes it to the account's clients. */
  put(account: string, membership: Membership): void;
  /** Removes the roster entry, and pushes that. */
  remove(account: string, channel: string): void;
  /**
   * Sends an iq set from the account to the channel, with this id if it is free. `answered` gets the answer; without
   * one in time it gets an error made here, and `isLate` marks an answer that comes after that.
   * Throws a Refusal where too many wait already.
   */
  forward(
    account: string,
    channel: string,
    id: string,
    payload: XmlElement,
    answered: (answer: XmlElement, isLate: boolean) => void,
  ): void;
  /** Sends the stanza to each available client that knows channels; only `to` changes. */
  deliver(account: string, stanza: XmlElement): void;
  /** Puts a channel's message into the account's archive, once, and returns it with the archive's id on it. */
  store(account: string, channel: string, message: XmlElement): XmlElement;
  /** Sends the presence of each available client that knows channels to the channel. */
  show(account: string, channel: string): void;
  /** Tells a channel that has seen the account's clients that they are gone. */
  hide(account: string, channel: string): void;
}

/** A request of one of the account's clients. */
export interface PamRequest {
  readonly account: string;
  readonly id: string;
  readonly payload: XmlElement;
  /** Answers the client with a result. */
  readonly answer: (payload: XmlElement | undefined) => void;
  /** Passes an error element on to the client, and what goes with it. */
  readonly answerError: (error: XmlElement, beside?: XmlElement) => void;
}

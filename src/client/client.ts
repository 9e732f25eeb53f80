/**
 * The client's interface: what every XEP's client side (xep/NNNN/client.ts) is given.
 * Owns the shapes of a client, of its state and of what may be listened to.
 * Does not connect (connect.ts) nor know any XEP.
 * Always: addresses are plain text here, since a user's own client may know what it was told; a stanza that is given
 * out was addressed to this user and came over this user's own stream.
 * Before: xml/element.ts. After: client/connect.ts.
 */
import type { XmlElement } from '../xml/element.ts';

/** How it stands with the connection, for a person to see. */
export type ClientState =
  | { readonly is: 'connecting' }
  | { readonly is: 'online' }
  /** The connection broke; tried again at `retryAt` (milliseconds since 1970). */
  | { readonly is: 'waiting'; readonly retryAt: number; readonly reason: Error }
  /** Over, by `close` or for a reason that trying again does not mend, such as a wrong password. */
  | { readonly is: 'closed'; readonly reason: Error | undefined };

/** Gets stanzas; returns true when the stanza was its own, so that no other gets it, and else whatever it likes. */
export type StanzaListener = (stanza: XmlElement) => unknown;

/** Takes a listener away again. */
export type Stop = () => void;

/** Answers a request of somebody else's; what it throws as Refusal becomes the error. */
export type RequestHandler = (request: {
  readonly from: string;
  readonly type: 'get' | 'set';
  readonly payload: XmlElement;
}) => XmlElement | undefined;

export interface ClientEvents {
  readonly state: ClientState;
  /**
   * The stream is new: what was missed has to be asked for. Not told when a stream was resumed (XEP-0198), since then
   * nothing was missed. Told for the first connection as well.
   */
  readonly fresh: undefined;
  /** Every element that came or went, as text, for tests and debugging. */
  readonly wire: { readonly direction: 'in' | 'out'; readonly xml: string };
}

export interface Client {
  /** The full address that the server gave; the account's own while there is none yet. */
  readonly address: string;
  /** `local@domain`. */
  readonly account: string;
  /** The account's server. */
  readonly domain: string;
  readonly state: ClientState;
  /** What discovery tells about this client (XEP-0030, XEP-0115), to be added to by the XEPs in use. */
  readonly features: Set<string>;
  /**
   * Asks, and resolves with the payload of the result (undefined for an empty one). `to` is undefined for the own
   * account. A get is asked again when the stream was lost before the answer, and a little later, up to three times,
   * where it was too much for the moment (resource-constraint, wait).
   * @throws StanzaError for an answer of type error; ConnectionLost; RequestTimeout
   */
  request(
    type: 'get' | 'set',
    to: string | undefined,
    payload: XmlElement,
    options?: { readonly timeoutMs?: number },
  ): Promise<XmlElement | undefined>;
  /**
   * Sends a message or a presence and resolves when the server has acknowledged it (XEP-0198), or, where the server
   * has no stream management, when it was handed to the connection. While there is no connection it waits for one.
   * @throws ConnectionLost when the client is closed, or the stream was lost with the fate of the stanza unknown
   */
  send(stanza: XmlElement): Promise<void>;
  /** Gets every message and presence that comes in. */
  onStanza(listener: StanzaListener): Stop;
  /** Answers requests with this payload element. */
  onRequest(ns: string, name: string, handler: RequestHandler): Stop;
  on<Name extends keyof ClientEvents>(event: Name, listener: (event: ClientEvents[Name]) => void): Stop;
  /** Ends the stream; the state becomes 'closed'. */
  close(): Promise<void>;
}

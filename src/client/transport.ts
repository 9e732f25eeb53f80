/**
 * RFC 6120 §3 (2011-03), RFC 7395 (2014-10): what carries a client's stream.
 * Owns the interface behind which WebSocket (websocket.ts) and TCP (node/tcp.ts) stand, and the limits of what may come.
 * Does not know what elements mean (negotiate.ts, connection.ts).
 * Always: elements come in order; `onEnd` comes exactly once and is the last event.
 * Before: xml/element.ts. After: client/websocket.ts.
 */
import type { Attributes, XmlElement } from '../xml/element.ts';
import type { XmlLimits } from '../xml/limits.ts';

export interface TransportEvents {
  /** The server has opened its stream, or opened it again. */
  onOpen(attrs: Attributes): void;
  /** A child of the stream: a stanza, or what negotiation and acknowledgements are made of. */
  onElement(element: XmlElement): void;
  /** A stanza over the limits was skipped; its start tag, as far as it is known. */
  onExcess(header: XmlElement | undefined): void;
  /** It is over: the server closed the stream, or the connection broke. */
  onEnd(reason: Error): void;
}

/** One connection to the server. It is not used again after its end. */
export interface Transport {
  /** Can nobody on the way read along? True for TLS, and for connections that do not leave this machine. */
  readonly isPrivate: boolean;
  /** What is written and has not left yet. */
  readonly waitingBytes: number;
  /** Opens the stream to this domain, and opens it again where RFC 6120 restarts it. */
  open(to: string): void;
  send(element: XmlElement): void;
  /** Goes on under TLS (RFC 6120 §5), where the transport can. @throws Error for a certificate that is not the domain's */
  readonly startTls?: (domain: string) => Promise<void>;
  /** Closes the stream; `onEnd` follows within two seconds. */
  close(): void;
  /** Is gone without a word; `onEnd` has been told when this returns. */
  destroy(reason: Error): void;
}

export interface TransportOptions {
  /** The account's server: the name that a certificate has to prove where the endpoint was found by DNS. */
  readonly domain: string;
  /** Goes on without TLS where nobody but the user can be listening. */
  readonly isInsecureAllowed: boolean;
  /** Gives up. */
  readonly signal: AbortSignal;
}

/**
 * Connects to an endpoint such as `wss://example.org/xmpp-websocket`.
 * @throws TypeError for an endpoint that this transport does not know; ConnectionLost where nobody answers
 */
export type OpenTransport = (
  endpoint: string,
  events: TransportEvents,
  options: TransportOptions,
) => Promise<Transport>;

/** What a server may make us hold. Wider than what servers take from clients, as rosters and lists are long. */
export const clientXmlLimits: XmlLimits = {
  depthMax: 64,
  stanzaBytesMax: 4 * 1024 * 1024,
  attributesMax: 64,
  childrenMax: 50_000,
  streamBytesMax: 16 * 1024 * 1024,
};

/** How long the other side may take to close a stream. */
export const LINGER_MS = 2_000;

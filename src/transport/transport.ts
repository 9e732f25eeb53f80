/**
 * The link to the one XMPP server that routes our domain.
 * Owns the interface behind which the component stream (component.ts) and the embedded host's pair (pair.ts) stand.
 * Does not know what stanzas mean, nor keeps any of them: what must not get lost is in the outbox.
 * Always: stanzas come in and go out in order; handlers are installed before the first byte is sent.
 * Before: xml/reader.ts. After: service/router.ts, service/outbox.ts.
 */
import type { XmlElement } from '../xml/element.ts';

declare const wireMark: unique symbol;
/** Whole stanzas as the bytes of their UTF-8, one byte per character, so that Node writes them at full speed. */
export type WireText = string & { readonly [wireMark]: true };

/** Why the reader refused a stanza; the link stays up. */
export type Excess = 'too-large' | 'too-deep' | 'too-many-parts';

export interface LinkEvents {
  /** The server accepts stanzas now, for the first time or again after a loss. */
  onUp(): void;
  /** The link is lost; what was written last may not have arrived. */
  onDown(reason: string): void;
  /** One stanza, its namespace being `jabber:client` whatever the stream's. */
  onStanza(stanza: XmlElement): void;
  /** A stanza over the limits was skipped: its start tag is all there is. */
  onExcess(header: XmlElement, why: Excess): void;
  /** `write` had returned false, and there is room again. */
  onDrain(): void;
}

export interface Transport {
  /** Starts to connect, and keeps the link up from then on. @throws LinkRefused when trying again cannot help. */
  start(events: LinkEvents): Promise<void>;
  /** Is the link up? */
  readonly up: boolean;
  /**
   * Writes whole stanzas. Returns false when the other side is slow: nothing is lost, but the caller waits for
   * `onDrain` before it writes more. Ignored while the link is down.
   */
  write(stanzas: WireText): boolean;
  /** Stops and goes on reading (back-pressure towards the server). */
  pause(): void;
  resume(): void;
  /** Ends the stream gracefully; resolves when it is closed, after `timeoutMs` at the latest. */
  stop(timeoutMs: number): Promise<void>;
}

/** The server refused us for a reason that an operator must mend; the message says which and how. */
export class LinkRefused extends Error {
  override readonly name = 'LinkRefused';
}

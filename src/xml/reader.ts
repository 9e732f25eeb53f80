/**
 * RFC 6120 §4 and §11: bytes of a stream (or one framed document, RFC 7395) to elements.
 * Cuts the stream into its header and stanzas, holds each to the limits, and hands it on as an element.
 * Does not know what a stanza means, nor when a peer is too slow (transport/ does).
 * Always: what is kept of one stanza stays below its limit; a stanza over a limit is refused alone and the stream goes
 * on; after an error or the end nothing more is reported until `reset`.
 * Before: xml/cutter.ts. After: transport/component.ts.
 */
import { Cutter } from './cutter.ts';
import type { XmlElement } from './element.ts';
import { overLimit, type RefusedWhy, type XmlLimits } from './limits.ts';
import { Tree, XmlError, type XmlCondition } from './tree.ts';
import { utf8Length } from './write.ts';

export { parseElement, parseFragment } from './document.ts';
export { defaultLimits, type RefusedWhy, type XmlLimits } from './limits.ts';
export { XmlError, type XmlCondition } from './tree.ts';

export interface StreamEvents {
  /** The stream's header, without children, and the default namespace that it declares. */
  onOpen(header: XmlElement, contentNs: string): void;
  onStanza(stanza: XmlElement): void;
  /** A stanza over a limit: its start tag with no more than to, from, id, type and xml:lang. */
  onRefused(header: XmlElement, why: RefusedWhy): void;
  onClose(): void;
  /** The stream is beyond repair: to be answered with this stream error. `text` repeats nothing of the input. */
  onError(condition: XmlCondition, text: string): void;
}

export interface StreamOptions {
  /** A stream's namespace for stanzas that shall be reported as `jabber:client`. */
  readonly stanzaNs?: string;
}

const addressing = ['to', 'from', 'id', 'type', 'xml:lang'];

/** Reads one long stream. Feed it with `write`; it calls the events before `write` returns. */
export class StreamReader {
  readonly #limits: XmlLimits;
  readonly #events: StreamEvents;
  readonly #options: StreamOptions;
  #decoder = newDecoder();
  /** Bytes of a character whose other bytes are still to come. */
  #undecoded = 0;
  #cutter = new Cutter(2);
  #tree: Tree | undefined;
  #isOver = false;
  #isWriting = false;
  /** What handlers threw: kept, since it may not stop the reader in the middle of a chunk. */
  #thrown: unknown[] = [];

  // The piece (header, stanza or end tag) that is being collected, and what was counted of it so far.
  #parts: string[] = [];
  #length = 0;
  #bytes = 0;
  #elements = 0;
  /** The length of the stanza's start tag, 0 until it is complete. */
  #headLength = 0;
  #isSkipping = false;

  constructor(limits: XmlLimits, events: StreamEvents, options: StreamOptions = {}) {
    this.#limits = limits;
    this.#events = events;
    this.#options = options;
  }

  /**
   * Takes the next bytes, cut anywhere. Reports everything that they complete; an exception of a handler is passed on
   * (the first one) after the whole chunk has been read.
   */
  write(bytes: Uint8Array): void {
    if (this.#isOver) return;
    this.#isWriting = true;
    try {
      this.#decode(bytes);
    } catch (error) {
      if (!(error instanceof XmlError)) throw error;
      this.#fail(error);
    } finally {
      this.#isWriting = false;
    }
    const [first] = this.#thrown;
    if (this.#thrown.splice(0).length > 0) throw first;
  }

  /** Expects a new header: on a new connection, or (also from within a handler) where RFC 6120 restarts a stream. */
  reset(): void {
    // Within a write, what follows in the chunk belongs to the new stream already.
    if (!this.#isWriting) {
      this.#decoder = newDecoder();
      this.#undecoded = 0;
    }
    this.#cutter = new Cutter(2);
    this.#tree = undefined;
    this.#isOver = false;
    this.#startPiece();
  }

  #decode(bytes: Uint8Array): void {
    let text;
    try {
      text = this.#decoder.decode(bytes, { stream: true });
    } catch {
      throw new XmlError('unsupported-encoding', 'not UTF-8');
    }
    const isAscii = this.#undecoded === 0 && text.length === bytes.length;
    if (!isAscii) this.#undecoded += bytes.length - utf8Length(text);
    this.#read(text, isAscii);
  }

  #read(text: string, isAscii: boolean): void {
    const measure = (from: number, to: number) => (isAscii ? to - from : utf8Length(text.slice(from, to)));
    let at = 0;
    let from = 0;
    while (!this.#isOver) {
      const hadBegun = this.#cutter.hasBegun;
      at = this.#cutter.next(text, at);
      if (!hadBegun) from = this.#cutter.begunAt;
      if (this.#cutter.tag === 'none') break;
      if (this.#cutter.tag !== 'end') this.#startTag(text, from, at);
      // An element is whole when only the header is open around it; a header is, when it is open.
      if (this.#cutter.depth <= 1) {
        this.#bytes += measure(from, at);
        this.#take(text.slice(from, at));
      }
    }
    if (this.#isOver || !this.#cutter.hasBegun) return;
    this.#bytes += measure(from, text.length);
    this.#checkBytes(text.slice(from));
    this.#keep(text.slice(from));
  }

  /** A start tag is complete at `at` of `text`, where the piece goes on from `from`. */
  #startTag(text: string, from: number, at: number): void {
    if (this.#isSkipping) return;
    this.#elements++;
    if (this.#headLength === 0) this.#headLength = this.#length + at - from;
    const why = overLimit(this.#limits, this.#cutter, this.#elements, 1);
    if (why !== undefined) this.#refuse(why, text.slice(from, at));
  }

  /** The piece is complete; `rest` is what was not kept yet. */
  #take(rest: string): void {
    const cutter = this.#cutter;
    this.#checkBytes(rest);
    const text = this.#parts.length === 0 ? rest : this.#parts.join('') + rest;
    const wasSkipped = this.#isSkipping;
    this.#startPiece();
    cutter.hasBegun = false;
    if (wasSkipped) return;
    if (this.#tree === undefined) this.#open(text, cutter.tag === 'empty');
    else if (cutter.depth < 1) this.#close(text);
    else {
      const stanza = this.#tree.element(owned(text));
      this.#tell(() => this.#events.onStanza(stanza));
    }
  }

  #open(text: string, isClosed: boolean): void {
    const tree = new Tree(this.#options.stanzaNs);
    const header = tree.header(isClosed ? `${text.slice(0, -2)}>` : text);
    this.#tree = tree;
    this.#tell(() => this.#events.onOpen(header, tree.contentNs));
    // The handler may have begun another stream.
    if (isClosed && this.#tree === tree) this.#finish();
  }

  #close(text: string): void {
    this.#tree?.close(text);
    this.#finish();
  }

  #finish(): void {
    this.#isOver = true;
    this.#tell(() => this.#events.onClose());
  }

  /** Ends the stanza's life in memory; `rest` is what was not kept yet, up to behind the start tag at least. */
  #refuse(why: RefusedWhy, rest: string): void {
    const start = (this.#parts.join('') + rest).slice(0, this.#headLength);
    if (this.#tree === undefined || start === '' || utf8Length(start) > this.#limits.stanzaBytesMax) {
      throw new XmlError('policy-violation', why);
    }
    const { name, ns, attrs } = this.#tree.element(start.endsWith('/>') ? start : `${start.slice(0, -1)}/>`);
    const kept = addressing.filter((key) => key in attrs).map((key) => [key, attrs[key] ?? '']);
    const header = { name, ns, attrs: Object.fromEntries(kept) as Record<string, string>, children: [] };
    this.#isSkipping = true;
    this.#parts = [];
    this.#tell(() => this.#events.onRefused(header, why));
  }

  #checkBytes(rest: string): void {
    if (this.#bytes > this.#limits.streamBytesMax) throw new XmlError('policy-violation', 'too-large');
    if (this.#bytes > this.#limits.stanzaBytesMax && !this.#isSkipping) this.#refuse('too-large', rest);
  }

  #keep(rest: string): void {
    if (this.#isSkipping) return;
    this.#parts.push(rest);
    this.#length += rest.length;
  }

  #startPiece(): void {
    this.#parts = [];
    this.#length = this.#bytes = this.#elements = this.#headLength = 0;
    this.#isSkipping = false;
  }

  #fail(error: XmlError): void {
    this.#isOver = true;
    this.#startPiece();
    this.#tell(() => this.#events.onError(error.condition, error.message));
  }

  #tell(event: () => void): void {
    try {
      event();
    } catch (error) {
      this.#thrown.push(error);
    }
  }
}

/**
 * A copy. The engine cuts strings by pointing into the whole, so that one address kept for long would keep the chunk
 * of 64 KiB in which it came; this way it keeps its stanza at most.
 */
function owned(text: string): string {
  return ` ${text}`.slice(1);
}

function newDecoder() {
  // RFC 6120 §11.6: U+FEFF is no byte order mark here.
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
}

/**
 * XEP-0198 Stream Management 1.6.3 §4 (2025-07-28): what a client and the host have handled of each other's stanzas.
 * Counts both directions of one session, and keeps what the client has not acknowledged yet.
 * Does not send or ask for acknowledgements (stream-management.ts), nor decide what becomes of the rest (undelivered.ts).
 * Always: counts begin at 0 when it is enabled and go on over all connections of the session; what is kept is in the
 * order in which it was sent.
 * Before: xep/0198-sm/wire.ts. After: host/resumption.ts.
 */
import { COUNT_MODULUS } from '../xep/0198-sm/wire.ts';
import { isElement, type XmlElement } from '../xml/element.ts';
import { utf8Length } from '../xml/write.ts';

/** What the client has not acknowledged: perhaps it never came there. */
export interface Unacknowledged {
  readonly stanza: XmlElement;
  /** When it was sent, or was to be sent to a client that was not there. */
  readonly at: number;
  readonly bytes: number;
}

/** By which a client can come back to its session. */
export interface Resumable {
  /** The SM-ID. */
  readonly id: string;
  /** For so long after its connection broke. */
  readonly ms: number;
}

export class Management {
  /** Undefined where the client did not ask for it. */
  readonly resumable: Resumable | undefined;
  #handled = 0;
  #acknowledged = 0;
  #kept: Unacknowledged[] = [];
  #bytes = 0;

  constructor(resumable: Resumable | undefined) {
    this.resumable = resumable;
  }

  /** How many of the client's stanzas have been handled. */
  get handled(): number {
    return this.#handled;
  }

  /** How many stanzas have been sent to the client. */
  get sent(): number {
    return (this.#acknowledged + this.#kept.length) % COUNT_MODULUS;
  }

  get unacknowledged(): readonly Unacknowledged[] {
    return this.#kept;
  }

  /** About the size of what is kept. */
  get bytes(): number {
    return this.#bytes;
  }

  /** One more stanza of the client is done with: stored, passed on, or refused. */
  handle(): void {
    this.#handled = (this.#handled + 1) % COUNT_MODULUS;
  }

  keep(stanza: XmlElement, at: number): void {
    const bytes = sizeOf(stanza);
    this.#kept.push({ stanza, at, bytes });
    this.#bytes += bytes;
  }

  /** The client says how many it has handled. Returns those that it had not acknowledged before; undefined: too many. */
  acknowledge(count: number): readonly Unacknowledged[] | undefined {
    const more = (count - this.#acknowledged + COUNT_MODULUS) % COUNT_MODULUS;
    if (more > this.#kept.length) return undefined;
    this.#acknowledged = count;
    return this.#take(more);
  }

  /** The session is over: what was never acknowledged. */
  takeAll(): readonly Unacknowledged[] {
    return this.#take(this.#kept.length);
  }

  #take(count: number): readonly Unacknowledged[] {
    const taken = this.#kept.splice(0, count);
    for (const { bytes } of taken) this.#bytes -= bytes;
    return taken;
  }
}

/** Bytes of the names, values and texts; the markup between them is left out. */
function sizeOf({ name, ns, attrs, children }: XmlElement): number {
  let bytes = name.length + ns.length;
  for (const key in attrs) bytes += key.length + utf8Length(attrs[key] ?? '');
  for (const node of children) {
    if (typeof node === 'string') bytes += utf8Length(node);
    else bytes += isElement(node) ? sizeOf(node) : node.xml.length;
  }
  return bytes;
}

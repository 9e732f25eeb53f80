/**
 * Stanzas as text that is written for many.
 * Owns the two halves of a stanza around its `to`, and the cursor over stanzas that the outbox pulls.
 * Does not know what is in them (xep/) nor for whom they are (fan-out.ts, fan-out-occupants.ts).
 * Always: one character for each byte.
 * Before: xml/write.ts. After: service/fan-out.ts.
 */
import { envelope, type RealJid } from '../jid/real-jid.ts';
import type { XmlElement } from '../xml/element.ts';
import { serialize } from '../xml/write.ts';

/** A stanza without its `to`: the text goes between the two halves. */
export interface Split {
  readonly head: string;
  readonly tail: string;
}

/** Writes a stanza in two halves, around the address that it will be sent to. */
export function split(stanza: XmlElement): Split {
  const whole = serialize(stanza);
  const cut = stanza.name.length + 1;
  return { head: flat(`${whole.slice(0, cut)} to="`), tail: flat(`"${whole.slice(cut)}`) };
}

/** One character for each byte, and in one piece: what is put together of pieces is taken apart at every write. */
function flat(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** The stanza, addressed. */
export function addressed({ head, tail }: Split, to: RealJid): string {
  return head + envelope(to) + tail;
}

/** A cursor over the stanzas of one notice. */
export interface Job {
  /** About `size` characters of whole stanzas; fewer when it ends. */
  pull(size: number): string;
  readonly isFinished: boolean;
  /** When it is finished: those who got nothing, since their servers have not said yet what they are. */
  readonly unknown: readonly RealJid[];
}

/** One cursor after the other. */
export class JobsInTurn implements Job {
  readonly #jobs: readonly Job[];
  #at = 0;

  constructor(jobs: readonly Job[]) {
    this.#jobs = jobs;
  }

  get isFinished(): boolean {
    return this.#at === this.#jobs.length;
  }

  get unknown(): readonly RealJid[] {
    return this.#jobs.flatMap(({ unknown }) => unknown);
  }

  pull(size: number): string {
    let text = '';
    for (;;) {
      const job = this.#jobs[this.#at];
      if (job === undefined || text.length >= size) return text;
      text += job.pull(size - text.length);
      if (job.isFinished) this.#at += 1;
    }
  }
}

/**
 * Requests under way: an id that carries its own state.
 * Owns the sealing of relay ids (AES-256-GCM under the service's key) and the end of their time.
 * Does not know what is relayed (xep/0403-presence/relay.ts).
 * Always: an id that we did not make, or that is too old, opens to nothing; one is answered once; an answer to a
 * request of the process before a restart still finds its way.
 * Before: service/service.ts. After: xep/0403-presence/relay.ts.
 */
import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { Random } from '../channel/turn.ts';
import type { Clock, Relays } from '../xep/extension.ts';

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export interface SealedRelaysOptions {
  /** 32 bytes. */
  readonly key: Uint8Array;
  readonly clock: Clock;
  readonly random: Random;
  readonly relayMs: number;
  readonly relaysMax: number;
}

export class SealedRelays implements Relays {
  readonly #options: SealedRelaysOptions;
  readonly #startedAt: number;
  /** Those whose time runs; the ids themselves say the rest. */
  readonly #running = new Map<string, () => void>();
  /** Those of the process before that were answered: no more than it had under way. */
  readonly #ofBefore = new Set<string>();

  constructor(options: SealedRelaysOptions) {
    this.#options = options;
    this.#startedAt = options.clock.now();
  }

  begin(content: string, onLate: () => void): string | undefined {
    const { clock, relayMs, relaysMax } = this.#options;
    if (this.#running.size >= relaysMax) return undefined;
    const id = this.#seal(`${clock.now()} ${content}`);
    const cancel = clock.after(relayMs, () => {
      this.#running.delete(id);
      onLate();
    });
    this.#running.set(id, cancel);
    return id;
  }

  read(id: string): string | undefined {
    const opened = this.#open(id);
    return opened?.slice(opened.indexOf(' ') + 1);
  }

  end(id: string): string | undefined {
    const opened = this.#open(id);
    if (opened === undefined) return undefined;
    const space = opened.indexOf(' ');
    const at = Number(opened.slice(0, space));
    return this.#isFirst(id, at) ? opened.slice(space + 1) : undefined;
  }

  /** Is this the first answer to a request of this time, and one that came in time? */
  #isFirst(id: string, at: number): boolean {
    const { clock, relayMs } = this.#options;
    const cancel = this.#running.get(id);
    if (cancel !== undefined) {
      this.#running.delete(id);
      cancel();
      return true;
    }
    if (at >= this.#startedAt || clock.now() - at >= relayMs || this.#ofBefore.has(id)) return false;
    this.#ofBefore.add(id);
    return true;
  }

  #seal(text: string): string {
    const nonce = this.#options.random.bytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, this.#options.key, nonce);
    const sealed = [nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()];
    return Buffer.concat(sealed).toString('base64url');
  }

  #open(id: string): string | undefined {
    const bytes = Buffer.from(id, 'base64url');
    // The decoder overlooks what is no base64url, and one id must not have two spellings.
    if (bytes.length < NONCE_BYTES + TAG_BYTES || bytes.toString('base64url') !== id) return undefined;
    try {
      const decipher = createDecipheriv(CIPHER, this.#options.key, bytes.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
      const sealed = bytes.subarray(NONCE_BYTES, -TAG_BYTES);
      return decipher.update(sealed, undefined, 'utf8') + decipher.final('utf8');
    } catch {
      return undefined;
    }
  }
}

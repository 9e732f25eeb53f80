/**
 * Writing to a socket fast (measured: bench/, many small writes cost five times as much as few of 24 to 48 KiB).
 * Joins what is written in one turn of the event loop, and remembers whether somebody waits for room.
 * Does not know XML, nor what happens to the connection (session.ts).
 * Always: in order; nothing stays here longer than the current turn; at most CHUNK characters are held back.
 * Before: transport/session.ts. After: node:net.
 */
import type { Socket } from 'node:net';
import type { WireText } from './transport.ts';

/** 64 KiB and a little more is a trap on loopback, below 24 KiB the calls cost more than the bytes. */
const CHUNK = 32 * 1024;

/** How much a socket takes before it says that it is full; a few chunks, so that one that is fast never says it. */
export const SOCKET_BYTES_MAX = 4 * CHUNK;

export class ChunkedWriter {
  readonly #socket: Socket;
  #held = '';
  #flushing: NodeJS.Immediate | undefined;
  #owesDrain = false;

  constructor(socket: Socket, onDrain: () => void) {
    this.#socket = socket;
    socket.on('drain', () => {
      if (!this.#owesDrain) return;
      this.#owesDrain = false;
      onDrain();
    });
  }

  /** False when the socket is full; `onDrain` follows. */
  write(text: WireText): boolean {
    if (this.#held.length + text.length > CHUNK) this.flush();
    if (text.length >= CHUNK) this.#socket.write(text, 'latin1');
    else {
      this.#held += text;
      this.#flushing ??= setImmediate(() => this.flush());
    }
    this.#owesDrain ||= this.#socket.writableNeedDrain;
    return !this.#owesDrain;
  }

  /** Hands over what is held, now. */
  flush(): void {
    clearImmediate(this.#flushing);
    this.#flushing = undefined;
    if (this.#held !== '' && this.#socket.writable) this.#socket.write(this.#held, 'latin1');
    this.#held = '';
  }
}

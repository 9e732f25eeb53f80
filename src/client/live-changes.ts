/**
 * What has changed in a live conversation.
 * Tells listeners, once for each kind of change in one turn of the event loop.
 * Does not know what changed to what: they look.
 * Always: a listener that throws keeps no other from hearing.
 * Before: client/live.ts. After: client/live-conversation.ts.
 */
import type { Stop } from './client.ts';
import type { LiveChange } from './live.ts';

export class Changes {
  readonly #listeners = new Set<(what: LiveChange) => void>();
  readonly #untold = new Set<LiveChange>();

  listen(listener: (what: LiveChange) => void): Stop {
    // Wrapped, so that the same function may listen twice.
    const own = (what: LiveChange): void => listener(what);
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  tell(what: LiveChange): void {
    if (this.#untold.size === 0) queueMicrotask(() => this.#flush());
    this.#untold.add(what);
  }

  close(): void {
    this.#listeners.clear();
  }

  #flush(): void {
    const untold = [...this.#untold];
    this.#untold.clear();
    for (const what of untold)
      for (const listener of [...this.#listeners]) {
        try {
          listener(what);
        } catch (error) {
          queueMicrotask(() => {
            throw error;
          });
        }
      }
  }
}

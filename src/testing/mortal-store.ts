/**
 * A store as a process sees it that will be killed.
 * Passes everything on to a store that outlives the process, until `die` is called.
 * Does not take back what was handed to the store before: that may have been written, as on a disk.
 * Always: after `die` nothing reaches the store, and nobody hears of what was asked before.
 * Before: storage/store.ts. After: testing/memory-stage.ts.
 */
import type { Store } from '../storage/store.ts';

export interface MortalStore {
  readonly store: Store;
  die(): void;
}

export function mortal(lasting: Store): MortalStore {
  let isDead = false;
  const passOn =
    (method: (...args: unknown[]) => Promise<unknown>) =>
    (...args: unknown[]): Promise<unknown> =>
      new Promise((resolve, reject) => {
        if (isDead) return;
        method.apply(lasting, args).then(
          (value) => (isDead ? undefined : resolve(value)),
          (error: unknown) => (isDead ? undefined : reject(error as Error)),
        );
      });
  const store = new Proxy(lasting, {
    get: (target, name) => {
      const method: unknown = Reflect.get(target, name);
      return typeof method === 'function' ? passOn(method as Parameters<typeof passOn>[0]) : method;
    },
  });
  return { store, die: () => void (isDead = true) };
}

/**
 * What every store must do: one test body for all backends.
 * Owns storeContract, which each backend's test calls in three lines.
 * Does not know any backend: what only some can do hangs on a capability ('durable': it can be opened again).
 * Always: a new promise of store.ts is a new test in one of the contract files.
 * Before: storage/store.ts. After: storage/contract-facts.ts.
 */
import { afterEach, beforeEach, describe } from 'vitest';
import { archiveContract } from './contract-archive.ts';
import { commitContract } from './contract-commits.ts';
import { endContract } from './contract-ends.ts';
import { factContract } from './contract-facts.ts';
import { listContract } from './contract-lists.ts';
import { messageContract } from './contract-messages.ts';
import { miscContract } from './contract-misc.ts';
import { trimContract } from './contract-trim.ts';
import type { Store } from './store.ts';

export interface OpenedStore {
  readonly store: Store;
  /** Closes the store and opens it again on the same data. Present: the store is durable. */
  readonly reopen?: () => Promise<Store>;
}

/** The store of the test that is running. */
export interface Subject {
  readonly store: Store;
  /** The same data after closing and opening; the store itself where it is not durable. */
  reopened(): Promise<Store>;
}

/** Declares the tests of a backend; `open` gives an empty store. */
export function storeContract(name: string, open: () => Promise<OpenedStore>): void {
  describe(`the store contract: ${name}`, () => {
    let opened: OpenedStore | undefined;
    let current: Store | undefined;
    const subject: Subject = {
      get store() {
        if (current === undefined) throw new Error('no store is open');
        return current;
      },
      async reopened() {
        current = (await opened?.reopen?.()) ?? this.store;
        return current;
      },
    };
    beforeEach(async () => {
      opened = await open();
      current = opened.store;
    });
    afterEach(async () => {
      await current?.close();
    });
    commitContract(subject);
    factContract(subject);
    miscContract(subject);
    endContract(subject);
    archiveContract(subject);
    messageContract(subject);
    trimContract(subject);
    listContract(subject);
  });
}

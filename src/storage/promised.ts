/**
 * Work that is done at once behind an interface that promises it.
 * Owns one function, for the stores that never wait.
 * Does not run anything later: when it returns, the work is done.
 * Always: what the work throws becomes a rejection, never an exception at the caller.
 * Before: storage/store.ts. After: storage/memory.ts.
 */

export function promised<Result>(work: () => Result): Promise<Result> {
  return new Promise((resolve) => {
    resolve(work());
  });
}

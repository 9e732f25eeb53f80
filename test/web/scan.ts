/**
 * What a person's browser knows, searched for what it may not know.
 * Looks through the page, the storages and every frame that came over the WebSocket.
 * Does not know who may see what: the test says so.
 * Always: an account is looked for by its name alone, so that no way of writing the address escapes.
 * Before: test/web/person.ts.
 */
import { expect } from 'vitest';
import type { Person } from './person.ts';

/** Fails where a trace of one of these accounts is found; account names have to be words that occur nowhere else. */
export async function expectNoTraceOf(person: Person, accounts: readonly string[]): Promise<void> {
  const places = { page: [await person.traces()], frames: person.frames };
  expect(person.frames.length).toBeGreaterThan(10);
  for (const [place, texts] of Object.entries(places))
    for (const text of texts)
      for (const account of accounts) {
        const at = text.toLowerCase().indexOf(account.toLowerCase());
        if (at >= 0)
          expect.fail(
            `${account} was found in the ${place}: …${text.slice(Math.max(0, at - 200), at + 200)}…`,
          );
      }
}

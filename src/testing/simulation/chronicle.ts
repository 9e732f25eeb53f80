/**
 * All that was ever posted, for the invariants of a simulation: the archives forget.
 * Owns a list of messages for each channel, read off the commits on their way to the store.
 * Does not judge (checks.ts), nor change what is written.
 * Always: a message is in the list as soon as it is durable, in the archive's order, and stays when it is trimmed.
 * Before: storage/store.ts. After: testing/simulation/checks.ts.
 */
import type { ChannelName } from '../../jid/public-jid.ts';
import type { ArchivedMessage, Fact } from '../../storage/facts.ts';
import type { Store } from '../../storage/store.ts';

export class Chronicle {
  /** The store that it reads along with. */
  readonly store: Store;
  readonly #posted = new Map<ChannelName, ArchivedMessage[]>();
  readonly #closed = new Set<ChannelName>();

  constructor(store: Store) {
    this.store = {
      ...store,
      commit: async (commits, delivered) => {
        await store.commit(commits, delivered);
        for (const { channel, facts } of commits) for (const fact of facts) this.#note(channel, fact);
      },
    };
  }

  /** Every message of the channel; what was retracted as its tombstone. */
  posted(channel: ChannelName): ArchivedMessage[] {
    const known = this.#posted.get(channel) ?? [];
    this.#posted.set(channel, known);
    return known;
  }

  /** Was there ever a time when not every participant could see the list of them? */
  wasClosed(channel: ChannelName): boolean {
    return this.#closed.has(channel);
  }

  #note(channel: ChannelName, fact: Fact): void {
    const isConfig = fact.fact === 'created' || fact.fact === 'configured';
    if (isConfig && !/^(participants|allowed|anyone)$/.test(fact.config.participantsSubscription))
      this.#closed.add(channel);
    const posted = this.posted(channel);
    if (fact.fact === 'created') posted.length = 0;
    if (fact.fact === 'posted') posted.push(fact.message);
    if (fact.fact !== 'retracted') return;
    const at = posted.findIndex(({ id }) => id === fact.id);
    const message = posted[at];
    if (message !== undefined) posted[at] = { ...message, payload: fact.payload };
  }
}

/**
 * XEP-0405 MIX-PAM 0.5.3 §2.10, for a client: which channels the account has joined.
 * Reads the list from the roster or, where the server keeps none there, from the bookmarks; and tells of changes.
 * Does not join or leave (client.ts).
 * Always: a push counts when it comes from the own account (RFC 6121 §2.1.6); what changed while there was no
 * connection is told when it is back.
 * Before: xep/0405-pam/roster.ts. After: client/live-ending.ts.
 */
import type { Client, Stop } from '../../client/client.ts';
import { bareOf } from '../0369-core/addresses.ts';
import { listBookmarks } from '../0402-bookmarks/client.ts';
import { hasParticipantServer } from './client-server.ts';
import { buildRosterQuery, NS_ROSTER_QUERY, parseRoster, type RosterItem } from './roster.ts';

export interface JoinedChannel {
  readonly channel: string;
  /** Who the user is there. */
  readonly participantId?: string;
  /** What the user calls it. */
  readonly name?: string;
}

/** A channel that was joined, or left or lost, by this client or another, or by the channel. */
export type JoinedChange =
  (JoinedChannel & { readonly left?: undefined }) | { readonly channel: string; readonly left: true };

/**
 * The channels that the account has joined (§2.10).
 * @throws as {@link Client.request}
 * @example
 * await join(client, channel, { nick: 'third witch' });
 * const joined = await listJoined(client);
 * console.log(joined.some((each) => each.channel === channel)); // true
 */
export async function listJoined(client: Client): Promise<readonly JoinedChannel[]> {
  if (!(await hasParticipantServer(client))) return bookmarked(client);
  const answer = await client.request('get', undefined, buildRosterQuery());
  return answer === undefined ? [] : parseRoster(answer).flatMap((item) => joinedIn(item) ?? []);
}

const underWay = new WeakMap<Client, Promise<readonly JoinedChannel[]>>();

/** The same, asked once for all who ask while the answer is under way: many follow one list on a new stream. */
export async function listTogether(client: Client): Promise<readonly JoinedChannel[]> {
  const before = underWay.get(client);
  if (before !== undefined) return before;
  const asked = listJoined(client).finally(() => underWay.delete(client));
  underWay.set(client, asked);
  return asked;
}

function joinedIn({ address, name, channel }: RosterItem): JoinedChannel | undefined {
  if (channel === undefined) return undefined;
  return joinedChannel(address, channel.participantId, name);
}

function joinedChannel(channel: string, participantId: string | undefined, name?: string): JoinedChannel {
  return {
    channel,
    ...(participantId === undefined ? {} : { participantId }),
    ...(name === undefined ? {} : { name }),
  };
}

async function bookmarked(client: Client): Promise<readonly JoinedChannel[]> {
  // Without a place for bookmarks nobody knows.
  const bookmarks = await listBookmarks(client).catch(() => []);
  return bookmarks.flatMap(({ address, name, channel }) =>
    channel === undefined ? [] : [joinedChannel(address, channel.participantId, name)],
  );
}

/**
 * Tells of channels that are joined or left from now on, by whatever client or cause.
 * @example
 * const stop = onJoined(client, (change) => {
 *   console.log(change.left ? 'left' : 'joined', change.channel);
 * });
 * await join(client, channel, { nick: 'third witch' });
 * stop();
 */
export function onJoined(client: Client, listener: (change: JoinedChange) => void): Stop {
  const watch = new Watch(client, listener);
  return () => watch.stop();
}

class Watch {
  readonly #client: Client;
  readonly #listener: (change: JoinedChange) => void;
  readonly #stops: Stop[] = [];
  /** What was told last; undefined: nothing is known yet. */
  #known: Map<string, JoinedChannel> | undefined;
  #isReading = false;
  #isStale = false;
  #isStopped = false;

  constructor(client: Client, listener: (change: JoinedChange) => void) {
    this.#client = client;
    this.#listener = listener;
    this.#stops.push(
      client.on('fresh', () => this.#read(listTogether)),
      client.onRequest(NS_ROSTER_QUERY, 'query', ({ from, type, payload }) => {
        if (type === 'set' && bareOf(from) === client.account) this.#pushed(parseRoster(payload));
        return undefined;
      }),
    );
    if (client.state.is === 'online') this.#read(listTogether);
  }

  stop(): void {
    this.#isStopped = true;
    for (const stop of this.#stops) stop();
  }

  #pushed(items: readonly RosterItem[]): void {
    for (const item of items) {
      if (item.subscription === 'remove') this.#left(item.address);
      else if (item.channel !== undefined) this.#joined(joinedIn(item));
      // COMPAT(ejabberd): its pushes do not say whether something is a channel (23.01).
      else if (this.#known?.has(item.address) !== true) this.#read(listJoined);
    }
  }

  #left(channel: string): void {
    if (this.#known?.delete(channel) === true) this.#listener({ channel, left: true });
  }

  #joined(joined: JoinedChannel | undefined): void {
    if (joined === undefined) return;
    const before = this.#known?.get(joined.channel);
    this.#known?.set(joined.channel, joined);
    const isNews = before === undefined || before.participantId !== joined.participantId;
    if (isNews) this.#listener(joined);
  }

  /** Reads the list, and tells what is different; once more where something came meanwhile. */
  #read(list: typeof listJoined): void {
    this.#isStale = true;
    if (this.#isReading) return;
    this.#isReading = true;
    void this.#readAll(list).finally(() => {
      this.#isReading = false;
    });
  }

  async #readAll(list: typeof listJoined): Promise<void> {
    // A question that is under way after the first one has ended began later than what made this stale.
    for (let next = list; this.#isStale; next = listTogether) {
      this.#isStale = false;
      const found = await next(this.#client).catch(() => undefined);
      if (found !== undefined && !this.#isStopped) this.#compare(found);
    }
  }

  #compare(found: readonly JoinedChannel[]): void {
    const now = new Map(found.map((joined) => [joined.channel, joined]));
    if (this.#known === undefined) {
      this.#known = now;
      return;
    }
    for (const channel of [...this.#known.keys()]) if (!now.has(channel)) this.#left(channel);
    for (const joined of found) this.#joined(joined);
  }
}

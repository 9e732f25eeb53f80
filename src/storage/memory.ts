/**
 * The store without a disk, for tests and the simulation.
 * Owns memoryStore.
 * Does not survive its process, and copies more than a fast store would: it is the one that is obviously right.
 * Always: a commit is worked out on values first and put in place only when all of it has gone well.
 * Before: storage/memory-channel.ts. After: storage/sqlite/sqlite.ts.
 */
import type { ChannelName } from '../jid/public-jid.ts';
import type { RealJid } from '../jid/real-jid.ts';
import { excessIn } from './excess.ts';
import type { ArchivedMessage, NoticePlace } from './facts.ts';
import { applyFact, recordOf, type MemoryChannel } from './memory-channel.ts';
import { pendingAfter, struck, untold, withNotices, type Outbox } from './memory-outbox.ts';
import { archivePage, listPage } from './paging.ts';
import { promised } from './promised.ts';
import { listTexts, storeJid } from './stored-jid.ts';
import {
  NickTaken,
  StaleChannel,
  UnknownItem,
  type ArchiveBounds,
  type Commit,
  type ListedChannel,
  type RegisteredNick,
  type Store,
} from './store.ts';
import { compareText } from './text-order.ts';

interface Memory {
  readonly channels: Map<ChannelName, MemoryChannel>;
  readonly reserved: Map<ChannelName, readonly RealJid[]>;
  outbox: Outbox;
  /** By the text of the account's address. */
  readonly nicks: Map<string, RegisteredNick>;
  readonly secrets: Map<string, Uint8Array>;
}

/** What one commit leaves behind. */
interface Outcome {
  readonly commit: Commit;
  readonly channel: MemoryChannel | undefined;
  /** Of all channels. */
  readonly outbox: Outbox;
  /** The owners to whom the name is reserved; undefined where the commit does not erase. */
  readonly owners: readonly RealJid[] | undefined;
}

/** An empty store whose data lasts as long as the value. */
export function memoryStore(): Store {
  const memory: Memory = {
    channels: new Map(),
    reserved: new Map(),
    outbox: [],
    nicks: new Map(),
    secrets: new Map(),
  };
  const messagesOf = (name: ChannelName) => memory.channels.get(name)?.messages ?? [];
  return {
    commit: (commits, delivered) => promised(() => commitAll(memory, commits, delivered)),
    load: (name) =>
      promised(() => {
        const channel = memory.channels.get(name);
        return channel === undefined ? undefined : recordOf(channel);
      }),
    reservedTo: (name) => promised(() => memory.reserved.get(name)),
    channelNames: (after, max) => promised(() => namesOf(living(memory), after, max)),
    channelsOf: (jid, after, max) =>
      promised(() => {
        const joined = living(memory).filter((channel) => takesPart(channel, jid));
        return namesOf(joined, after, max);
      }),
    expired: (at, max) => promised(() => expiredAt(memory, at).slice(0, max)),
    listChannels: (asker, page) => promised(() => listPage(listedFor(memory, asker), page)),
    archive: (name, query) =>
      promised(() => {
        const messages = messagesOf(name);
        return archivePage(messages, query, (id) => positionOf(messages, id));
      }),
    archiveEnds: (name) =>
      promised(() => {
        const messages = messagesOf(name);
        const first = messages[0];
        const last = messages.at(-1);
        return first === undefined || last === undefined ? undefined : { first, last };
      }),
    excess: (name, bounds, max) => promised(() => excessOf(memory, name, bounds, max)),
    message: (name, id) => promised(() => messagesOf(name).find((message) => message.id === id)),
    messageOf: (name, sender, originalId) =>
      promised(
        () => messagesOf(name).findLast((one) => one.sender === sender && one.originalId === originalId)?.id,
      ),
    picture: (name, node, itemId) =>
      promised(() => {
        const picture = memory.channels.get(name)?.pictures.get(node);
        return picture?.itemId === itemId ? picture.payload : undefined;
      }),
    registeredNicks: (after, max) =>
      promised(() =>
        [...memory.nicks.values()]
          .filter(({ key }) => isAfter(key, after))
          .sort((one, other) => compareText(one.key, other.key))
          .slice(0, max),
      ),
    registerNick: (registered) => promised(() => register(memory, registered)),
    pending: (after, max) => promised(() => pendingAfter(memory.outbox, memory.channels, after, max)),
    secret: (name, make) =>
      promised(() => {
        const secret = memory.secrets.get(name) ?? make();
        memory.secrets.set(name, secret);
        return secret;
      }),
    close: () => Promise.resolve(),
  };
}

function commitAll(memory: Memory, commits: readonly Commit[], delivered: readonly NoticePlace[]): void {
  const latest = new Map<ChannelName, MemoryChannel | undefined>(memory.channels);
  let { outbox } = memory;
  const outcomes = commits.map((commit) => {
    const outcome = outcomeOf(latest.get(commit.channel), outbox, commit);
    latest.set(commit.channel, outcome.channel);
    ({ outbox } = outcome);
    return outcome;
  });
  // From here on nothing can fail.
  for (const outcome of outcomes) putInPlace(memory, outcome);
  memory.outbox = struck(outbox, delivered);
}

function outcomeOf(before: MemoryChannel | undefined, waiting: Outbox, commit: Commit): Outcome {
  if ((before?.version ?? 0) !== commit.expected) throw new StaleChannel('the channel has another version');
  if (commit.version <= commit.expected) throw new Error('a commit must raise the version');
  let channel = before;
  let outbox = waiting;
  let owners: readonly RealJid[] | undefined;
  for (const fact of commit.facts) {
    if (fact.fact === 'trimmed' && channel !== undefined) checkTrim(channel, outbox, fact.through);
    if (fact.fact === 'erased') {
      owners = channel?.config.owners;
      outbox = outbox.filter(({ place }) => place.channel !== commit.channel);
    }
    channel = applyFact(channel, commit.channel, commit.version, fact);
  }
  if (channel === undefined) {
    if (owners === undefined) throw new Error('a turn of no channel');
    if (commit.notices.length > 0) throw new Error('notices of an erased channel');
    return { commit, channel, outbox, owners };
  }
  outbox = withNotices(outbox, channel, commit);
  return { commit, channel: { ...channel, version: commit.version }, outbox, owners };
}

/** @throws Error when a message that is to go is still to be told. */
function checkTrim(channel: MemoryChannel, outbox: Outbox, through: number): void {
  const firstTold = channel.messages[untold(channel, outbox).length];
  if (firstTold !== undefined && firstTold.position <= through)
    throw new Error('trimmed, but still to be told');
}

function putInPlace(memory: Memory, { commit, channel, owners }: Outcome): void {
  const name = commit.channel;
  if (owners !== undefined) memory.reserved.set(name, owners);
  if (channel === undefined) {
    memory.channels.delete(name);
    return;
  }
  memory.channels.set(name, channel);
  memory.reserved.delete(name);
}

function excessOf(
  { channels, outbox }: Memory,
  name: ChannelName,
  bounds: ArchiveBounds,
  max: number,
): number | undefined {
  const channel = channels.get(name);
  if (channel === undefined) return undefined;
  return excessIn(untold(channel, outbox).slice(0, max), channel.messages.length, bounds);
}

function positionOf(messages: readonly ArchivedMessage[], id: string): number {
  const message = messages.find((one) => one.id === id);
  if (message === undefined) throw new UnknownItem('no such message in the archive');
  return message.position;
}

function living(memory: Memory): MemoryChannel[] {
  return [...memory.channels.values()]
    .filter((channel) => !channel.destroyed)
    .sort((one, other) => compareText(one.name, other.name));
}

function namesOf(
  channels: readonly MemoryChannel[],
  after: ChannelName | undefined,
  max: number,
): readonly ChannelName[] {
  return channels
    .map(({ name }) => name)
    .filter((name) => isAfter(name, after))
    .slice(0, max);
}

function takesPart({ identities, participants }: MemoryChannel, jid: RealJid): boolean {
  const [id] = [...identities].find(([, known]) => known.equals(jid.bare)) ?? [];
  return id !== undefined && participants.has(id);
}

function expiredAt(memory: Memory, at: number): readonly ChannelName[] {
  return living(memory)
    .flatMap(({ name, config: { endOfLife } }) =>
      endOfLife === undefined || endOfLife > at ? [] : [{ name, endOfLife }],
    )
    .sort((one, other) => one.endOfLife - other.endOfLife)
    .map(({ name }) => name);
}

function register(memory: Memory, registered: RegisteredNick): void {
  const account = storeJid(registered.jid);
  const holder = [...memory.nicks].find(([, { key }]) => key === registered.key)?.[0];
  if (holder !== undefined && holder !== account) throw new NickTaken('another account has registered it');
  memory.nicks.set(account, registered);
}

function listedFor(memory: Memory, asker: RealJid): ListedChannel[] {
  return living(memory)
    .filter((channel) => channel.listed && mayJoin(channel, asker))
    .map(({ name, info, config }) => ({
      name,
      title: info.name,
      description: info.description,
      mode: config.mode,
      isOpen: !config.nodesPresent.includes('allowed'),
      informationSubscription: config.informationSubscription,
    }));
}

function mayJoin(channel: MemoryChannel, asker: RealJid): boolean {
  const texts = listTexts(asker);
  if (texts.some((text) => channel.banned.has(text))) return false;
  if (!channel.config.nodesPresent.includes('allowed')) return true;
  const managers = [...channel.config.owners, ...channel.config.administrators].map(storeJid);
  return texts.some((text) => channel.allowed.has(text)) || managers.includes(storeJid(asker.bare));
}

function isAfter(text: string, after: string | undefined): boolean {
  return after === undefined || compareText(text, after) > 0;
}

/**
 * The store without a disk, for tests and the simulation.
 * Owns memoryStore.
 * Does not survive its process, and copies more than a fast store would: it is the one that is obviously right.
 * Always: a commit is worked out on values first and put in place only when all of it has gone well.
 * Before: storage/memory-channel.ts. After: storage/sqlite/sqlite.ts.
 */
import type { ChannelName } from '../jid/public-jid.ts';
import type { RealJid } from '../jid/real-jid.ts';
import type { ArchivedMessage, Notice, NoticePlace } from './facts.ts';
import { applyFact, recordOf, type MemoryChannel } from './memory-channel.ts';
import { archivePage, listPage } from './paging.ts';
import { promised } from './promised.ts';
import { listTexts, storeJid } from './stored-jid.ts';
import {
  NickTaken,
  StaleChannel,
  UnknownItem,
  type Commit,
  type ListedChannel,
  type RegisteredNick,
  type Store,
} from './store.ts';

interface Memory {
  readonly channels: Map<ChannelName, MemoryChannel>;
  readonly reserved: Map<ChannelName, readonly RealJid[]>;
  outbox: readonly { readonly place: NoticePlace; readonly notice: Notice }[];
  /** By the text of the account's address. */
  readonly nicks: Map<string, RegisteredNick>;
  readonly secrets: Map<string, Uint8Array>;
}

/** What one commit leaves behind. */
interface Outcome {
  readonly commit: Commit;
  readonly channel: MemoryChannel | undefined;
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
    pending: (after, max) => promised(() => pendingAfter(memory, after, max)),
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
  const outcomes = commits.map((commit) => {
    const outcome = outcomeOf(latest.get(commit.channel), commit);
    latest.set(commit.channel, outcome.channel);
    return outcome;
  });
  // From here on nothing can fail.
  for (const outcome of outcomes) putInPlace(memory, outcome);
  if (delivered.length > 0) {
    memory.outbox = memory.outbox.filter(
      ({ place }) => !delivered.some((struck) => comparePlaces(place, struck) === 0),
    );
  }
}

function outcomeOf(before: MemoryChannel | undefined, commit: Commit): Outcome {
  if ((before?.version ?? 0) !== commit.expected) throw new StaleChannel('the channel has another version');
  if (commit.version <= commit.expected) throw new Error('a commit must raise the version');
  let channel = before;
  let owners: readonly RealJid[] | undefined;
  for (const fact of commit.facts) {
    if (fact.fact === 'erased') owners = channel?.config.owners;
    channel = applyFact(channel, commit.channel, commit.version, fact);
  }
  if (channel === undefined) {
    if (owners === undefined) throw new Error('a turn of no channel');
    if (commit.notices.length > 0) throw new Error('notices of an erased channel');
    return { commit, channel, owners };
  }
  for (const notice of commit.notices) {
    if (notice.kind === 'message') archivedOf(channel, notice.message.id);
  }
  return { commit, channel: { ...channel, version: commit.version }, owners };
}

function putInPlace(memory: Memory, { commit, channel, owners }: Outcome): void {
  const name = commit.channel;
  if (owners !== undefined) {
    memory.reserved.set(name, owners);
    memory.outbox = memory.outbox.filter(({ place }) => place.channel !== name);
  }
  if (channel === undefined) {
    memory.channels.delete(name);
    return;
  }
  memory.channels.set(name, channel);
  memory.reserved.delete(name);
  const added = commit.notices.map((notice, index) => ({
    place: { channel: name, version: commit.version, index },
    notice,
  }));
  memory.outbox = [...memory.outbox, ...added];
}

function pendingAfter(memory: Memory, after: NoticePlace | undefined, max: number): Memory['outbox'] {
  return memory.outbox
    .filter(({ place }) => after === undefined || comparePlaces(place, after) > 0)
    .sort((one, other) => comparePlaces(one.place, other.place))
    .slice(0, max)
    .map(({ place, notice }) => ({ place, notice: asArchived(memory, place.channel, notice) }));
}

/** A message is told as the archive has it now: one that was retracted meanwhile is its tombstone. */
function asArchived(memory: Memory, name: ChannelName, notice: Notice): Notice {
  if (notice.kind !== 'message') return notice;
  return { ...notice, message: archivedOf(memory.channels.get(name), notice.message.id) };
}

function archivedOf(channel: MemoryChannel | undefined, id: string): ArchivedMessage {
  const message = channel?.messages.find((one) => one.id === id);
  if (message === undefined) throw new Error('a notice of a message that is not in the archive');
  return message;
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

function comparePlaces(one: NoticePlace, other: NoticePlace): number {
  return compareText(one.channel, other.channel) || one.version - other.version || one.index - other.index;
}

function isAfter(text: string, after: string | undefined): boolean {
  return after === undefined || compareText(text, after) > 0;
}

/** By code points, as a database orders UTF-8; `<` on strings would order by UTF-16 units. */
function compareText(one: string, other: string): number {
  const others = other[Symbol.iterator]();
  for (const character of one) {
    const { value, done } = others.next();
    if (done === true) return 1;
    if (value !== character) return (character.codePointAt(0) ?? 0) - (value.codePointAt(0) ?? 0);
  }
  return others.next().done === true ? 0 : -1;
}

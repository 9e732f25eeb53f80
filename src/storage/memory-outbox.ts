/**
 * The outbox of the memory store, and which messages it still needs of the archive.
 * Owns Outbox, a value like the channels: what is added or struck off makes a new one.
 * Does not know which channels there are (memory.ts).
 * Always: a message that is to be told is in the archive until it is struck off.
 * Before: storage/facts.ts. After: storage/memory.ts.
 */
import type { ChannelName } from '../jid/public-jid.ts';
import type { ArchivedMessage, Notice, NoticePlace } from './facts.ts';
import type { MemoryChannel } from './memory-channel.ts';
import type { Commit } from './store.ts';
import { compareText } from './text-order.ts';

export type Outbox = readonly { readonly place: NoticePlace; readonly notice: Notice }[];
type Channels = ReadonlyMap<ChannelName, MemoryChannel>;

/**
 * With the notices of a commit.
 * @throws Error when one of them tells a message that the channel's archive has not.
 */
export function withNotices(outbox: Outbox, channel: MemoryChannel, commit: Commit): Outbox {
  for (const notice of commit.notices) if (notice.kind === 'message') archivedOf(channel, notice.message.id);
  const added = commit.notices.map((notice, index) => ({
    place: { channel: commit.channel, version: commit.version, index },
    notice,
  }));
  return [...outbox, ...added];
}

/** Without what was delivered. */
export function struck(outbox: Outbox, delivered: readonly NoticePlace[]): Outbox {
  if (delivered.length === 0) return outbox;
  return outbox.filter(({ place }) => !delivered.some((other) => comparePlaces(place, other) === 0));
}

/** In their order; each message as the archive has it now: one that was retracted meanwhile is its tombstone. */
export function pendingAfter(
  outbox: Outbox,
  channels: Channels,
  after: NoticePlace | undefined,
  max: number,
): Outbox {
  return outbox
    .filter(({ place }) => after === undefined || comparePlaces(place, after) > 0)
    .sort((one, other) => comparePlaces(one.place, other.place))
    .slice(0, max)
    .map(({ place, notice }) => {
      if (notice.kind !== 'message') return { place, notice };
      const message = archivedOf(channels.get(place.channel), notice.message.id);
      return { place, notice: { ...notice, message } };
    });
}

/** The messages from the archive's oldest end of which nobody is still to be told. */
export function untold(channel: MemoryChannel, outbox: Outbox): readonly ArchivedMessage[] {
  const told = new Set(
    outbox.flatMap(({ place, notice }) =>
      place.channel === channel.name && notice.kind === 'message' ? [notice.message.id] : [],
    ),
  );
  const first = channel.messages.findIndex(({ id }) => told.has(id));
  return first < 0 ? channel.messages : channel.messages.slice(0, first);
}

function archivedOf(channel: MemoryChannel | undefined, id: string): ArchivedMessage {
  const message = channel?.messages.find((one) => one.id === id);
  if (message === undefined) throw new Error('a notice of a message that is not in the archive');
  return message;
}

function comparePlaces(one: NoticePlace, other: NoticePlace): number {
  return compareText(one.channel, other.channel) || one.version - other.version || one.index - other.index;
}

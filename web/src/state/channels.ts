/**
 * The channels that the person is in.
 * Owns the list, and one live channel for each.
 * Does not know private conversations (state/privates.ts).
 * Always: follows what the account's server says, so that all devices show the same list.
 * Before: state/live.ts. After: views/sidebar.tsx.
 */
import { computed, signal } from '@preact/signals';
import { listJoined, onJoined, openChannel, type Client, type LiveChannel } from 'vizard';
import { settings } from './settings.ts';
import { watchChannel, type ChannelConversation } from './live.ts';
import { moveMark } from './marks.ts';
import { followPicture, type Pictured } from './pictures.ts';
import { makeStanding, refreshStanding, type Standing } from './role.ts';

export interface Room extends ChannelConversation, Standing, Pictured {}

/** By the channels' addresses; undefined until the server has told which. */
export const rooms = signal<ReadonlyMap<string, Room> | undefined>(undefined);

/** The newest first. */
export const sortedRooms = computed(() =>
  [...(rooms.value?.values() ?? [])].sort(
    (a, b) => latest(b) - latest(a) || (a.channel < b.channel ? -1 : 1),
  ),
);

export const totals = computed(() => {
  const all = [...(rooms.value?.values() ?? [])].map(({ unread }) => unread.value);
  return {
    count: all.reduce((sum, { count }) => sum + count, 0),
    mentions: all.reduce((sum, { mentions }) => sum + mentions, 0),
  };
});

function latest({ messages }: Room): number {
  return messages.value.at(-1)?.at ?? 0;
}

export function roomOf(channel: string): Room | undefined {
  return rooms.value?.get(channel);
}

/** What to call a channel: its name, or else what stands before the @. */
export function nameOf(channel: string): string {
  return roomOf(channel)?.info.value?.name ?? channel.split('@', 1)[0] ?? channel;
}

/** Follows the account's channels until the returned function is called. */
export function followChannels(client: Client): () => void {
  const stops = [
    onJoined(client, (event) => {
      // A channel that was left says itself that it has ended, and why.
      if (event.left !== true) add(client, event.channel, event.participantId);
    }),
    client.on('fresh', () => void load(client)),
  ];
  if (client.state.is === 'online') void load(client);
  return () => {
    for (const stop of stops) stop();
    for (const room of rooms.value?.values() ?? []) room.close();
    rooms.value = undefined;
  };
}

async function load(client: Client): Promise<void> {
  const joined = await listJoined(client).catch(() => undefined);
  if (joined === undefined) return;
  // A room that is made now asks by itself.
  const before = [...(rooms.value?.values() ?? [])];
  for (const { channel, participantId } of joined) add(client, channel, participantId);
  rooms.value ??= new Map();
  for (const room of before) void refreshStanding(room, client, room.channel);
}

/** The channel's live state; made when it is not there yet. */
export function add(client: Client, channel: string, self: string | undefined): Room {
  const known = roomOf(channel);
  if (known !== undefined && known.ended.peek() === undefined) return known;
  known?.close();
  const { markers } = settings.peek();
  const live = openChannel(client, channel, {
    sendMarkers: markers,
    ...(self === undefined ? {} : { self }),
  });
  const watched = watchChannel(live);
  const { picture, stop: stopPicture } = followPicture(client, channel);
  const close = (): void => {
    stopPicture();
    watched.close();
  };
  const room: Room = { ...watched, ...makeStanding(), picture, close };
  rooms.value = new Map([...(rooms.value ?? []), [channel, room]]);
  void refreshStanding(room, client, channel);
  let place = placeIn(live);
  const stop = live.onChange((what) => {
    const next = placeIn(live);
    // What is told for the first time is no change.
    if (place !== undefined && next !== place) void refreshStanding(room, client, channel);
    place = next;
    if (what !== 'ended') return;
    stop();
    // The others stay until the person closes them, since there is something to be told.
    if (live.ended?.reason === 'left') closeRoom(channel);
  });
  return room;
}

/** What one's rights and choices hang on, as far as the channel tells it unasked; undefined until it has. */
function placeIn({ info, self }: LiveChannel): string | undefined {
  return info === undefined || self.id === undefined ? undefined : `${info.mode} ${self.id}`;
}

export function closeRoom(channel: string): void {
  const rest = new Map(rooms.value);
  rest.get(channel)?.close();
  rest.delete(channel);
  rooms.value = rest;
}

/** What was there before somebody joined is not unread. */
export function startReading(channel: string, now: number): void {
  moveMark(channel, { id: '', at: now });
}

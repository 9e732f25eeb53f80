/**
 * XEP-0045 Multi-User Chat 1.35.5 (2026-05-03) on channels: the promises to people in rooms.
 * Compares what the store has of occupants with what their clients believe, see and heard.
 * Does not look at participants' subscriptions (checks.ts).
 * Always: each complaint says what was promised.
 * Before: testing/simulation/inside.ts. After: testing/simulation/checks.ts.
 */
import type { ArchivedMessage, Session } from '../../storage/facts.ts';
import type { ChannelRecord } from '../../storage/store.ts';
import type { Player } from '../stage.ts';
import type { Inside } from './inside.ts';
import type { Room, World } from './world.ts';

function promise(holds: boolean, complaint: () => string): void {
  if (!holds) throw new Error(complaint());
}

/** Whatever can be checked whenever nothing is on its way. */
export function checkRoom(
  world: World,
  room: Room,
  record: ChannelRecord,
  posted: readonly ArchivedMessage[],
): void {
  const { sessions, participants } = record;
  for (const { id, isSessionOnly } of participants) {
    const isIn = sessions.some((session) => session.id === id && session.entered !== undefined);
    promise(!isSessionOnly || isIn, () => `${id} takes part by no client`);
  }
  for (const session of sessions) {
    if (session.entered === undefined) continue;
    promise(
      participants.some(({ id }) => id === session.id),
      () => `an occupant ${session.id} takes no part`,
    );
    const device = world.deviceAt(session.client);
    if (device === undefined) throw new Error('an occupant that nobody is');
    const inside = world.ledger.inside.of(device.full, room.address);
    promise(inside.isIn, () => `${device.full} is in ${room.name}, and was not told so`);
    checkHeard(device, session, inside, posted);
    if (world.chronicle.wasClosed(room.name)) continue;
    promise(inside.clash === undefined, () => `two people have one nick: ${inside.clash ?? ''}`);
    checkSeen(device, inside, record);
  }
  for (const { devices } of world.people)
    for (const device of devices) {
      const { isIn } = world.ledger.inside.of(device.full, room.address);
      const isThere = sessions.some(
        ({ client, entered }) => entered !== undefined && world.deviceAt(client) === device,
      );
      promise(isThere || !isIn, () => `${device.full} believes to be in ${room.name}`);
    }
}

/** All that needs time to have passed. */
export function checkNoGhosts(world: World, room: Room, { sessions }: ChannelRecord): void {
  for (const { client, entered } of sessions) {
    const device = entered === undefined ? undefined : world.deviceAt(client);
    promise(device?.isOnline !== false, () => `${device?.full ?? ''} has gone, and is in ${room.name}`);
  }
}

/** One order, nothing twice, and nothing missing since it came. */
function checkHeard(
  { full }: Player,
  { entered = 0 }: Session,
  { heard }: Inside,
  posted: readonly ArchivedMessage[],
): void {
  const positions = new Map(posted.map(({ id, position }) => [id, position]));
  let [epoch, last] = [-1, 0];
  for (const message of heard) {
    const position = positions.get(message.id);
    if (position === undefined) throw new Error(`${full} heard ${message.id}, which nobody said`);
    if (message.epoch === epoch)
      promise(position > last, () => `${full} heard ${message.id} twice or after a later message`);
    [epoch, last] = [message.epoch, position];
  }
  const ids = new Set(heard.map(({ id }) => id));
  for (const { id, position } of posted)
    promise(position <= entered || ids.has(id), () => `${full} never heard ${id}`);
}

/** Everybody in the room, under the right nick, and nobody else. */
function checkSeen(
  { full }: Player,
  { seen, isWhole }: Inside,
  { participants, sessions }: ChannelRecord,
): void {
  if (!isWhole) return;
  const present = new Map<string, string>(participants.map(({ id, nick }) => [nick ?? id, id]));
  for (const { id, available } of sessions)
    if (available && !participants.some((participant) => participant.id === id))
      present.set(`visitor-${id.slice(0, 12)}`, id);
  for (const [nick, id] of present)
    promise(seen.get(nick) === id, () => `${full} was not shown that ${nick} is there`);
  for (const nick of seen.keys())
    promise(present.has(nick), () => `${full} was not told that ${nick} has gone`);
}

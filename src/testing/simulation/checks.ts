/**
 * The promises that a simulation holds the service to.
 * Looks into the store and into what everybody was told, when nothing is under way.
 * Does not use the service's own rules: who may read what is said here once more.
 * Always: each complaint says what was promised.
 * Before: testing/simulation/ledger.ts. After: testing/simulation.ts.
 */
import { parseJid } from '../../jid/prep.ts';
import { nicknameKey } from '../../jid/nickname.ts';
import { RealJid, RealJidMap } from '../../jid/real-jid.ts';
import type { ArchivedMessage, Group, Node } from '../../storage/facts.ts';
import type { ChannelRecord } from '../../storage/store.ts';
import { buildItemsRequest, parseItems, type PublishedItem } from '../../xep/0060-pubsub/wire.ts';
import { NODE_NAMES, parseParticipant } from '../../xep/0369-core/wire.ts';
import { parseMapped } from '../../xep/0404-anon/wire.ts';
import { elements } from '../../xml/element.ts';
import { watcherKey } from './acts.ts';
import { checkNoGhosts, checkRoom } from './check-rooms.ts';
import { key } from './ledger.ts';
import { ARCHIVE_MESSAGES_MAX, isAtEjabberd, type Room, type World } from './world.ts';

const ARCHIVE_MAX = 100_000;

function promise(holds: boolean, complaint: () => string): void {
  if (!holds) throw new Error(complaint());
}

/** Nobody learnt a hidden address, as far as everything went that was said so far. */
export function checkLeaks({ ledger: { scanner } }: World): void {
  const [leak] = scanner.leaks;
  promise(leak === undefined, () => {
    const { receiver = '', what = '', whose = '', stanza = '' } = leak ?? {};
    return `${receiver} learnt the ${what} of ${whose} from ${stanza}`;
  });
}

/** Whatever can be checked whenever nothing is on its way, answers from participants' clients aside. */
export async function check(world: World): Promise<void> {
  checkLeaks(world);
  for (const [who, count] of world.ledger.answers)
    promise(count === 1, () => `the request ${who} was answered ${count} times`);
  world.presenceWatchers.clear();
  for (const room of world.liveRooms) {
    const record = await world.store.load(room.name);
    if (record === undefined || record.destroyed) throw new Error(`the channel ${room.name} is gone`);
    const { items } = await world.store.archive(room.name, { page: { max: ARCHIVE_MAX } });
    checkIdentities(world, room, record);
    checkPeople(record);
    checkSubscribers(world, room, record);
    const posted = world.chronicle.posted(room.name);
    checkTrimmed(items, posted);
    checkArchive(world, room, record, posted);
    checkRoom(world, room, record, posted);
    checkSaid(world, room, posted);
  }
}

/** All that needs time to have passed, or somebody to ask. */
export async function checkQuiet(world: World): Promise<void> {
  const complaint = world.ledger.scanner.complaint();
  promise(complaint === undefined, () => complaint ?? '');
  const [waiting] = world.asked.filter(({ epoch }) => epoch === world.ledger.epoch);
  promise(waiting === undefined, () => `nobody answered ${waiting?.id ?? ''} of ${waiting?.by.name ?? ''}`);
  for (const room of world.liveRooms) {
    const record = await world.store.load(room.name);
    if (record === undefined) continue;
    checkPresences(world, room, record);
    checkNoGhosts(world, room, record);
    await checkMap(world, room, record);
  }
  const [pending] = await world.store.pending(undefined, 1);
  promise(pending === undefined, () => `a notice was never delivered: ${JSON.stringify(pending)}`);
}

/** Nothing was said for a while, so that the archives had time to become as small as they should be. */
export async function checkSizes(world: World): Promise<void> {
  for (const { name } of world.liveRooms) {
    const { items } = await world.store.archive(name, { page: { max: ARCHIVE_MAX } });
    const due = Math.min(ARCHIVE_MESSAGES_MAX, world.chronicle.posted(name).length);
    promise(items.length === due, () => `the archive of ${name} has ${items.length} messages, not ${due}`);
  }
}

/** What is left of the archive is its newest end, as it was. */
function checkTrimmed(archive: readonly ArchivedMessage[], posted: readonly ArchivedMessage[]): void {
  const text = (messages: readonly ArchivedMessage[]): string =>
    messages.map(({ id, position, payload }) => `${id} ${position} ${payload}`).join('\n');
  const newest = posted.slice(posted.length - archive.length);
  promise(text(archive) === text(newest), () => `the archive has a hole:\n${text(archive)}\n${text(newest)}`);
}

/** An id belongs to one person for ever, and is not used in another channel. */
function checkIdentities(world: World, room: Room, record: ChannelRecord): void {
  const ids = record.identities.map(({ id }) => id);
  promise(new Set(ids).size === ids.length, () => 'an id was given twice');
  const people = new RealJidMap<true>();
  for (const { id, jid } of record.identities) {
    promise(people.get(jid) === undefined, () => `somebody has two ids, one of them ${id}`);
    people.set(jid, true);
    const { bare = '' } = world.peopleByJid.get(jid) ?? {};
    const known = room.ids.get(bare);
    promise(known === undefined || known === id, () => `the id of ${bare} has changed`);
    // Learnt here, where the answer to the join was lost.
    room.ids.set(bare, id);
    const elsewhere = world.rooms.some((other) => other !== room && [...other.ids.values()].includes(id));
    promise(!elsewhere, () => `the id ${id} is used in two channels`);
  }
}

function checkPeople(record: ChannelRecord): void {
  const { participants, identities, config } = record;
  const nicks = participants.flatMap(({ nick }) => (nick === undefined ? [] : [nicknameKey(nick)]));
  promise(new Set(nicks).size === nicks.length, () => `two people have one nick: ${nicks.join()}`);
  const unfit = { 'jid-visible': 'never', 'jid-hidden': 'always', 'jid-maybe-visible': undefined }[
    config.mode
  ];
  for (const { id, nick, preferences } of participants) {
    const jid = identities.find((identity) => identity.id === id)?.jid;
    if (jid === undefined) throw new Error('a participant without an address');
    promise(preferences.jidVisibility !== unfit, () => `somebody with ${unfit ?? ''} in ${config.mode}`);
    promise(!isBanned(record, jid), () => 'somebody who is banned takes part');
    const isMask = nick !== undefined || (config.mode === 'jid-visible' && !config.mandatoryNicks);
    const shows = preferences.jidVisibility === 'always' || preferences.jidVisibility === 'prefer';
    promise(isMask || (config.mode === 'jid-maybe-visible' && shows), () => 'nobody can call a participant');
  }
}

function checkSubscribers(world: World, room: Room, record: ChannelRecord): void {
  for (const { jid, node } of record.subscriptions) {
    const person = world.peopleByJid.get(jid);
    promise(mayFollow(record, node, jid), () => `${person?.name ?? ''} may not follow ${node}`);
    if (person !== undefined && node === 'presence') world.presenceWatchers.add(watcherKey(person, room));
  }
}

/** XEP-0406 §2.4, said once more. */
function mayFollow(record: ChannelRecord, node: Node, jid: RealJid): boolean {
  const { config } = record;
  const groups: Readonly<Record<Node, Group>> = {
    messages: config.messagesSubscription,
    participants: config.participantsSubscription,
    presence: config.presenceSubscription,
    info: config.informationSubscription,
    'avatar-data': config.informationSubscription,
    'avatar-metadata': config.informationSubscription,
    config: config.configurationAccess,
    jidmap: 'admins',
    allowed: config.allowedSubscription,
    banned: config.bannedSubscription,
  };
  const group = groups[node];
  if (has(config.owners, jid)) return true;
  if (isAdministrator(record, jid)) return group !== 'nobody' && group !== 'owners';
  const isParticipant = record.participants.some(
    ({ id }) => record.identities.find((identity) => identity.id === id)?.jid.equals(jid) === true,
  );
  if (group === 'participants') return isParticipant;
  if (group !== 'allowed') return group === 'anyone';
  const isListed = has(record.allowed, jid) || has(record.allowed, jid.host);
  const isOpen = !config.nodesPresent.includes('allowed');
  return !isBanned(record, jid) && (isOpen || isParticipant || isListed);
}

function has(list: readonly RealJid[], jid: RealJid): boolean {
  return list.some((each) => each.equals(jid));
}

function isAdministrator({ config, banned }: ChannelRecord, jid: RealJid): boolean {
  return has(config.owners, jid) || (has(config.administrators, jid) && !has(banned, jid));
}

function isBanned(record: ChannelRecord, jid: RealJid): boolean {
  return !isAdministrator(record, jid) && (has(record.banned, jid) || has(record.banned, jid.host));
}

/** One order everywhere, nothing twice, and nothing missing at those who follow. */
function checkArchive(
  { ledger, people }: World,
  { address }: Room,
  { subscriptions }: ChannelRecord,
  posted: readonly ArchivedMessage[],
): void {
  const positions = new Map(posted.map(({ id, position }) => [id, position]));
  for (const { bare, name, jid } of people) {
    const heard = ledger.heardBy(bare, address);
    let [epoch, last] = [-1, 0];
    for (const message of heard) {
      const position = positions.get(message.id);
      if (position === undefined) throw new Error(`${name} heard ${message.id}, which was never posted`);
      if (message.epoch === epoch)
        promise(position > last, () => `${name} heard ${message.id} twice or after a later message`);
      [epoch, last] = [message.epoch, position];
    }
    const since = subscriptions.find((each) => each.node === 'messages' && each.jid.equals(jid))?.since;
    if (since === undefined) continue;
    const ids = new Set(heard.map(({ id }) => id));
    for (const { id, position } of posted)
      promise(position < since || ids.has(id), () => `${name} never heard ${id}`);
  }
}

/** What was accepted is in the archive; what was refused is not. */
function checkSaid({ ledger, said }: World, room: Room, posted: readonly ArchivedMessage[]): void {
  const ids = new Set(posted.map(({ id }) => id));
  for (const { room: where, by, id, text, epoch } of said) {
    if (where !== room) continue;
    const refusal = ledger.refused.get(key(by.bare, id));
    const heard = ledger.idsByText.get(text);
    const isKept =
      heard === undefined ? posted.some(({ payload }) => payload.includes(`>${text}<`)) : ids.has(heard);
    if (refusal !== undefined) promise(!isKept, () => `${text} was refused with ${refusal}, and kept`);
    else if (epoch === ledger.epoch) promise(isKept, () => `${text} was accepted, and not kept`);
    else promise(heard === undefined || isKept, () => `${text} was heard, and not kept`);
  }
}

/** Who is shown is there; and everybody who follows was shown just those. */
function checkPresences({ ledger, people }: World, { address }: Room, record: ChannelRecord): void {
  const clients = people.flatMap(({ devices }) => devices.filter(({ isOnline }) => isOnline));
  const online = clients.map(({ full }) => RealJid.of(parseJid(full)));
  const shown = record.sessions.filter(({ available }) => available);
  // What was lost is asked for again, but ejabberd answers no probes, and its silence says nothing.
  const deaf = ledger.epoch === 0 ? [] : people.filter(({ bare }) => isAtEjabberd(bare));
  for (const { client, id } of shown) {
    const isExcused = deaf.some(({ jid }) => jid.equals(client.bare));
    promise(isExcused || has(online, client), () => `a client of ${id} is shown, and has gone`);
  }
  const addresses = new Set(shown.map(({ id, anonymous }) => `${id}#${address}/${anonymous}`));
  for (const { bare, name, jid } of people) {
    if (!record.subscriptions.some((each) => each.node === 'presence' && each.jid.equals(jid))) continue;
    const { available, isWhole } = ledger.view(bare, address);
    for (const each of available)
      promise(addresses.has(each), () => `${name} was not told that ${each} has gone`);
    if (isWhole)
      for (const each of addresses) promise(available.has(each), () => `${name} was not shown ${each}`);
  }
}

/** The JID map and the participants node, as the owner reads them: one to one. */
async function checkMap(world: World, room: Room, record: ChannelRecord): Promise<void> {
  const owner = world.deviceOf(room.owner);
  if (owner === undefined) return;
  const read = async (node: Node): Promise<readonly PublishedItem[]> => {
    let found: readonly PublishedItem[] | undefined;
    world.ask(room.owner, room, 'get', room.address, buildItemsRequest(NODE_NAMES[node]), (result) => {
      const [pubsub] = elements(result);
      found = pubsub && parseItems(pubsub).items;
    });
    await world.stage.settle();
    world.harvest();
    if (found === undefined) throw new Error(`the owner was not given the items of ${node}`);
    return found;
  };
  const participants = await read('participants');
  const map = await read('jidmap');
  const idsOf = (list: readonly { readonly id?: string | undefined }[]): string =>
    list
      .map(({ id }) => id)
      .sort()
      .join();
  promise(idsOf(map) === idsOf(participants), () => 'the map and the participants are not one to one');
  promise(idsOf(map) === idsOf(record.participants), () => 'the participants are not those of the store');
  for (const { id = '', payload } of map) {
    const jid = payload && parseMapped(payload);
    promise(jid !== undefined && room.ids.get(jid) === id, () => `the map says ${jid ?? 'nothing'} of ${id}`);
  }
  for (const { id, payload } of participants) {
    const nick = payload && parseParticipant(payload).nick;
    const known = record.participants.find((each) => each.id === id)?.nick;
    promise(nick === known, () => `two nicks of ${id ?? ''}: ${nick ?? ''}, ${known ?? ''}`);
  }
}

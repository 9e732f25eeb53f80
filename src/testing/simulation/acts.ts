/**
 * What can happen in a simulation.
 * Owns the list of acts with their weights, and those that concern participation, rights and the channel itself.
 * Does not play them (testing/simulation.ts) nor judge what follows (checks.ts).
 * Always: people try whatever they like, also what they have no right to.
 * Before: testing/simulation/talk.ts. After: testing/simulation.ts.
 */
import type { ChannelName } from '../../jid/public-jid.ts';
import { buildForm } from '../../xep/0004-forms/wire.ts';
import { buildInfoQuery, buildItemsQuery } from '../../xep/0030-disco/wire.ts';
import { buildItemsRequest, buildPublish, buildRetract, buildSubscribe } from '../../xep/0060-pubsub/wire.ts';
import { buildQuery } from '../../xep/0313-mam/wire.ts';
import {
  buildCreate,
  buildDestroy,
  buildJoin,
  buildLeave,
  buildSetNick,
  buildUpdateSubscription,
  NODE_NAMES,
  parseJoined,
} from '../../xep/0369-core/wire.ts';
import { buildUserPreference, MODES, NS as NS_ANON } from '../../xep/0404-anon/wire.ts';
import { buildConfigSubmit, type ConfigForm } from '../../xep/0406-admin/wire.ts';
import {
  buildInvitation,
  buildInviteRequest,
  buildRegister,
  NS as NS_MISC,
  parseInvitation,
} from '../../xep/0407-misc/wire.ts';
import { child, el, elements, type XmlElement } from '../../xml/element.ts';
import { NICKS as ROOM_NICKS, ROOM_ACTS } from './rooms.ts';
import { askClient, post, retract, type, whisper } from './talk.ts';
import type { Person, Room, World } from './world.ts';

export interface Act {
  readonly name: string;
  readonly weight: number;
  readonly run: (world: World, who: Person, room: Room) => void;
}

const NS_CLIENT = 'jabber:client';
const NICKS = [...ROOM_NICKS, ''];
const BITS = [true, false] as const;
const GROUPS = ['participants', 'allowed', 'anyone'] as const;
const NODE_SETS = [
  ['messages', 'participants', 'presence', 'info'],
  ['messages', 'presence'],
  ['messages', 'participants', 'jidmap'],
  ['participants'],
] as const;

function preferences(world: World): XmlElement {
  const values: Readonly<Record<string, readonly string[]>> = {
    'JID Visibility': ['default', 'prefer not', 'never', 'prefer', 'always'],
    'Private Messages': ['allow', 'block'],
    vCard: ['allow', 'block'],
    Presence: ['share', 'not share', 'share'],
  };
  const fields = Object.entries(values)
    .filter(() => world.chance(50))
    .map(([name, words]) => ({ var: name, values: [world.pick(words) ?? ''] }));
  return buildForm({ type: 'submit', formType: NS_ANON, fields });
}

function join(world: World, who: Person, room: Room): void {
  const { ledger, stage } = world;
  const nodes = (world.pick(NODE_SETS) ?? []).map((node) => NODE_NAMES[node]);
  const nick = world.pick(NICKS);
  const given = room.tokens.find(({ invitee }) => invitee === who.bare);
  const invitation = given && buildInvitation({ inviter: 'x@y.example', channel: room.address, ...given });
  const form = world.chance(60) ? preferences(world) : undefined;
  const request = buildJoin({ nodes, nick: nick === '' ? undefined : nick, form, invitation });
  const asked = {
    by: who,
    id: world.nextId(),
    room,
    epoch: ledger.epoch,
    then: undefined,
    device: undefined,
  };
  world.asked.push(asked);
  stage.network.account(who.bare).join(room.address, request, (answer) => {
    remove(world.asked, asked);
    if (answer.attrs['type'] !== 'result') return;
    const joined = elements(answer).find(({ name }) => name === 'join');
    if (joined === undefined) throw new Error('a join was answered with something else');
    const { id = '', nodes: granted } = parseJoined(joined);
    const known = room.ids.get(who.bare);
    if (known !== undefined && known !== id) throw new Error(`${who.name} has another id than before`);
    room.ids.set(who.bare, id);
    if (!granted.includes(NODE_NAMES.presence)) return;
    const watcher = watcherKey(who, room);
    ledger.forgetView(who.bare, room.address, !world.presenceWatchers.has(watcher));
    world.presenceWatchers.add(watcher);
  });
}

export function watcherKey(who: Person, room: Room): string {
  return `${who.bare} ${room.address}`;
}

export function remove<Item>(list: Item[], item: Item): void {
  const at = list.indexOf(item);
  if (at >= 0) list.splice(at, 1);
}

function leave(world: World, who: Person, room: Room): void {
  const asked = {
    by: who,
    id: world.nextId(),
    room,
    epoch: world.ledger.epoch,
    then: undefined,
    device: undefined,
  };
  world.asked.push(asked);
  world.stage.network.account(who.bare).leave(room.address, buildLeave(), () => remove(world.asked, asked));
}

function updateSubscription(world: World, who: Person, room: Room): void {
  const nodes = Object.values(NODE_NAMES);
  const some = (): string[] => nodes.filter(() => world.chance(25));
  const update = buildUpdateSubscription({ subscribe: some(), unsubscribe: some() });
  world.ask(who, room, 'set', room.address, update, () => {
    world.ledger.forgetView(who.bare, room.address, false);
    // Whoever joins again is not shown everybody anew.
    world.presenceWatchers.add(watcherKey(who, room));
  });
}

/** A change of configuration: by the owner mostly, now and then by somebody who may not. */
function configure(world: World, who: Person, room: Room, change: ConfigForm): void {
  const by = world.chance(85) ? room.owner : who;
  const item = { payload: buildConfigSubmit(change) };
  world.ask(by, room, 'set', room.address, buildPublish(NODE_NAMES.config, [item]));
}

function option(world: World): ConfigForm {
  const nodes = ['participants', 'info', 'banned', 'avatar-data', 'jidmap'] as const;
  return world.pick<ConfigForm>([
    { privateMessages: world.pick(BITS) },
    { mandatoryNicks: world.pick(BITS) },
    { userRetraction: world.pick(BITS) },
    { invitationByParticipant: world.pick(BITS) },
    { mustProvidePresence: world.pick(BITS) },
    { messagesSubscription: world.pick(GROUPS) },
    { presenceSubscription: world.pick(GROUPS) },
    { participantsSubscription: world.pick([...GROUPS, 'admins', 'nobody'] as const) },
    { configurationAccess: world.pick(['owners', 'admins', 'participants'] as const) },
    { administratorRetraction: world.pick(['nobody', 'admins', 'owners'] as const) },
    { nodesPresent: [...nodes, 'presence'] },
    { nodesPresent: [...nodes, 'presence', 'allowed'] },
    { nodesPresent: nodes },
  ]);
}

function roles(world: World, room: Room): ConfigForm {
  const some = world.people.filter(() => world.chance(20)).map(({ bare }) => bare);
  return world.chance(50) ? { administrators: some } : { owners: [room.owner.bare, ...some.slice(0, 1)] };
}

/** Somebody, or a whole domain, or somebody known by the id. */
function entry(world: World, room: Room): string {
  const { bare } = world.pick(world.people) ?? room.owner;
  const id = room.ids.get(bare);
  if (world.chance(15)) return bare.split('@')[1] ?? '';
  return id !== undefined && world.chance(40) ? `${id}#${room.address}` : bare;
}

function enlist(world: World, who: Person, room: Room): void {
  const node = NODE_NAMES[world.pick(['banned', 'allowed'] as const)];
  const by = world.chance(85) ? room.owner : who;
  const id = entry(world, room);
  const request = world.chance(50) ? buildPublish(node, [{ id }]) : buildRetract(node, [id]);
  world.ask(by, room, 'set', room.address, request);
}

function invite(world: World, who: Person, room: Room): void {
  const { bare: invitee } = world.pick(world.people) ?? who;
  world.ask(who, room, 'get', room.address, buildInviteRequest(invitee), (result) => {
    const inner = elements(result)[0];
    const invitation = inner && child(inner, 'invitation', NS_MISC);
    if (invitation === undefined) throw new Error('an invitation that is none');
    room.tokens.push({ token: parseInvitation(invitation).token, invitee });
  });
}

/** Questions of all kinds, with addresses that are guessed. */
function pry(world: World, who: Person, room: Room): void {
  const guess = world.pick(world.people)?.bare ?? '';
  const node = world.pick(Object.values(NODE_NAMES)) ?? '';
  const id = room.ids.get(guess) ?? guess;
  const questions = [
    buildInfoQuery(),
    buildItemsQuery('mix'),
    buildItemsRequest(node),
    buildItemsRequest(node, { ids: [id] }),
    buildItemsRequest(NODE_NAMES.participants, { ids: [guess] }),
    buildQuery({ with: guess }),
    buildQuery({ with: `${id}#${room.address}` }),
    buildQuery({ page: { max: 10, before: '' } }),
  ];
  const question = world.pick(questions) ?? buildInfoQuery();
  world.ask(
    who,
    room,
    question.name === 'query' && question.ns === 'urn:xmpp:mam:2' ? 'set' : 'get',
    room.address,
    question,
  );
  if (world.chance(20))
    world.ask(who, room, 'set', room.address, buildSubscribe(node, world.chance(50) ? guess : who.bare));
}

function changePresence(world: World, who: Person): void {
  const device = world.pick(who.devices);
  if (device === undefined) return;
  const account = world.stage.network.account(who.bare);
  const client = account.devices.get(device.full.slice(who.bare.length + 1));
  if (client === undefined) return;
  if (device.isOnline && world.chance(50))
    account.sendAs(client, el('presence', NS_CLIENT, {}, [el('show', NS_CLIENT, {}, ['away'])]));
  else account.setOnline(client, !device.isOnline);
}

export function createRoom(world: World, owner: Person): void {
  const name = `coven-${world.rooms.length}`;
  const mode = world.pick(MODES);
  const form = buildConfigSubmit({ ...(mode === undefined ? {} : { mode }), ...option(world) });
  const room: Room = {
    name: name as ChannelName,
    address: `${name}@${world.stage.domain}`,
    owner,
    isDestroyed: false,
    ids: new Map(),
    tokens: [],
  };
  world.ask(owner, undefined, 'set', world.stage.domain, buildCreate({ channel: name, form }), () => {
    world.rooms.push(room);
  });
}

function destroy(world: World, _who: Person, room: Room): void {
  if (world.liveRooms.length < 2 || world.deviceOf(room.owner) === undefined) return;
  room.isDestroyed = true;
  world.ask(room.owner, room, 'set', world.stage.domain, buildDestroy(room.name));
  createRoom(world, room.owner);
}

export const ACTS: readonly Act[] = [
  { name: 'joins', weight: 14, run: join },
  { name: 'leaves', weight: 4, run: leave },
  { name: 'posts', weight: 26, run: post },
  { name: 'types', weight: 3, run: type },
  { name: 'retracts', weight: 4, run: retract },
  { name: 'whispers', weight: 8, run: whisper },
  { name: 'asks a client', weight: 8, run: askClient },
  { name: 'comes or goes', weight: 12, run: changePresence },
  {
    name: 'prefers',
    weight: 6,
    run: (world, who, room) =>
      world.ask(who, room, 'set', room.address, buildUserPreference(preferences(world))),
  },
  {
    name: 'renames',
    weight: 5,
    run: (world, who, room) => world.ask(who, room, 'set', room.address, buildSetNick(world.pick(NICKS))),
  },
  { name: 'updates subscriptions', weight: 5, run: updateSubscription },
  {
    name: 'changes the mode',
    weight: 5,
    run: (world, who, room) => {
      const mode = world.pick(MODES);
      if (mode !== undefined) configure(world, who, room, { mode });
    },
  },
  {
    name: 'configures',
    weight: 5,
    run: (world, who, room) => configure(world, who, room, option(world)),
  },
  {
    name: 'gives roles',
    weight: 3,
    run: (world, who, room) => configure(world, who, room, roles(world, room)),
  },
  { name: 'enlists', weight: 5, run: enlist },
  { name: 'invites', weight: 4, run: invite },
  { name: 'pries', weight: 12, run: pry },
  {
    name: 'registers a nick',
    weight: 1,
    run: (world, who) =>
      world.ask(who, undefined, 'set', world.stage.domain, buildRegister(world.pick(NICKS))),
  },
  { name: 'destroys', weight: 1, run: destroy },
  ...ROOM_ACTS,
];

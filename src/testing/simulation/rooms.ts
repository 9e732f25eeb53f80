/**
 * What people do in rooms, in a simulation (XEP-0045).
 * Owns the acts of clients that speak MUC, and of owners and administrators by such clients.
 * Does not decide when they happen (testing/simulation.ts) nor judge what follows (check-rooms.ts).
 * Always: people try whatever they like, also what they have no right to.
 * Before: testing/simulation/inside.ts. After: testing/simulation/acts.ts.
 */
import { buildForm } from '../../xep/0004-forms/wire.ts';
import { buildInfoQuery, buildItemsQuery } from '../../xep/0030-disco/wire.ts';
import { buildEntry, buildInvite, NS, type Item } from '../../xep/0045-muc/wire.ts';
import { buildAdmin, buildOwner } from '../../xep/0045-muc/wire-admin.ts';
import { buildQuery } from '../../xep/0313-mam/wire.ts';
import { buildCard } from '../../xep/0486-avatars/wire.ts';
import { el, type XmlElement } from '../../xml/element.ts';
import type { Player } from '../stage.ts';
import type { Person, Room, World } from './world.ts';

const NS_CLIENT = 'jabber:client';
const NS_STANZAS = 'urn:ietf:params:xml:ns:xmpp-stanzas';
export const NICKS = ['First Witch', 'second', 'THIRD', 'third', 'Fool', 'Ｆool'] as const;
const ROOM_CONFIG = 'http://jabber.org/protocol/muc#roomconfig';

export interface RoomAct {
  readonly name: string;
  readonly weight: number;
  readonly run: (world: World, who: Person, room: Room) => void;
}

function presence(
  world: World,
  device: Player,
  to: string,
  type: string | undefined,
  children: XmlElement[],
): void {
  world.stage.send(device, el('presence', NS_CLIENT, { to, type }, children));
}

function show(world: World): XmlElement[] {
  if (world.chance(50)) return [];
  return [
    el('show', NS_CLIENT, {}, [world.pick(['away', 'dnd', 'xa'])]),
    el('x', 'vcard-temp:x:update', {}, [el('photo', 'vcard-temp:x:update', {}, ['8f1b'])]),
  ];
}

function enter(world: World, who: Person, room: Room): void {
  const device = world.deviceOf(who);
  if (device === undefined) return;
  const nick = world.chance(30) ? `guest ${world.random.below(9)}` : world.pick(NICKS);
  const wish = world.pick([{}, { maxStanzas: 0 }, { maxStanzas: 2 }, { seconds: 60 }]);
  world.ledger.inside.entering(device.full, room.address, nick);
  presence(world, device, `${room.address}/${nick}`, undefined, [buildEntry(wish), ...show(world)]);
}

/** The nick of somebody whom the person's client sees, or one that is a guess. */
function nickOf(world: World, device: Player, room: Room): string {
  const { seen } = world.ledger.inside.of(device.full, room.address);
  const known = world.pick([...seen.keys()]);
  return known === undefined || world.chance(10) ? world.pick(NICKS) : known;
}

/** By a client that is in the room, mostly. */
function fromInside(act: (world: World, device: Player, room: Room, nick: string, who: Person) => void) {
  return (world: World, who: Person, room: Room): void => {
    const online = who.devices.filter(({ isOnline }) => isOnline);
    const inside = online.filter(({ full }) => world.ledger.inside.of(full, room.address).isIn);
    const device = world.pick(inside.length === 0 || world.chance(5) ? online : inside);
    if (device === undefined) return;
    act(world, device, room, world.ledger.inside.of(device.full, room.address).nick, who);
  };
}

function whisperInside(world: World, device: Player, room: Room): void {
  const to = `${room.address}/${nickOf(world, device, room)}`;
  const body = el('body', NS_CLIENT, {}, [`whispered ${world.nextId()}`]);
  const card = el('card', 'urn:example:card', { of: `${device.bare}/elsewhere` }, [`xmpp:${device.bare}`]);
  const attrs = { type: world.pick(['chat', 'chat', 'normal', 'groupchat']), to, id: world.nextId() };
  world.stage.send(device, el('message', NS_CLIENT, attrs, [body, ...(world.chance(30) ? [card] : [])]));
}

function askInside(world: World, device: Player, room: Room, own: string, who: Person): void {
  const nick = world.chance(40) ? own : nickOf(world, device, room);
  const question = world.pick([
    el('ping', 'urn:xmpp:ping'),
    el('ping', 'urn:xmpp:ping'),
    buildInfoQuery(),
    el('vCard', 'vcard-temp'),
  ]);
  world.ask(who, room, 'get', `${room.address}/${nick}`, question);
}

function pryInside(world: World, who: Person, room: Room): void {
  const guess = world.pick(world.people)?.bare ?? '';
  const device = world.pick(who.devices);
  if (device === undefined) return;
  const of = (item: Item): XmlElement => buildAdmin([item]);
  const question = world.pick([
    buildItemsQuery(),
    buildInfoQuery('x-roomuser-item'),
    of({ affiliation: world.pick(['owner', 'admin', 'member', 'outcast'] as const) }),
    of({ role: world.pick(['moderator', 'participant', 'visitor'] as const) }),
    buildOwner(),
    el('query', 'jabber:iq:register'),
    el('vCard', 'vcard-temp'),
    buildQuery({ with: `${room.address}/${nickOf(world, device, room)}` }),
    buildQuery({ with: guess }),
    buildQuery({ page: { max: 10, before: '' } }),
  ]);
  world.ask(who, room, question.ns === 'urn:xmpp:mam:2' ? 'set' : 'get', room.address, question);
}

/** Bans, kicks and roles: by the owner mostly, now and then by somebody who may not. */
function command(world: World, who: Person, room: Room): void {
  const by = world.chance(80) ? room.owner : who;
  const device = world.pick(by.devices);
  const somebody = world.pick(world.people);
  if (device === undefined || somebody === undefined) return;
  const nick = nickOf(world, device, room);
  const { seen } = world.ledger.inside.of(device.full, room.address);
  const known = seen.has(nick) ? world.pick<Item>([{ nick }, { jid: `${room.address}/${nick}` }]) : undefined;
  const whom = known ?? { jid: somebody.bare };
  // The one who looks after the room for the others stays its owner.
  if (seen.get(nick) === room.ids.get(room.owner.bare) || somebody === room.owner) return;
  const item = world.pick<Item>([
    { nick, role: world.pick(['none', 'none', 'participant', 'moderator', 'visitor'] as const) },
    { ...whom, affiliation: world.pick(['none', 'none', 'member', 'outcast', 'admin'] as const) },
  ]);
  world.ask(by, room, 'set', room.address, buildAdmin([item]));
}

function configureInside(world: World, who: Person, room: Room): void {
  const by = world.chance(80) ? room.owner : who;
  const [name, value] = world.pick<readonly [string, string]>([
    ['whois', world.pick(['anyone', 'moderators', 'moderators'])],
    ['membersonly', world.pick(['0', '0', '1'])],
    ['allowpm', world.pick(['anyone', 'none'])],
    ['allowinvites', world.pick(['0', '1'])],
    ['roomname', `room ${world.nextId()}`],
  ]);
  const fields = [{ var: `muc#roomconfig_${name}`, values: [value] }];
  const form = buildForm({ type: 'submit', formType: ROOM_CONFIG, fields });
  world.ask(by, room, 'set', room.address, buildOwner([form]));
}

function inviteInside(world: World, device: Player, room: Room): void {
  const { bare } = world.pick(world.people) ?? { bare: '' };
  const invite = buildInvite('to', { who: bare, reason: `come ${world.nextId()}` });
  world.stage.send(device, el('message', NS_CLIENT, { to: room.address, id: world.nextId() }, [invite]));
}

/** What a server sends back for a client that has gone, or a client for what it does not take. */
function bounceInside(world: World, device: Player, room: Room): void {
  const to = world.chance(50) ? room.address : `${room.address}/${nickOf(world, device, room)}`;
  const condition = world.pick(['recipient-unavailable', 'service-unavailable', 'not-acceptable'] as const);
  const error = el('error', NS_CLIENT, { type: 'cancel', by: device.bare }, [
    el(condition, NS_STANZAS),
    el('text', NS_STANZAS, {}, [`${device.full} has gone`]),
  ]);
  const [name, attrs] = world.chance(50) ? ['message', { id: world.nextId() }] : ['presence', {}];
  world.stage.send(device, el(name, NS_CLIENT, { ...attrs, type: 'error', to }, [error]));
}

function registerInside(world: World, who: Person, room: Room): void {
  const fields = [{ var: 'muc#register_roomnick', values: [world.pick(NICKS)] }];
  const form = buildForm({ type: 'submit', formType: `${NS}#register`, fields });
  const query = el('query', 'jabber:iq:register', {}, [form]);
  world.ask(who, room, 'set', room.address, query);
}

/** The room's picture is set, or taken down. */
function pictureInside(world: World, who: Person, room: Room): void {
  const base64 = Buffer.from(`picture ${world.nextId()}`).toString('base64');
  const photo = { type: 'image/png', base64 };
  const card = world.chance(70) ? buildCard(photo) : el('vCard', 'vcard-temp');
  world.ask(world.chance(70) ? room.owner : who, room, 'set', room.address, card);
}

export const ROOM_ACTS: readonly RoomAct[] = [
  { name: 'enters', weight: 18, run: enter },
  {
    name: 'exits',
    weight: 5,
    run: fromInside((world, device, room, nick) =>
      presence(world, device, `${room.address}/${nick}`, 'unavailable', []),
    ),
  },
  {
    name: 'shows itself inside',
    weight: 6,
    run: fromInside((world, device, room, nick) =>
      presence(world, device, `${room.address}/${nick}`, undefined, show(world)),
    ),
  },
  {
    name: 'renames inside',
    weight: 5,
    run: fromInside((world, device, room) =>
      presence(world, device, `${room.address}/${world.pick(NICKS)}`, undefined, show(world)),
    ),
  },
  { name: 'whispers inside', weight: 8, run: fromInside(whisperInside) },
  { name: 'asks inside', weight: 8, run: fromInside(askInside) },
  { name: 'pries inside', weight: 6, run: pryInside },
  { name: 'commands inside', weight: 5, run: command },
  { name: 'configures inside', weight: 4, run: configureInside },
  { name: 'invites inside', weight: 3, run: fromInside(inviteInside) },
  { name: 'bounces inside', weight: 2, run: fromInside(bounceInside) },
  { name: 'registers inside', weight: 1, run: registerInside },
  { name: 'sets the picture', weight: 1, run: pictureInside },
];

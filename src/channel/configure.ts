/**
 * XEP-0406 MIX-ADMIN 0.3.1 §3.2 and XEP-0404 MIX-ANON 0.3.1 §2.2: changing a channel.
 * Decides about configuration and information, and what a change of mode does to people (D-08, D-31).
 * Does not know the forms (xep/0406-admin/wire.ts).
 * Always: those whom the new mode cannot hold are gone before anything shows an address in it.
 * Before: channel/leave.ts. After: channel/visibility.ts.
 */
import type { AnonymousResource, ParticipantId } from '../jid/public-jid.ts';
import type { RealJid } from '../jid/real-jid.ts';
import { refuse } from '../refusal.ts';
import type { ChannelConfig, ChannelInfo, Group, Mode, Node, Session } from '../storage/facts.ts';
import { configOf, isBanned, isIn, meet, requireOwner, withoutDoubles } from './access.ts';
import { remove } from './leave.ts';
import { appearanceOf, assignNick, needsNick, rename, tellChange, type Appearance } from './nick.ts';
import { affiliationOf, maySeeRoom, showRole, type Affiliation } from './occupancy.ts';
import { withdrawPresence } from './presence.ts';
import type { ChannelState, Participant } from './state.ts';
import { dropSurplus } from './subscription.ts';
import type { Turn } from './turn.ts';
import { fits } from './visibility.ts';
import { dropVisitors } from './visitor.ts';

export type ConfigChange = Partial<Omit<ChannelConfig, 'lastChangeBy'>>;

/**
 * An owner changes some options; the others stay (ADM-41); and, with the same right, what the channel says of itself.
 * Returns the item's new id.
 * @throws forbidden for anybody else; not-acceptable for values that cannot be.
 */
export function configure(turn: Turn, asker: RealJid, change: ConfigChange, info?: ChannelInfo): string {
  const { channel } = turn;
  requireOwner(channel, asker);
  const old = configOf(channel);
  const config = settled(old, change, asker, turn.now);
  checkChange(turn, old.mode, config.mode);
  const appearances = new Map([...channel.participants.keys()].map((id) => [id, appearanceOf(channel, id)]));
  const [roles, viewers] = [rolesOf(channel), viewersOf(channel)];
  closeNodes(
    turn,
    old.nodesPresent.filter((node) => !config.nodesPresent.includes(node)),
  );
  const configId = nextItemId(turn.now, channel.configId);
  turn.record({ fact: 'configured', config, configId });

  for (const { id, jid, preferences } of [...channel.participants.values()])
    if (isBanned(channel, jid)) remove(turn, id, 'banned');
    else if (!fits(config.mode, preferences.jidVisibility)) remove(turn, id, 'unfit');
  dropSurplus(turn);
  dropVisitors(turn);
  // Before anybody is shown: whoever enters a room that hides is told when it does not any more.
  if (info !== undefined || isAnotherRoom(old, config))
    turn.announce({ kind: 'room-changed', privacy: privacyOf(old.mode, config.mode) });
  for (const participant of [...channel.participants.values()])
    suit(turn, participant, appearances.get(participant.id));
  for (const [id, role] of rolesOf(channel)) if (roles.get(id) !== role) showRole(turn, id);
  // Whoever may see only now who is in the room is shown.
  for (const { client, anonymous } of viewersOf(channel).values())
    if (!viewers.has(anonymous)) turn.tell(client, { kind: 'entrance', isCreator: false, isRenamed: false });
  turn.notify('config', { kind: 'config', configId });
  if (info !== undefined || config.mode !== old.mode) describe(turn, info ?? channel.info);
  return configId;
}

/** D-08: @throws not-allowed where the operator promises that channels which hide addresses always will. */
export function checkChange({ staysHidden }: Turn, old: Mode, mode: Mode): void {
  if (staysHidden && old !== 'jid-visible' && mode === 'jid-visible')
    throw refuse('not-allowed', 'On this service a channel that hides addresses always does.');
}

/** What has changed that is no matter of roles, of which only those are told whom it concerns (D-34). */
function isAnotherRoom(old: ChannelConfig, config: ChannelConfig): boolean {
  const options = { owners: [], administrators: [], lastChangeBy: undefined };
  return JSON.stringify({ ...old, ...options }) !== JSON.stringify({ ...config, ...options });
}

/** What occupants are told of a change of mode: to them, a room shows everybody or nobody (D-83). */
function privacyOf(old: Mode, mode: Mode): 'shown' | 'hidden' | undefined {
  if (old === mode || (old !== 'jid-visible' && mode !== 'jid-visible')) return undefined;
  return mode === 'jid-visible' ? 'shown' : 'hidden';
}

/** What each participant is, where there are occupants who would be told. */
function rolesOf(channel: ChannelState): ReadonlyMap<ParticipantId, Affiliation> {
  const ids = channel.occupants.size === 0 ? [] : [...channel.participants.keys()];
  return new Map(ids.map((id) => [id, affiliationOf(channel, id, true)]));
}

/** The occupants who may see who is in the room. */
function viewersOf(channel: ChannelState): ReadonlyMap<AnonymousResource, Session> {
  const sessions = [...channel.occupants.values()].filter(({ client }) => maySeeRoom(channel, client));
  return new Map(sessions.map((session) => [session.anonymous, session]));
}

/** The subscribers of a node that goes are told, and stay subscribed in case that it comes again (D-68). */
function closeNodes(turn: Turn, nodes: readonly Node[]): void {
  const { channel } = turn;
  for (const node of nodes)
    if (node === 'presence') for (const id of [...channel.sessions.keys()]) withdrawPresence(turn, id);
    else turn.notify(node, { kind: 'node-gone', node });
  // Bans outlive their node; who is allowed begins anew with it.
  if (nodes.includes('allowed'))
    for (const jid of [...channel.allowed.values()]) turn.record({ fact: 'dismissed', list: 'allowed', jid });
}

/** What a new configuration means for somebody who stays. */
function suit(turn: Turn, { id, nick, preferences }: Participant, before: Appearance | undefined): void {
  const config = configOf(turn.channel);
  if (nick === undefined && needsNick(config, preferences.jidVisibility)) rename(turn, id, assignNick(turn));
  if (preferences.presence === 'not share' && !config.mustProvidePresence) withdrawPresence(turn, id);
  if (before !== undefined) tellChange(turn, id, before);
}

/** The configuration after a change, if it can be. */
function settled(old: ChannelConfig, change: ConfigChange, asker: RealJid, now: number): ChannelConfig {
  const config: ChannelConfig = { ...old, ...change, lastChangeBy: asker.bare };
  const tightened =
    config.mode !== old.mode && config.mode !== 'jid-visible' ? tighten(config, change) : config;
  return checked(tightened, now, change.endOfLife !== undefined);
}

/** The options that would open lists of addresses (D-31). */
const LISTS = ['allowedSubscription', 'bannedSubscription', 'configurationAccess'] as const;

/** A channel that begins to hide closes its lists of addresses, unless the same change asks to open them. */
function tighten(config: ChannelConfig, change: ConfigChange): ChannelConfig {
  const closed = { ...config };
  for (const option of LISTS)
    if (change[option] === undefined && isWiderThanAdmins(closed[option])) closed[option] = 'admins';
  return closed;
}

function isWiderThanAdmins(group: Group): boolean {
  return group !== 'admins' && group !== 'owners' && group !== 'nobody';
}

/** The configuration, each role given once. @throws not-acceptable for what a channel cannot be. */
export function checked(config: ChannelConfig, now: number, isNewEnd: boolean): ChannelConfig {
  if (config.owners.length === 0) throw refuse('not-acceptable', 'A channel has at least one owner.');
  if (!config.nodesPresent.includes('participants'))
    throw refuse('not-acceptable', 'A channel has a participants node.');
  if (isNewEnd && config.endOfLife !== undefined && config.endOfLife <= now)
    throw refuse('not-acceptable', 'The end of life is in the past.');
  if (config.mode !== 'jid-visible' && LISTS.some((option) => isWiderThanAdmins(config[option])))
    throw refuse('not-acceptable', 'While addresses are hidden, lists of them are for administrators only.');
  const { owners, administrators } = config;
  return { ...config, owners: withoutDoubles(owners), administrators: withoutDoubles(administrators) };
}

/**
 * XEP-0406 §3.1: changes what the channel says of itself. Returns the item's new id.
 * @throws forbidden for those who may not.
 */
export function publishInfo(turn: Turn, asker: RealJid, info: ChannelInfo): string {
  const { channel } = turn;
  meet(channel, asker);
  if (!isIn(channel, configOf(channel).informationUpdate, asker))
    throw refuse('forbidden', 'You may not change what the channel says of itself.');
  turn.announce({ kind: 'room-changed', privacy: undefined });
  return describe(turn, info);
}

function describe(turn: Turn, info: ChannelInfo): string {
  const infoId = nextItemId(turn.now, turn.channel.infoId);
  turn.record({ fact: 'described', info, infoId });
  turn.notify('info', { kind: 'info', infoId });
  return infoId;
}

/** XEP-0082 in UTC with a fraction; later than the last one, whatever the clock says (D-71). */
export function nextItemId(now: number, last: string): string {
  const lastAt = last === '' ? 0 : Date.parse(last);
  return new Date(Math.max(now, lastAt + 1)).toISOString();
}

/**
 * XEP-0045 Multi-User Chat 1.35.5 (2026-05-03) §8.2, §9, §10.3–10.8: bans, kicks and roles, asked by muc#admin.
 * Reads the query, finds out whom it means, and calls the rules of XEP-0406.
 * Does not decide who may do what (channel/access.ts, lists.ts, configure.ts) nor show lists (admin-lists.ts).
 * Always: a query is carried out as a whole or not at all; voice is nobody's to give or take.
 * Before: service/router.ts. After: channel/lists.ts, channel/configure.ts.
 */
import {
  configOf,
  hasNode,
  isAdministrator,
  isOwner,
  requireAdministrator,
  requireOwner,
  withoutDoubles,
} from '../../channel/access.ts';
import { configure } from '../../channel/configure.ts';
import { remove } from '../../channel/leave.ts';
import { admit, dismiss } from '../../channel/lists.ts';
import { affiliationOf, occupantNamed } from '../../channel/occupancy.ts';
import type { Turn } from '../../channel/turn.ts';
import type { ParticipantId } from '../../jid/public-jid.ts';
import { RealJidMap, type RealJid } from '../../jid/real-jid.ts';
import { refuse } from '../../refusal.ts';
import type { ChannelAddress, IqHandler, Reply, Request } from '../extension.ts';
import { list } from './admin-lists.ts';
import { personOf } from './person.ts';
import { roleOf, type Item } from './wire.ts';
import { NS_ADMIN, parseAdmin } from './wire-admin.ts';

export const admin: IqHandler = {
  on: 'channel',
  types: ['get', 'set'],
  ns: NS_ADMIN,
  name: 'query',
  run: (request, turn, env) => (request.type === 'get' ? list(request, turn, env) : change(request, turn)),
};

/** What a query does, found out before anything is done. */
interface Plan {
  /** Whoever has been given an affiliation: nobody is given two. */
  readonly named: RealJidMap<true>;
  owners: RealJid[];
  administrators: RealJid[];
  readonly allowed: RealJid[];
  readonly banned: { readonly jid: RealJid; readonly reason: string | undefined }[];
  readonly dismissed: { readonly list: 'allowed' | 'banned'; readonly jid: RealJid }[];
  readonly kicked: { readonly id: ParticipantId; readonly reason: string | undefined }[];
}

function change({ from, payload }: Request<ChannelAddress>, turn: Turn): Reply {
  const { channel } = turn;
  requireAdministrator(channel, from);
  const { owners, administrators } = configOf(channel);
  const plan: Plan = {
    ...{ named: new RealJidMap<true>(), owners: [...owners], administrators: [...administrators] },
    ...{ allowed: [], banned: [], dismissed: [], kicked: [] },
  };
  for (const item of parseAdmin(payload))
    if (item.role === undefined) planAffiliation(plan, item, from, turn);
    else planRole(plan, item, from, turn);
  const isOther = (now: readonly RealJid[], then: readonly RealJid[]): boolean =>
    now.length !== then.length || now.some((jid, at) => then[at]?.equals(jid) !== true);
  if (isOther(owners, plan.owners) || isOther(administrators, plan.administrators))
    configure(turn, from, { owners: plan.owners, administrators: plan.administrators });
  for (const { list: name, jid } of plan.dismissed) dismiss(turn, name, jid);
  for (const jid of plan.allowed) admit(turn, 'allowed', jid);
  for (const { jid, reason } of plan.banned) admit(turn, 'banned', jid, reason);
  for (const { id, reason } of plan.kicked)
    if (channel.participants.has(id)) remove(turn, id, 'kicked', reason);
  return {};
}

/** §9.1, §9.2, §10: somebody becomes something; what it was before ends. */
function planAffiliation(plan: Plan, item: Item, asker: RealJid, turn: Turn): void {
  const { channel } = turn;
  const { affiliation, reason } = item;
  const jid = personOf(item, turn);
  if (plan.named.has(jid)) throw refuse('bad-request', 'Somebody is named twice.');
  plan.named.set(jid, true);
  const isRole = affiliation === 'owner' || affiliation === 'admin';
  const hasRole = [...plan.owners, ...plan.administrators].some((each) => each.equals(jid));
  if (isRole || (hasRole && affiliation !== 'outcast')) requireOwner(channel, asker);
  if (affiliation === 'outcast') {
    if (jid.equals(asker.bare)) throw refuse('conflict', 'You cannot ban yourself.');
    if (isOwner(channel, jid)) throw refuse('not-allowed', 'An owner cannot be banned.');
    if (hasRole) requireOwner(channel, asker);
    plan.banned.push({ jid, reason });
  } else plan.dismissed.push({ list: 'banned', jid });
  const others = (jids: readonly RealJid[]): RealJid[] => jids.filter((each) => !each.equals(jid));
  plan.owners = affiliation === 'owner' ? withoutDoubles([...plan.owners, jid]) : others(plan.owners);
  plan.administrators =
    affiliation === 'admin' ? withoutDoubles([...plan.administrators, jid]) : others(plan.administrators);
  if (affiliation === 'member') {
    if (!hasNode(channel, 'allowed'))
      throw refuse('not-allowed', 'In this room everybody may be who is not banned.');
    plan.allowed.push(jid);
  } else plan.dismissed.push({ list: 'allowed', jid });
}

/** §8.2: `none` is out of the room; the other roles follow from what somebody is in the channel. */
function planRole(plan: Plan, { nick, role, reason }: Item, asker: RealJid, turn: Turn): void {
  const { channel } = turn;
  const id = nick === undefined ? undefined : occupantNamed(channel, nick);
  const jid = id && channel.jids.get(id);
  if (id === undefined || jid === undefined)
    throw refuse('item-not-found', 'Nobody of this nick is in the room.');
  if (role === 'none') {
    const isSpared = isOwner(channel, jid) || (isAdministrator(channel, jid) && !isOwner(channel, asker));
    if (isSpared) throw refuse('not-allowed', 'Who is here to keep order is not put out so.');
    plan.kicked.push({ id, reason });
  } else if (role !== roleOf(affiliationOf(channel, id, true), true))
    throw refuse('not-allowed', 'Voice is for all who take part, and more than that for administrators.');
}

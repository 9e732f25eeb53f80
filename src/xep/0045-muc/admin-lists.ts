/**
 * XEP-0045 Multi-User Chat 1.35.5 (2026-05-03) §8.5, §9, §10: the lists of a room, asked for by muc#admin.
 * Shows who is an owner, an administrator, allowed or banned, and who is in the room.
 * Does not change them (admin.ts).
 * Always: lists are for owners and administrators, and no wider than the nodes that they stand for (D-31, MUC-29);
 * what does not fit into one stanza is had in pages (XEP-0059).
 * Before: xep/0045-muc/admin.ts. After: channel/access.ts.
 */
import { configOf, mayRead, requireAdministrator } from '../../channel/access.ts';
import { affiliationOf, inRoom, occupantNick } from '../../channel/occupancy.ts';
import type { ChannelState } from '../../channel/state.ts';
import type { Turn } from '../../channel/turn.ts';
import { isParticipantShown, listedAddress, occupantAddress } from '../../channel/visibility.ts';
import type { RealJid } from '../../jid/real-jid.ts';
import { refuse } from '../../refusal.ts';
import { serialize, utf8Length } from '../../xml/write.ts';
import { cut } from '../0059-rsm/paging.ts';
import { buildRsm, parseRsm } from '../0059-rsm/wire.ts';
import type { ChannelAddress, Env, Reply, Request } from '../extension.ts';
import { buildItem, roleOf, type Affiliation, type Item } from './wire.ts';
import { buildAdmin, NS_ADMIN, parseAdmin } from './wire-admin.ts';

/** Who is an owner, an administrator, allowed or banned; or who is in the room, by role. */
export function list(
  { from, payload }: Request<ChannelAddress>,
  { channel }: Turn,
  { settings }: Env,
): Reply {
  requireAdministrator(channel, from);
  const [asked, second] = parseAdmin(payload);
  if (asked === undefined || second !== undefined)
    throw refuse('bad-request', 'One list is asked for at a time.');
  const { affiliation, role } = asked;
  const items = affiliation === undefined ? rolesOf(channel) : listOf(channel, affiliation, from);
  const named = items
    .filter((item) => role === undefined || item.role === role)
    .map((item) => ({ id: item.jid ?? item.nick ?? '', item }));
  // No client asks for pages, but a list need not fit into one stanza.
  const bounds = { itemsMax: named.length, bytesMax: settings.limits.stanzaBytesMax / 2 };
  const page = cut(named, parseRsm(payload), bounds, ({ item }) =>
    utf8Length(serialize(buildItem(item, NS_ADMIN))),
  );
  const set = page.answer && buildRsm(page.answer);
  return {
    payload: buildAdmin(
      page.items.map(({ item }) => item),
      set,
    ),
  };
}

/** Who is in the room, by role; with the accounts' addresses where everybody sees them (D-83). */
function rolesOf(channel: ChannelState): Item[] {
  return [...inRoom(channel)].map((id) => {
    const affiliation = affiliationOf(channel, id, true);
    const jid = occupantAddress(channel, id, undefined, isParticipantShown(channel, id));
    const role = roleOf(affiliation, channel.participants.has(id));
    return { affiliation, role, nick: occupantNick(channel, id), jid };
  });
}

function listOf(channel: ChannelState, affiliation: Affiliation, asker: RealJid): Item[] {
  const { owners, administrators } = configOf(channel);
  const lists = {
    owner: { node: 'config', jids: owners },
    admin: { node: 'config', jids: administrators },
    member: { node: 'allowed', jids: [...channel.allowed.values()] },
    outcast: { node: 'banned', jids: [...channel.banned.values()] },
    none: undefined,
  } as const;
  const found = lists[affiliation];
  if (found === undefined) throw refuse('bad-request', 'There is no list of those who are nothing.');
  if (!mayRead(channel, found.node, asker)) throw refuse('forbidden', 'This list is not for you.');
  return found.jids.map((jid) => ({ affiliation, jid: listedAddress(jid) }));
}

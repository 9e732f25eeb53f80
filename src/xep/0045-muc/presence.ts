/**
 * XEP-0045 Multi-User Chat 1.35.5 (2026-05-03) §7.1, §7.6, §7.14, §10.1: presences to CH/nick.
 * Reads them, fetches the history that is wanted, and calls the rule: enter, another nick, another presence, exit.
 * Does not decide (channel/occupant.ts) nor clean what a presence shows (xep/0403-presence/payload.ts).
 * Always: who enters a room that does not exist creates it with a channel's defaults, where it may create one at all;
 * a presence that is no entry, from somebody who is not in the room, changes nothing.
 * Before: service/router.ts. After: channel/occupant.ts.
 */
import { create } from '../../channel/create.ts';
import { checkNick } from '../../channel/nick.ts';
import { occupantNick } from '../../channel/occupancy.ts';
import { enter, exit, refreshOccupant, renameOccupant } from '../../channel/occupant.ts';
import type { ChannelState } from '../../channel/state.ts';
import type { Turn } from '../../channel/turn.ts';
import type { RealJid } from '../../jid/real-jid.ts';
import { refuse, type Refusal } from '../../refusal.ts';
import { NS_CLIENT } from '../../stanza/stanza.ts';
import { el } from '../../xml/element.ts';
import { checkChannelName, mayCreate } from '../0369-core/channels.ts';
import { payloadOf } from '../0403-presence/payload.ts';
import { onPresence as onPresenceToChannel } from '../0403-presence/service.ts';
import type {
  ChannelAddress,
  Env,
  Inbound,
  Look,
  OccupantAddress,
  Seen,
  Send,
  StanzaHandler,
} from '../extension.ts';
import { isDeparture } from './departure.ts';
import { historyOf } from './history.ts';
import { entryIn, parseEntry } from './wire.ts';

export const presences: readonly StanzaHandler[] = [
  { kind: 'presence', on: 'occupant', look, run: onPresence },
  {
    kind: 'presence',
    on: 'channel',
    isFor: ({ type, children }) => type === '' && entryIn(children) !== undefined,
    run: onEntryWithoutNick,
  },
];

/** §7.2.1; but whoever takes part by MIX shows itself to the channel so, whatever else is in its presence. */
function onEntryWithoutNick(presence: Inbound<ChannelAddress>, turn: Turn): readonly Send[] {
  const participant = turn.channel.participant(presence.from);
  if (participant !== undefined && !participant.isSessionOnly) return onPresenceToChannel(presence, turn);
  throw refuse('jid-malformed', 'A room is entered under a nick.');
}

function look({ type, children }: Inbound<OccupantAddress>, env: Env): Look | undefined {
  const entry = type === '' ? entryIn(children) : undefined;
  if (entry === undefined) return undefined;
  const wish = parseEntry(entry);
  return async ({ name, exists, version }: ChannelState): Promise<Seen> => {
    if (exists) return { history: await historyOf(name, wish, env) };
    return version > 0 ? {} : { reservedTo: await env.store.reservedTo(name) };
  };
}

function onPresence(presence: Inbound<OccupantAddress>, turn: Turn, env: Env, seen: Seen): readonly Send[] {
  const { type, from, self } = presence;
  const { occupants } = turn.channel;
  const session = occupants.get(from);
  switch (type) {
    case '':
      if (!from.isBare) appear(presence, turn, env, seen);
      return [];
    case 'unavailable':
      if (session !== undefined) exit(turn, session, payloadOf(presence, turn), 'left');
      return [];
    case 'error':
      if (session !== undefined && isDeparture(presence.children)) exit(turn, session, '', 'lost');
      return [];
    case 'subscribe':
      return [{ to: from.bare, stanza: el('presence', NS_CLIENT, { type: 'unsubscribed', from: self }) }];
    default:
      return [];
  }
}

/** Somebody enters, or an occupant is called or shown otherwise than before. */
function appear(presence: Inbound<OccupantAddress>, turn: Turn, env: Env, seen: Seen): void {
  const { from, to } = presence;
  const { channel } = turn;
  const payload = (): string => payloadOf(presence, turn);
  if (entryIn(presence.children) !== undefined) {
    const isCreator = !channel.exists;
    if (isCreator) createFor(turn, from, to.nick, env, seen);
    enter(turn, from, { nick: to.nick, payload, history: seen.history ?? [], isCreator });
    return;
  }
  const session = channel.exists ? channel.occupants.get(from) : undefined;
  if (session === undefined) throw noRoom();
  const isSame = occupantNick(channel, session.id) === to.nick;
  if (isSame) refreshOccupant(turn, session, payload());
  else renameOccupant(turn, session, to.nick);
}

/** The same whether there is no such channel or one that the client is not in. */
function noRoom(): Refusal {
  return refuse('item-not-found', 'Your client is not in this room.');
}

/** §10.1.2: an instant room. @throws item-not-found for those who may not create channels. */
function createFor(turn: Turn, creator: RealJid, nick: string, { settings }: Env, seen: Seen): void {
  const isReserved = seen.reservedTo?.every((owner) => !owner.equals(creator.bare)) === true;
  if (turn.channel.version > 0 || isReserved || !mayCreate(creator, settings)) throw noRoom();
  checkChannelName(turn.channel.name);
  checkNick(turn, nick, creator);
  create(turn, creator, true, {});
}

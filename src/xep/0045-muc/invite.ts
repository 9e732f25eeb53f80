/**
 * XEP-0045 Multi-User Chat 1.35.5 (2026-05-03) §7.8.2 and XEP-0249 1.2: invitations that the room passes on.
 * Reads whom an occupant wants to have invited, and writes what the invitee gets.
 * Does not decide who may let others in (channel/invite.ts).
 * Always: the inviter stands in it by CH/nick; whether the invitee is here already, or banned, does not show (D-92);
 * declines are not passed on, since they would carry an address to whoever sits behind a nick.
 * Before: service/router.ts. After: channel/invite.ts.
 */
import { hasNode, isAdministrator, requireParticipant } from '../../channel/access.ts';
import { invite } from '../../channel/invite.ts';
import { occupantNick } from '../../channel/occupancy.ts';
import type { Turn } from '../../channel/turn.ts';
import { parseJid } from '../../jid/prep.ts';
import { channelJid, occupantJid, type PublicJid } from '../../jid/public-jid.ts';
import { RealJid } from '../../jid/real-jid.ts';
import { refuse } from '../../refusal.ts';
import { NS_CLIENT } from '../../stanza/stanza.ts';
import { el } from '../../xml/element.ts';
import type { Env, Inbound, Send, StanzaHandler } from '../extension.ts';
import { buildConference, buildInvite, invitesIn, isDecline } from './wire.ts';

/** So many people are invited by one message. */
const INVITES_MAX = 20;

export const invitations: StanzaHandler = {
  kind: 'message',
  on: 'channel',
  isFor: ({ type, children }) => type === 'normal' && (invitesIn(children).length > 0 || isDecline(children)),
  run: passOn,
};

function passOn({ from, children }: Inbound, turn: Turn, env: Env): readonly Send[] {
  const { channel, domain } = turn;
  const asked = invitesIn(children);
  if (asked.length === 0) return [];
  const inviter = nameOf(from, turn);
  if (asked.length > INVITES_MAX) throw refuse('policy-violation', 'Too many are invited at once.');
  const people = asked.map(({ who, reason }) => ({ jid: accountOf(who, domain), reason }));
  if (!env.mayInvite(from, people.length))
    throw refuse('resource-constraint', 'You have invited too many people; wait a little.');
  // Where everybody may come, an invitation opens nothing that would not be open.
  if (hasNode(channel, 'allowed')) for (const { jid } of people) invite(turn, from, jid);
  const room = channelJid(channel.name, domain);
  return people.map(({ jid, reason }) => ({
    to: jid,
    stanza: el('message', NS_CLIENT, { from: room }, [
      buildInvite('from', { who: inviter, reason }),
      buildConference(room, reason),
    ]),
  }));
}

/** How the invitee is to know the inviter; an administrator who takes no part speaks as the channel. */
function nameOf(from: RealJid, turn: Turn): PublicJid {
  const { channel, domain } = turn;
  if (channel.exists && channel.participant(from) === undefined && isAdministrator(channel, from))
    return channelJid(channel.name, domain);
  return occupantJid(channel.name, domain, occupantNick(channel, requireParticipant(channel, from).id));
}

/** @throws jid-malformed; item-not-found for an address that is ours: behind those are people who are here. */
function accountOf(text: string, domain: string): RealJid {
  let jid: RealJid;
  try {
    jid = RealJid.of(parseJid(text)).bare;
  } catch {
    throw refuse('jid-malformed', 'This is not an address.');
  }
  if (jid.isAt(domain)) throw refuse('item-not-found', 'This is not the address of an account.');
  return jid;
}

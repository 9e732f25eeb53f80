/**
 * XEP-0407 MIX-MISC 0.1.2 §6: inviting somebody.
 * Decides who may invite, makes the token, and lets it count once (D-72).
 * Does not carry the invitation to the invitee (the inviter does) nor show who invited (xep/0407-misc/invitation.ts).
 * Always: a token is good for one address, one channel, one join and a limited time; making one never depends on
 * whether the invitee takes part already (D-92).
 * Before: channel/access.ts. After: channel/join.ts.
 */
import type { RealJid } from '../jid/real-jid.ts';
import { refuse } from '../refusal.ts';
import type { Invitation } from '../storage/facts.ts';
import { configOf, isAdministrator, isBanned, meet, requireParticipant } from './access.ts';
import { newToken } from './ids.ts';
import type { ChannelState } from './state.ts';
import type { Turn } from './turn.ts';

const GOOD_FOR_MS = 7 * 24 * 60 * 60 * 1000;
/** Unused invitations that one channel keeps. */
const INVITATIONS_MAX = 1_000;

/**
 * An invitation for a bare address.
 * @throws forbidden for those who take no part; not-allowed where participants may not invite; resource-constraint
 * where too many invitations are unused.
 */
export function invite(turn: Turn, inviter: RealJid, invitee: RealJid): Invitation {
  const { channel } = turn;
  if (!isAdministrator(channel, inviter)) requireParticipant(channel, inviter);
  if (!mayInvite(channel, inviter))
    throw refuse('not-allowed', 'In this channel participants do not invite others.');
  for (const { token, expiresAt } of [...channel.invitations.values()])
    if (expiresAt <= turn.now) turn.record({ fact: 'redeemed', token });
  if (channel.invitations.size >= INVITATIONS_MAX)
    throw refuse('resource-constraint', 'Too many invitations of this channel are unused.');
  const invitation = {
    token: newToken(turn.random),
    inviter: inviter.bare,
    invitee: invitee.bare,
    expiresAt: turn.now + GOOD_FOR_MS,
  };
  turn.record({ fact: 'invited', invitation });
  return invitation;
}

function mayInvite(channel: ChannelState, inviter: RealJid): boolean {
  if (isAdministrator(channel, inviter)) return true;
  return configOf(channel).invitationByParticipant && channel.participant(inviter) !== undefined;
}

/**
 * The invitation with which somebody joins. Without a token, one that was made for the address is looked for:
 * COMPAT(ejabberd): its mod_mix_pam takes the invitation out of the join.
 * @throws forbidden for a token that is not good, whatever the reason (D-72); item-not-found where that would tell a
 * stranger of an unlisted channel (D-65).
 */
export function invitationOf(turn: Turn, joiner: RealJid, token: string | undefined): Invitation | undefined {
  const { channel } = turn;
  const isGood = ({ invitee, inviter, expiresAt }: Invitation): boolean =>
    invitee.equals(joiner.bare) &&
    expiresAt > turn.now &&
    mayInvite(channel, inviter) &&
    !isBanned(channel, inviter);
  if (token === undefined) return [...channel.invitations.values()].find(isGood);
  const invitation = channel.invitations.get(token);
  if (invitation === undefined || !isGood(invitation)) {
    if (!channel.listed) meet(channel, joiner);
    throw refuse('forbidden', 'This invitation is not good.');
  }
  return invitation;
}

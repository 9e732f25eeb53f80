/**
 * XEP-0407 MIX-MISC 0.1.2 §6: invitations, at the service.
 * Reads the request and writes the invitation that the inviter carries on.
 * Does not decide who may invite (channel/invite.ts).
 * Always: a hidden inviter stands in it by the encoded address (D-72); the invitee is as the inviter wrote it.
 * Before: service/router.ts. After: channel/invite.ts.
 */
import { invite } from '../../channel/invite.ts';
import type { Turn } from '../../channel/turn.ts';
import { participantAddress } from '../../channel/visibility.ts';
import { formatJid, type Jid } from '../../jid/jid.ts';
import { parseJid } from '../../jid/prep.ts';
import { channelJid, encodedJid } from '../../jid/public-jid.ts';
import { RealJid } from '../../jid/real-jid.ts';
import { refuse } from '../../refusal.ts';
import type { ChannelAddress, IqHandler, Reply, Request } from '../extension.ts';
import { buildInvite, NS, parseInvite } from './wire.ts';

/** D-73: asked by get in the examples, though it creates something; both are taken. */
export const invitation: IqHandler = {
  on: 'channel',
  types: ['get', 'set'],
  ns: NS,
  name: 'invite',
  run: answer,
};

function answer({ payload, from }: Request<ChannelAddress>, turn: Turn): Reply {
  const { channel, domain } = turn;
  const invitee = accountOf(parseInvite(payload));
  const { token } = invite(turn, from, RealJid.of(invitee));
  return {
    payload: buildInvite({
      inviter: nameOf(turn, from),
      invitee: formatJid(invitee),
      channel: channelJid(channel.name, domain),
      token,
    }),
  };
}

function accountOf(text: string): Jid {
  let jid: Jid;
  try {
    jid = parseJid(text);
  } catch {
    throw refuse('jid-malformed', 'This is not an address.');
  }
  return { ...jid, resource: undefined };
}

/** How the invitee is to know the inviter; an administrator who takes no part speaks as the channel. */
function nameOf({ channel, domain }: Turn, inviter: RealJid): string {
  const id = channel.participant(inviter)?.id;
  if (id === undefined) return channelJid(channel.name, domain);
  return participantAddress(channel, id) ?? encodedJid(id, channel.name, domain);
}

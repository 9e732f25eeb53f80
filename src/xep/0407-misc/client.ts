/**
 * XEP-0407 MIX-MISC 0.1.2 (2020-12-01), for a client: registered nicks and invitations.
 * Registers a nick with a service; asks for invitations, passes them on, and tells of those that come.
 * Does not redeem one: `join` takes it. Retractions: xep/0424-retract/client.ts.
 * Always: an invitation is used once, by the one whom it names.
 * Before: xep/0407-misc/wire.ts. After: xep/0405-pam/client.ts.
 */
import type { Client, Stop } from '../../client/client.ts';
import { unlessBad } from '../../stanza/codec.ts';
import { NS_CLIENT } from '../../stanza/stanza.ts';
import { child, childText, el } from '../../xml/element.ts';
import { newId } from '../0359-ids/client.ts';
import { bareOf } from '../0369-core/addresses.ts';
import {
  buildInvitation,
  buildInviteRequest,
  buildRegister,
  NS,
  parseInvitation,
  parseRegister,
  type Invitation,
} from './wire.ts';

export type { Invitation } from './wire.ts';

/**
 * Registers a nick, so that nobody else uses it in the service's channels (§3).
 * @param nick left out: the service makes one up
 * @returns the nick that is registered
 * @throws as {@link Client.request}: `conflict` where it is somebody else's
 * @example
 * console.log(await registerNick(client, service, 'third witch')); // third witch
 */
export async function registerNick(client: Client, service: string, nick?: string): Promise<string> {
  const answer = await client.request('set', service, buildRegister(nick));
  return (answer && parseRegister(answer)) ?? nick ?? '';
}

/**
 * Asks a channel for an invitation for somebody (§6.1). To be told of it is another step: {@link sendInvitation}.
 * @param invitee an account's address
 * @throws as {@link Client.request}: `forbidden` or `not-allowed` for those who may not invite
 * @example
 * const { nodesPresent = [] } = await getConfig(client, channel);
 * await setConfig(client, channel, { nodesPresent: [...nodesPresent, 'allowed'] });
 * const invitation = await invite(client, channel, `friend@${client.domain}`);
 * await sendInvitation(client, invitation, 'Come to the heath');
 */
export async function invite(client: Client, channel: string, invitee: string): Promise<Invitation> {
  const answer = await client.request('set', channel, buildInviteRequest(invitee));
  const invitation = answer && child(answer, 'invitation', NS);
  if (invitation === undefined) throw new Error('the channel gave no invitation');
  return parseInvitation(invitation);
}

/**
 * Passes an invitation on to whom it names (§6.2), as a message of the user's own account.
 * @param body what the user says with it
 * @throws ConnectionLost where it is not known whether it was sent
 * @example
 * const invitation = { inviter: channel, invitee: `friend@${client.domain}`, channel, token: 'from the channel' };
 * await sendInvitation(client, invitation, 'Come to the heath');
 */
export async function sendInvitation(client: Client, invitation: Invitation, body?: string): Promise<void> {
  const text = body === undefined ? undefined : el('body', NS_CLIENT, {}, [body]);
  const attrs = { to: invitation.invitee, id: newId() };
  await client.send(el('message', NS_CLIENT, attrs, [text, buildInvitation(invitation)]));
}

/**
 * Tells of invitations that come (§6.2). Anybody can send one: only the channel knows whether it is good.
 * @param listener gets the invitation, who sent it, and what was said with it
 * @example
 * const stop = onInvitation(client, (invitation, { from }) => {
 *   console.log(from, 'invites to', invitation.channel);
 * });
 * stop();
 */
export function onInvitation(
  client: Client,
  listener: (
    invitation: Invitation,
    message: { readonly from: string; readonly body: string | undefined },
  ) => void,
): Stop {
  return client.onStanza((stanza) => {
    const { from, type } = stanza.attrs;
    if (stanza.name !== 'message' || from === undefined || type === 'error' || type === 'groupchat')
      return false;
    const element = child(stanza, 'invitation', NS);
    const invitation = element && unlessBad(() => parseInvitation(element));
    if (invitation === undefined) return false;
    listener(invitation, { from: bareOf(from), body: childText(stanza, 'body') });
    return false;
  });
}

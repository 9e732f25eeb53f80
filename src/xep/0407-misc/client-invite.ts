/**
 * XEP-0407 MIX-MISC 0.1.2 §5, §6 and XEP-0408 MIX-MUC 0.2.0 §3, for a client: bringing somebody into a channel.
 * Finds out whether the invitee knows channels, and chooses among an invitation to the channel, one to the room that
 * the channel is for others, and a mere link.
 * Does not redeem invitations (xep/0405-pam/client.ts).
 * Always: who is known not to know channels gets no invitation that only clients with channels understand.
 * Before: xep/0407-misc/client.ts. After: client/convert-chat.ts.
 */
import type { Client } from '../../client/client.ts';
import { NS_CLIENT } from '../../stanza/stanza.ts';
import { el } from '../../xml/element.ts';
import { discoverInfo, discoverItems } from '../0030-disco/client.ts';
import { buildInvite, NS as NS_MUC } from '../0045-muc/wire.ts';
import { newId } from '../0359-ids/client.ts';
import { NS as NS_MIX } from '../0369-core/wire.ts';
import { buildLink } from '../0372-references/wire.ts';
import { NS as NS_PAM } from '../0405-pam/wire.ts';
import { invite, sendInvitation } from './client.ts';

/** More clients of one account are not asked. */
const CLIENTS_MAX = 10;

/** How somebody was asked to come: as to a channel, as to a room, or by a link in a message. */
export type InvitedBy = 'channel' | 'room' | 'link';

/**
 * Can somebody take part in channels (XEP-0369 §6.7)? Asks the clients that are there or, where none is, the server.
 * @param account an account's address
 * @returns undefined where that is not told: servers tell only those whom the account lets see its presence
 * @example
 * console.log(await knowsChannels(client, client.account)); // true
 */
export async function knowsChannels(client: Client, account: string): Promise<boolean | undefined> {
  try {
    const items = await discoverItems(client, account);
    const clients = items.map(({ address }) => address).filter((each) => each.startsWith(`${account}/`));
    const asked = clients.slice(0, CLIENTS_MAX).map(async (each) => discoverInfo(client, each));
    const infos = (await Promise.allSettled(asked)).flatMap((info) =>
      info.status === 'fulfilled' ? [info.value] : [],
    );
    if (infos.length > 0) return infos.some(({ features }) => features.includes(NS_MIX));
    return (await discoverInfo(client, account)).features.includes(NS_PAM);
  } catch {
    return undefined;
  }
}

/**
 * Invites somebody in the way that fits (XEP-0408 §3): to the channel or, where the invitee is known to have no client
 * with channels, to the room of the same address (XEP-0045 §7.8.2), or with a link to it.
 * @param invitee an account's address
 * @param body what the user says with it
 * @returns which way it was
 * @throws as {@link Client.request}: `forbidden` or `not-allowed` for those who may not invite
 * @example
 * const { nodesPresent = [] } = await getConfig(client, channel);
 * await setConfig(client, channel, { nodesPresent: [...nodesPresent, 'allowed'] });
 * console.log(await inviteTo(client, channel, `friend@${client.domain}`, 'Come to the heath')); // channel
 */
export async function inviteTo(
  client: Client,
  channel: string,
  invitee: string,
  body?: string,
): Promise<InvitedBy> {
  if ((await knowsChannels(client, invitee)) !== false) {
    await sendInvitation(client, await invite(client, channel, invitee), body);
    return 'channel';
  }
  const { features } = await discoverInfo(client, channel);
  if (features.includes(NS_MUC)) {
    const asked = buildInvite('to', { who: invitee, reason: body });
    await client.send(el('message', NS_CLIENT, { to: channel, id: newId() }, [asked]));
    return 'room';
  }
  const link = `xmpp:${encodeURI(channel)}?join`;
  const text = body === undefined ? link : `${body}\n${link}`;
  const attrs = { to: invitee, type: 'chat', id: newId() };
  await client.send(el('message', NS_CLIENT, attrs, [el('body', NS_CLIENT, {}, [text]), buildLink(link)]));
  return 'link';
}

/**
 * XEP-0407 MIX-MISC 0.1.2 §7, for a client: going on with a chat of two in a channel.
 * Makes the channel, shares what was said before where the user wants that, and invites the other one then.
 * Does not choose what is shared: that is for the user, who reads it before others do.
 * Always: history comes before the invitation, in messages without a body. Forwarded messages show addresses, and a
 * channel that hides them takes none (D-74): with history the channel shows addresses, without it does not.
 * Before: xep/0407-misc/client-invite.ts. After: index.ts.
 */
import { isElement } from '../xml/element.ts';
import { buildDelay } from '../xep/0203-delay/wire.ts';
import { buildForwarded } from '../xep/0297-forward/wire.ts';
import { queryArchive, type ArchivedStanza } from '../xep/0313-mam/client.ts';
import { NS as NS_IDS } from '../xep/0359-ids/wire.ts';
import { sendMessage } from '../xep/0369-core/client-message.ts';
import { createChannel, destroyChannel } from '../xep/0369-core/client.ts';
import { join } from '../xep/0405-pam/client.ts';
import { inviteTo } from '../xep/0407-misc/client-invite.ts';
import type { Client } from './client.ts';
import { stanzaErrorOf, type StanzaError } from './error.ts';

/**
 * Turns a chat with somebody into a channel of the same two, to which others can be invited (§7).
 * @param service where the channel is made
 * @param other the account of the other one
 * @param options.messages what of the chat is shared, as the account's archive has it. With it the channel shows
 * everybody's address, since the messages do; without, it hides them
 * @param options.nick the user's own in the channel
 * @param options.body what the user says with the invitation
 * @returns the channel's address
 * @throws as {@link Client.request}; there is no channel then
 * @example
 * const { messages } = await queryArchive(client, undefined, { with: `friend@${client.domain}` });
 * const made = await convertChat(client, service, `friend@${client.domain}`, { nick: 'Third witch', messages });
 * console.log((await getInfo(client, made)).mode); // jid-hidden
 */
export async function convertChat(
  client: Client,
  service: string,
  other: string,
  options: {
    readonly nick: string;
    readonly messages?: readonly Pick<ArchivedStanza, 'stanza' | 'at'>[];
    readonly body?: string;
  },
): Promise<string> {
  const { nick, messages = [], body } = options;
  const mode = messages.length > 0 ? 'jid-visible' : 'jid-hidden';
  const channel = await createChannel(client, service, { config: { mode } });
  try {
    await join(client, channel, { nick });
    await share(client, channel, messages);
    await inviteTo(client, channel, other, body);
  } catch (error) {
    await destroyChannel(client, channel).catch(() => undefined);
    throw error;
  }
  return channel;
}

/** Forwards the messages, and waits until the channel has them. */
async function share(
  client: Client,
  channel: string,
  messages: readonly Pick<ArchivedStanza, 'stanza' | 'at'>[],
): Promise<void> {
  if (messages.length === 0) return;
  let refused: StanzaError | undefined;
  const stop = client.onStanza((stanza) => {
    const { from, type } = stanza.attrs;
    if (stanza.name === 'message' && from === channel && type === 'error') refused ??= stanzaErrorOf(stanza);
  });
  try {
    await Promise.all(
      messages.map(async ({ stanza, at }) => {
        const children = stanza.children.filter((node) => !(isElement(node) && node.ns === NS_IDS));
        const forwarded = buildForwarded([buildDelay(at), { ...stanza, children }]);
        return sendMessage(client, channel, { payloads: [forwarded] });
      }),
    );
    // The channel answers in the order in which it is asked.
    await queryArchive(client, channel, { page: { before: '', max: 1 } });
  } finally {
    stop();
  }
  if (refused !== undefined) throw refused;
}

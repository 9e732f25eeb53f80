/**
 * A private conversation with a participant of a channel, kept up to date.
 * Puts it together from what comes, what the user's other clients send (XEP-0280), and the archive of the own account.
 * Does not know how a conversation is kept (live-conversation.ts).
 * Always: as live.ts says; a message of the user is sent when the server has it, since nobody reflects it.
 * Before: client/live-conversation.ts. After: client/live-channel.ts.
 */
import { refusalIn } from '../stanza/error.ts';
import { buildPing } from '../xep/0199-ping/wire.ts';
import { queryArchive } from '../xep/0313-mam/client.ts';
import { sendChatState } from '../xep/0085-states/client.ts';
import { parseCarbon } from '../xep/0280-carbons/wire.ts';
import { sendMarker } from '../xep/0333-markers/client.ts';
import { channelAddress, encodedAddress, parseEncoded } from '../xep/0369-core/addresses.ts';
import type { Outgoing } from '../xep/0369-core/client-message.ts';
import { buildPrivateMessage, readPrivate } from '../xep/0404-anon/client-private.ts';
import { listTogether, onJoined } from '../xep/0405-pam/client-joined.ts';
import { onDisplayed, setDisplayed } from '../xep/0490-displayed/client.ts';
import type { XmlElement } from '../xml/element.ts';
import type { Client, Stop } from './client.ts';
import { stanzaErrorOf } from './error.ts';
import type { LiveOptions, LivePrivate } from './live.ts';
import { Conversation, type Ways } from './live-conversation.ts';
import { displayedIn } from './live-displayed.ts';
import { faceOf } from './live-face.ts';
import { itemOfPrivate, meaningOf, OWN, type Item } from './live-item.ts';

/**
 * Opens the private conversation with a participant of a channel, and keeps it up to date until it is closed. Its
 * history is that of the user's own archive, and what the user's other clients send is seen where `enableCarbons` was
 * called; the channel keeps nothing of it.
 * @param participantId the other one
 * @returns at once; what it holds comes later, as `onChange` tells
 * @throws TypeError unless `channel` is the address of one
 * @example
 * const [someone] = await listParticipants(client, channel);
 * if (someone) {
 *   const live = openPrivate(client, channel, someone.id);
 *   live.send({ body: 'Not so loud!' });
 *   live.close();
 * }
 */
export function openPrivate(
  client: Client,
  channel: string,
  participantId: string,
  options: LiveOptions = {},
): LivePrivate {
  const live = new Private(client, channelAddress(channel), participantId, options);
  return faceOf(live.talk, { participantId, close: () => live.close() });
}

/** Resolves when the server has taken what was sent before: not every server acknowledges (XEP-0198), all answer. */
async function reached(client: Client): Promise<void> {
  try {
    await client.request('get', client.domain, buildPing());
  } catch (error) {
    if (refusalIn(error) === undefined) throw error;
  }
}

class Private {
  readonly talk: Conversation;
  readonly #client: Client;
  readonly #channel: string;
  readonly #other: string;
  readonly #address: string;
  readonly #stops: readonly Stop[];
  #selfId = '';

  constructor(client: Client, channel: string, other: string, options: LiveOptions) {
    this.#client = client;
    this.#channel = channel;
    this.#other = other;
    this.#address = encodedAddress(channel, other);
    this.talk = new Conversation(client, this.#ways(), options);
    this.#stops = [
      client.onStanza((stanza) => this.#take(stanza)),
      onJoined(client, (change) => {
        if (change.channel === channel && change.left === true) this.talk.end({ reason: 'left' });
      }),
      onDisplayed(client, ({ chat, id }) => {
        if (chat === this.#address) this.talk.noteDisplayed(id);
      }),
    ];
  }

  close(): void {
    for (const stop of this.#stops) stop();
    this.talk.close();
  }

  #ways(): Ways {
    const [client, channel, other, address] = [this.#client, this.#channel, this.#other, this.#address];
    return {
      channel,
      prepare: async () => {
        void this.#findSelf().catch(() => undefined);
        return Promise.resolve();
      },
      query: (page) => queryArchive(client, undefined, { with: address, page }),
      read: ({ id, at, stanza }) => this.#read(stanza, { id, at }),
      transmit: async (outgoing, id) => {
        await client.send(buildPrivateMessage(channel, other, outgoing, id));
        await reached(client);
      },
      sent: (id, outgoing) => this.#sent(id, outgoing),
      self: () => ({ id: this.#selfId }),
      isOwn: (author) => author === OWN,
      recognise: () => false,
      vouches: () => false,
      hides: () => false,
      sayTyping: (state) => sendChatState(client, channel, state, other),
      sayDisplayed: async ({ archiveId, ref }, toAll) => {
        if (toAll) await sendMarker(client, channel, ref, other);
        if (archiveId !== undefined) await setDisplayed(client, address, archiveId);
      },
      fetchDisplayed: () => displayedIn(client, address),
      onRefused: () => undefined,
    };
  }

  async #findSelf(): Promise<void> {
    const joined = await listTogether(this.#client);
    const id = joined.find(({ channel }) => channel === this.#channel)?.participantId;
    if (id === undefined || id === this.#selfId) return;
    this.#selfId = id;
    this.talk.refreshAll();
  }

  #read(stanza: XmlElement, archived?: { readonly id: string; readonly at: number }): Item | undefined {
    const message = readPrivate(this.#client, stanza, archived);
    if (message?.channel !== this.#channel || message.participantId !== this.#other) return undefined;
    return itemOfPrivate(message, this.#selfId);
  }

  /** What was sent, as it would be read. */
  #sent(id: string, outgoing: Outgoing): Item {
    const stanza = buildPrivateMessage(this.#channel, this.#other, outgoing, id);
    const item = this.#read({ ...stanza, attrs: { ...stanza.attrs, from: this.#client.address } });
    if (item === undefined) throw new Error('what was sent cannot be read');
    return item;
  }

  #take(stanza: XmlElement): void {
    if (stanza.name !== 'message') return;
    const { from = '', type, id } = stanza.attrs;
    if (type === 'error') {
      const other = parseEncoded(from);
      const isFromOther = other?.channel === this.#channel && other.participantId === this.#other;
      if (isFromOther && id !== undefined) this.talk.refuse(id, stanzaErrorOf(stanza));
      return;
    }
    const item = this.#read(parseCarbon(stanza, this.#client.account)?.message ?? stanza);
    if (item !== undefined) this.talk.take(item, meaningOf(item).is !== 'nothing');
  }
}

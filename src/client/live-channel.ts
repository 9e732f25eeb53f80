/**
 * A channel, kept up to date.
 * Puts together the conversation, the participants and the information, from what the channel sends.
 * Does not join (xep/0405-pam/client.ts) nor know how a conversation is kept (live-conversation.ts).
 * Always: as live.ts says; an answer that is older than what was told meanwhile is passed over.
 * Before: client/live-conversation.ts. After: client/live-private.ts.
 */
import type { ArchivedStanza } from '../xep/0313-mam/client.ts';
import { discoverInfo } from '../xep/0030-disco/client.ts';
import { parseEvent, type PubsubEvent } from '../xep/0060-pubsub/wire.ts';
import { sendChatState } from '../xep/0085-states/client.ts';
import { sendMarker } from '../xep/0333-markers/client.ts';
import { channelAddress } from '../xep/0369-core/addresses.ts';
import { buildMessage, readMessage, type Participant } from '../xep/0369-core/client-message.ts';
import { getInfo, listParticipants, type ShownInfo } from '../xep/0369-core/client.ts';
import { infoIn, readParticipant } from '../xep/0369-core/client-read.ts';
import { NODE_NAMES } from '../xep/0369-core/wire.ts';
import { readPresence } from '../xep/0403-presence/client-read.ts';
import { listTogether, onJoined, type JoinedChange } from '../xep/0405-pam/client-joined.ts';
import { announce, hasParticipantServer } from '../xep/0405-pam/client-server.ts';
import { NS as NS_MISC } from '../xep/0407-misc/wire.ts';
import { NS as NS_RETRACT } from '../xep/0424-retract/wire.ts';
import { onDisplayed, setDisplayed } from '../xep/0490-displayed/client.ts';
import { refusalIn } from '../stanza/error.ts';
import type { XmlElement } from '../xml/element.ts';
import type { Client, Stop } from './client.ts';
import { stanzaErrorOf } from './error.ts';
import type { LiveChannel, LiveEnd, LiveOptions } from './live.ts';
import { ChannelArchive } from './live-archive.ts';
import { Conversation, type Ways } from './live-conversation.ts';
import { displayedIn } from './live-displayed.ts';
import { reasonOfEnd } from './live-ending.ts';
import { faceOf } from './live-face.ts';
import { itemOfChannel, type Item } from './live-item.ts';
import { People } from './live-people.ts';

/**
 * Opens a channel that the user has joined, and keeps it up to date until it is closed: its messages without gap and
 * double over all streams, with corrections, retractions and reactions applied, its participants with their presence,
 * and what it says of itself. What the user sends is shown at once, and sent again where it was lost.
 * @param options.self the user's participant id, as `join` and `listJoined` tell it; found out where it is left out
 * @returns at once; what it holds comes later, as `onChange` tells
 * @throws TypeError unless `channel` is the address of one
 * @example
 * const { id } = await join(client, channel, { nick: 'third witch' });
 * const live = openChannel(client, channel, { self: id });
 * const stop = live.onChange((what) => {
 *   if (what === 'messages') console.log(live.messages.map(({ body }) => body));
 * });
 * live.send({ body: 'When shall we three meet again?' });
 * stop();
 * live.close();
 */
export function openChannel(
  client: Client,
  channel: string,
  options: LiveOptions & { readonly self?: string | undefined } = {},
): LiveChannel {
  const live = new Channel(client, channelAddress(channel), options);
  return faceOf(live.talk, {
    get self() {
      return live.self;
    },
    get info() {
      return live.info;
    },
    participants: live.participants,
    close: () => live.close(),
  });
}

/** Refusals by which a channel tells who is not in it, or that there is none. */
const OUT: readonly string[] = [
  'forbidden',
  'not-allowed',
  'registration-required',
  'item-not-found',
  'gone',
];

class Channel {
  readonly talk: Conversation;
  readonly #channel: string;
  readonly #client: Client;
  readonly #people = new People();
  readonly #archive: ChannelArchive;
  readonly #stops: readonly Stop[];
  #selfId: string | undefined;
  #info: ShownInfo | undefined;
  #vouches = false;
  #isEnding = false;
  /** Count what was asked, so that an answer that is older than what was told meanwhile is passed over. */
  #peopleRun = 0;
  #infoRun = 0;

  constructor(
    client: Client,
    channel: string,
    options: LiveOptions & { readonly self?: string | undefined },
  ) {
    this.#client = client;
    this.#channel = channel;
    this.#archive = new ChannelArchive(client, channel);
    this.#selfId = options.self === '' ? undefined : options.self;
    this.talk = new Conversation(client, this.#ways(), options);
    this.#stops = [
      client.onStanza((stanza) => this.#take(stanza)),
      client.on('fresh', () => this.#people.forgetPresence()),
      onJoined(client, (change) => this.#joined(change)),
      onDisplayed(client, ({ chat, id }) => {
        if (chat === channel) this.talk.noteDisplayed(id);
      }),
    ];
  }

  get participants(): LiveChannel['participants'] {
    return this.#people.participants;
  }

  get self(): LiveChannel['self'] {
    const id = this.#selfId;
    if (id === undefined) return {};
    const nick = this.#people.participants.get(id)?.nick;
    return { id, ...(nick === undefined ? {} : { nick }) };
  }

  get info(): ShownInfo | undefined {
    return this.#info;
  }

  close(): void {
    for (const stop of this.#stops) stop();
    this.talk.close();
  }

  #ways(): Ways {
    const [client, channel] = [this.#client, this.#channel];
    return {
      channel,
      prepare: () => this.#prepare(),
      query: (page, mustBeSure) => this.#archive.query(page, mustBeSure),
      read: (archived) => this.#read(archived),
      transmit: (outgoing, id) => client.send(buildMessage(channel, outgoing, id)),
      sent: undefined,
      self: () => this.#participants(),
      isOwn: (author) => author === this.#selfId,
      recognise: ({ sender }) => {
        if (this.#selfId !== undefined || sender.id === '') return false;
        this.#setSelf(sender.id);
        return true;
      },
      vouches: () => this.#vouches,
      hides: () => this.#info?.mode === 'jid-hidden',
      sayTyping: (state) => sendChatState(client, channel, state),
      sayDisplayed: async ({ archiveId, ref }, toAll) => {
        if (toAll) await sendMarker(client, channel, ref);
        if (archiveId !== undefined) await setDisplayed(client, channel, archiveId);
      },
      fetchDisplayed: () => displayedIn(client, channel),
      onRefused: (problem) => {
        const isOut = OUT.includes(refusalIn(problem)?.condition ?? '');
        if (isOut && this.#selfId !== undefined) void this.#end('removed');
      },
    };
  }

  #participants(): Participant {
    return this.#people.participants.get(this.#selfId ?? '') ?? { id: this.#selfId ?? '' };
  }

  /** On a new stream: tells the channel of this client, and asks for what is not history. */
  async #prepare(): Promise<void> {
    const client = this.#client;
    if (!(await hasParticipantServer(client))) void announce(client, this.#channel).catch(() => undefined);
    void this.#loadPeople().catch(() => undefined);
    void this.#loadInfo().catch(() => undefined);
    if (this.#selfId === undefined) void this.#findSelf().catch(() => undefined);
  }

  async #loadPeople(): Promise<void> {
    const run = ++this.#peopleRun;
    this.#people.begin();
    const list = await listParticipants(this.#client, this.#channel);
    if (run !== this.#peopleRun) return;
    this.#people.fetched(list);
    this.talk.changes.tell('participants');
    this.talk.changes.tell('self');
  }

  async #loadInfo(): Promise<void> {
    const run = ++this.#infoRun;
    const { features } = await discoverInfo(this.#client, this.#channel);
    this.#vouches = features.includes(NS_RETRACT) || features.includes(NS_MISC);
    const info = await getInfo(this.#client, this.#channel);
    if (run === this.#infoRun) this.#setInfo(info);
  }

  async #findSelf(): Promise<void> {
    const joined = await listTogether(this.#client);
    const id = joined.find(({ channel }) => channel === this.#channel)?.participantId;
    if (id !== undefined) this.#setSelf(id);
  }

  #setSelf(id: string): void {
    if (this.#selfId === id) return;
    this.#selfId = id;
    this.talk.refreshAll();
    this.talk.changes.tell('self');
  }

  #setInfo(info: ShownInfo): void {
    this.#infoRun += 1;
    const isOther = info.mode !== this.#info?.mode;
    this.#info = info;
    if (isOther) this.talk.refreshAll();
    this.talk.changes.tell('info');
  }

  #read({ stanza, at }: ArchivedStanza): Item | undefined {
    const message = readMessage(stanza, this.#channel, at);
    return message && itemOfChannel(message);
  }

  #take(stanza: XmlElement): void {
    const { from = '', type, id } = stanza.attrs;
    if (stanza.name === 'presence') {
      const presence = readPresence(stanza, this.#channel);
      if (presence !== undefined && this.#people.presence(presence)) this.talk.changes.tell('participants');
      return;
    }
    if (from !== this.#channel && !from.startsWith(`${this.#channel}/`)) return;
    if (type === 'error') {
      if (id !== undefined) this.talk.refuse(id, stanzaErrorOf(stanza));
      return;
    }
    const message = readMessage(stanza, this.#channel);
    if (message !== undefined) {
      this.#archive.note(stanza);
      this.talk.take(itemOfChannel(message), message.isArchived);
      return;
    }
    const event = from === this.#channel ? parseEvent(stanza) : undefined;
    if (event !== undefined) this.#event(event);
  }

  #event(event: PubsubEvent): void {
    if (event.kind === 'deleted') {
      if (event.node === NODE_NAMES.participants) void this.#end('destroyed');
      return;
    }
    if (event.node === NODE_NAMES.info) {
      const payload = event.items.at(-1)?.payload;
      const info = payload && infoIn(payload);
      if (info !== undefined) this.#setInfo(info);
      return;
    }
    if (event.node !== NODE_NAMES.participants) return;
    for (const item of event.items) {
      const participant = readParticipant(item.id, item.payload);
      if (participant !== undefined) this.#people.changed(participant);
    }
    for (const id of event.retracted) {
      this.#people.gone(id);
      this.talk.forget(id);
      if (id === this.#selfId) void this.#end('removed');
    }
    this.talk.changes.tell('participants');
    if (event.items.some(({ id }) => id === this.#selfId)) this.talk.changes.tell('self');
  }

  #joined(change: JoinedChange): void {
    if (change.channel !== this.#channel) return;
    if (change.left === true) void this.#end('left');
    else if (change.participantId !== undefined) this.#setSelf(change.participantId);
  }

  /** It is over. What is said of it is the best guess; the channel may tell more. */
  async #end(guess: LiveEnd['reason']): Promise<void> {
    if (this.#isEnding) return;
    this.#isEnding = true;
    const told =
      guess === 'destroyed' ? undefined : await reasonOfEnd(this.#client, this.#channel, this.#info?.mode);
    this.talk.end(told === undefined || told.reason === 'removed' ? { reason: guess } : told);
  }
}

/**
 * What a channel and a private conversation have in common, kept up to date over all streams.
 * Puts together messages, history, sending, typing and reading, and orders what happens when a stream is new: first
 * what was missed, then what comes, then what waits to be sent.
 * Does not know whether it is a channel (live-channel.ts and live-private.ts tell how to ask, read and send).
 * Always: as live.ts says; after the end nothing changes any more.
 * Before: client/live-history.ts, client/live-outgoing.ts. After: client/live-channel.ts, client/live-private.ts.
 */
import type { ArchivedStanza, ArchivePage } from '../xep/0313-mam/client.ts';
import type { ChatState } from '../xep/0085-states/client.ts';
import type { Outgoing, Participant } from '../xep/0369-core/client-message.ts';
import { retraction } from '../xep/0424-retract/retraction.ts';
import { buildReactions } from '../xep/0444-reactions/wire.ts';
import { buildStore } from '../xep/0334-hints/wire.ts';
import type { RsmRequest } from '../xep/0059-rsm/wire.ts';
import type { Client, Stop } from './client.ts';
import { ConnectionLost } from './error.ts';
import type { LiveChange, LiveConversation, LiveEnd, LiveMessage, LiveOptions } from './live.ts';
import { Changes } from './live-changes.ts';
import { History } from './live-history.ts';
import { displayedIn, typingIn, type Item } from './live-item.ts';
import { OutgoingMessages } from './live-outgoing.ts';
import { Readers } from './live-read.ts';
import { Timeline } from './live-timeline.ts';
import { Typing } from './live-typing.ts';

/** How one kind of conversation asks, reads and sends. */
export interface Ways {
  readonly channel: string;
  /** Before the archive is asked on a new stream. @throws to begin again with the next stream */
  readonly prepare: () => Promise<void>;
  /** `mustBeSure`: what is missing in the answer has not arrived, wherever it is on its way. */
  readonly query: (page: RsmRequest, mustBeSure: boolean) => Promise<ArchivePage>;
  readonly read: (archived: ArchivedStanza) => Item | undefined;
  readonly transmit: (outgoing: Outgoing, id: string) => Promise<void>;
  /** Is something sent when the server has it? Then this is what it looks like in the list. */
  readonly sent: ((id: string, outgoing: Outgoing) => Item) | undefined;
  readonly self: () => Participant;
  readonly isOwn: (author: string) => boolean;
  /** An item bears an id that only we can have given: is its author the user, though that was not known? */
  readonly recognise: (item: Item) => boolean;
  readonly vouches: () => boolean;
  readonly hides: () => boolean;
  readonly sayTyping: (state: ChatState) => Promise<void>;
  /** Tells the user's own clients, and the others where `toAll`, that everything up to this message was seen. */
  readonly sayDisplayed: (item: Item, toAll: boolean) => Promise<void>;
  /** How far the user has read, if the server keeps that. */
  readonly fetchDisplayed: () => Promise<string | undefined>;
  /** The archive refused; ends the conversation where that means that it is over. */
  readonly onRefused: (problem: Error) => void;
}

const DEFAULTS = { pageSize: 50, messagesMax: 10_000, confirmMs: 20_000, typingMs: 30_000 };
const FAILURES_MAX = 1_000;
/** So often "is typing" is said again. */
const TYPING_AGAIN_MS = 10_000;

export class Conversation implements LiveConversation {
  readonly channel: string;
  readonly changes = new Changes();
  readonly #client: Client;
  readonly #ways: Ways;
  readonly #sendsMarkers: boolean;
  readonly #timeline: Timeline;
  readonly #history: History;
  readonly #outgoing: OutgoingMessages;
  readonly #typing: Typing;
  readonly #readers: Readers;
  readonly #stops: Stop[] = [];
  /** Own messages that came back as errors after they had been sent. */
  readonly #failures = new Map<string, Error>();
  #messages: readonly LiveMessage[] | undefined;
  #saidTyping: { readonly isTyping: boolean; readonly at: number } | undefined;
  #displayed: string | undefined;
  #ended: LiveEnd | undefined;
  #isClosed = false;

  constructor(client: Client, ways: Ways, options: LiveOptions) {
    const { pageSize, messagesMax, confirmMs, typingMs } = { ...DEFAULTS, ...options };
    this.channel = ways.channel;
    this.#client = client;
    this.#ways = ways;
    this.#sendsMarkers = options.sendMarkers ?? false;
    this.#readers = new Readers(
      (first, second) => this.#timeline.isLater(first, second),
      (ref) => this.#refresh(ref),
    );
    this.#timeline = new Timeline(
      {
        isOwn: ways.isOwn,
        get vouches() {
          return ways.vouches();
        },
        get hides() {
          return ways.hides();
        },
        displayedBy: (ref) => this.#readers.at(ref),
        failure: (ref) => this.#failures.get(ref),
        overlay: (ref) => this.#outgoing.overlay(ref),
      },
      messagesMax,
    );
    this.#outgoing = new OutgoingMessages({
      transmit: ways.transmit,
      isSentWhenTaken: ways.sent !== undefined,
      onSent: (id, outgoing, key, place) => {
        const item = ways.sent?.(id, outgoing);
        if (item !== undefined) this.#timeline.insert(item, key, place);
        this.#changed();
      },
      reserve: () => this.#timeline.reserve(),
      self: ways.self,
      canVerify: () => this.#history.problem === undefined,
      confirmMs,
      onOverdue: () => void this.#catchUp(),
      onChange: (corrected) => (corrected === undefined ? this.#changed() : this.#refresh(corrected)),
    });
    this.#history = new History({
      query: (page) => ways.query(page, this.#outgoing.isUncertain),
      read: ways.read,
      timeline: this.#timeline,
      pageSize,
      append: (items) => this.#append(items),
      mustSeeAll: () => this.#outgoing.isUncertain,
      onLoading: () => this.changes.tell('loading'),
      onProblem: () => this.changes.tell('problem'),
    });
    this.#typing = new Typing(typingMs, () => this.changes.tell('typing'));
    this.#follow();
  }

  get messages(): readonly LiveMessage[] {
    return (this.#messages ??= this.#joined());
  }

  get typing(): readonly string[] {
    return this.#typing.ids;
  }

  get hasOlder(): boolean {
    return this.#history.hasOlder;
  }

  get isLoading(): boolean {
    return this.#history.isLoading && !this.#isClosed;
  }

  get problem(): Error | undefined {
    return this.#history.problem;
  }

  get displayed(): string | undefined {
    return this.#displayed;
  }

  get ended(): LiveEnd | undefined {
    return this.#ended;
  }

  async loadOlder(): Promise<void> {
    const { length } = this.#timeline;
    await this.#history.loadOlder();
    if (this.#timeline.length !== length) this.#changed();
  }

  send(outgoing: Outgoing): LiveMessage {
    this.#check();
    const message = this.#outgoing.send(outgoing);
    this.#saidTyping = undefined;
    return message;
  }

  correct(id: string, body: string): LiveMessage {
    return this.send({ body, replaces: id });
  }

  async retract(id: string): Promise<void> {
    this.#check();
    await this.#outgoing.act(retraction(id));
  }

  async react(id: string, emojis: readonly string[]): Promise<void> {
    this.#check();
    await this.#outgoing.act({ payloads: [buildReactions({ id, emojis }), buildStore()] });
  }

  setTyping(isTyping: boolean): void {
    const said = this.#saidTyping;
    const isOld = said === undefined || Date.now() - said.at >= TYPING_AGAIN_MS;
    // Who has never typed need not say that he has stopped.
    if ((said?.isTyping ?? false) === isTyping && (!isTyping || !isOld)) return;
    if (this.#ended !== undefined || this.#client.state.is !== 'online') return;
    this.#saidTyping = { isTyping, at: Date.now() };
    void this.#ways.sayTyping(isTyping ? 'composing' : 'paused').catch(() => undefined);
  }

  markDisplayed(id?: string): void {
    const item = id === undefined ? this.#timeline.lastItem : this.#timeline.item(id);
    const archiveId = item?.archiveId;
    if (item === undefined || archiveId === undefined || !this.noteDisplayed(archiveId)) return;
    void this.#ways.sayDisplayed(item, this.#sendsMarkers).catch(() => undefined);
  }

  onChange(listener: (what: LiveChange) => void): Stop {
    return this.changes.listen(listener);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#stop(new ConnectionLost('the conversation was closed'));
    this.changes.close();
  }

  /** A message has come. */
  take(item: Item, isKept: boolean): void {
    if (this.#isClosed) return;
    const isTyping = typingIn(item);
    const isOwn = this.#ways.isOwn(item.author);
    if (isTyping !== undefined && !isOwn) this.#typing.note(item.sender.id, isTyping);
    const displayed = displayedIn(item);
    if (displayed !== undefined && !isOwn) this.#readers.note(item.sender.id, displayed);
    if (isKept) this.#history.live(item);
    // What is not archived would not be found again: it is ours for the moment only.
    else this.#claim(item);
  }

  /** The other side has refused a message of ours. */
  refuse(id: string, error: Error): void {
    if (this.#outgoing.has(id)) {
      this.#outgoing.refuse(id, error);
      return;
    }
    const item = this.#timeline.item(id);
    const isOwn = item !== undefined && this.#ways.isOwn(item.author);
    if (!isOwn || this.#failures.size >= FAILURES_MAX) return;
    this.#failures.set(id, error);
    this.#refresh(id);
  }

  /** The user has read up to a message of this archive's id. Returns whether that is news. */
  noteDisplayed(archiveId: string): boolean {
    const before = this.#displayed;
    if (before === archiveId) return false;
    const [first, second] = [before, archiveId].map((id) => id && this.#timeline.refOf(id));
    if (first !== undefined && second !== undefined && this.#timeline.isLater(first, second) === false)
      return false;
    this.#displayed = archiveId;
    this.changes.tell('displayed');
    return true;
  }

  /** Who the user is has become known, or something else that every message shows. */
  refreshAll(): void {
    this.#timeline.refreshAll();
    this.#changed();
  }

  end(ended: LiveEnd): void {
    if (this.#ended !== undefined || this.#isClosed) return;
    this.#ended = ended;
    this.#stop(new ConnectionLost('the conversation is over'));
    this.changes.tell('ended');
  }

  /** Somebody has left, and types no more. */
  forget(id: string): void {
    this.#typing.note(id, false);
  }

  #follow(): void {
    const { state } = this.#client;
    this.#stops.push(
      this.#client.on('fresh', () => this.#renew()),
      this.#client.on('state', ({ is }) => {
        if (is === 'online') this.#resume();
        else this.#outgoing.interrupt(false);
        if (is === 'closed') this.#stop(new ConnectionLost('the client is closed'));
      }),
    );
    if (state.is === 'online') this.#renew();
  }

  #renew(): void {
    this.#outgoing.interrupt(true);
    this.#history.interrupt();
    this.#typing.clear();
    // The connection says first that this client is there, so that nothing comes between the archive and the stream.
    queueMicrotask(() => void this.#begin());
  }

  async #begin(): Promise<void> {
    try {
      await this.#ways.prepare();
    } catch {
      // The stream is gone; the next one begins again.
      if (this.#client.state.is !== 'online') return;
    }
    void this.#ways.fetchDisplayed().then(
      (id) => id !== undefined && this.noteDisplayed(id),
      () => undefined,
    );
    await this.#catchUp();
  }

  async #catchUp(): Promise<void> {
    if (this.#isClosed || !(await this.#history.catchUp())) return;
    const { problem } = this.#history;
    if (problem !== undefined) this.#ways.onRefused(problem);
    this.#outgoing.ready();
    this.#changed();
  }

  /** The stream was resumed: nothing was missed. A new one is told of as fresh as well, which comes after this. */
  #resume(): void {
    queueMicrotask(() => {
      if (this.#history.isUpToDate && this.#client.state.is === 'online') this.#outgoing.resume();
    });
  }

  #append(items: readonly Item[]): void {
    if (items.length === 0) return;
    this.#timeline.append(items, (item) => this.#claim(item));
    this.#changed();
  }

  /** The key of what was being sent, if this is what has become of it. */
  #claim(item: Item): string | undefined {
    const { originId, author } = item;
    if (originId === undefined || !this.#outgoing.has(originId)) return undefined;
    return this.#ways.isOwn(author) || this.#ways.recognise(item)
      ? this.#outgoing.claim(originId)
      : undefined;
  }

  #refresh(ref: string): void {
    this.#timeline.refresh(ref);
    this.#changed();
  }

  #changed(): void {
    this.#messages = undefined;
    this.changes.tell('messages');
  }

  #joined(): readonly LiveMessage[] {
    return this.#timeline.joined(this.#outgoing.expected);
  }

  #check(): void {
    if (this.#ended !== undefined || this.#isClosed) throw new TypeError('this conversation is over');
  }

  #stop(reason: Error): void {
    this.#isClosed = true;
    for (const stop of this.#stops.splice(0)) stop();
    this.#typing.clear();
    this.#history.close();
    this.#outgoing.close(reason);
  }
}

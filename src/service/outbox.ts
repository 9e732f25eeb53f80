/**
 * What is on its way out: durable notices, and answers.
 * Owns the order and the pace of writing: answers first, then the channels' notices in turns of one chunk.
 * Does not render (fan-out.ts, xep/) nor keep notices over a crash (the store does).
 * Always: a channel's notices reach everybody in the order of their turns; nobody waits for another's server; one is
 * struck off only when the server has answered a ping written after all of it; after a lost link everything that was
 * not struck off is written again.
 * Before: service/lines.ts. After: service/fan-out.ts, transport/transport.ts.
 */
import type { ChannelState } from '../channel/state.ts';
import type { ChannelName } from '../jid/public-jid.ts';
import { RealJid } from '../jid/real-jid.ts';
import type { Notice, NoticePlace } from '../storage/facts.ts';
import type { Log } from '../transport/log.ts';
import type { Transport, WireText } from '../transport/transport.ts';
import { NS as PING } from '../xep/0199-ping/wire.ts';
import type { Clock, Send } from '../xep/extension.ts';
import { el } from '../xml/element.ts';
import { jobOf, type FanOutTools } from './fan-out.ts';
import { HeldCopies, type Held } from './held.ts';
import { addressed, split, type Job } from './wire-text.ts';

/** Big enough that a write costs little, and well below the 64 KiB at which loopback sockets stumble. */
const CHUNK = 32 * 1024;
/** So many answers that are written may stand before those that are not. */
const ANSWERS_KEPT = 1_000;
/** How much is written before others may have the processor. */
const BURST = 32 * CHUNK;

interface Entry {
  /** Undefined for what need not survive, such as probes. */
  readonly place: NoticePlace | undefined;
  /** For everybody, or for some. */
  readonly open: (channel: ChannelState, some?: readonly RealJid[]) => Job | undefined;
}

interface Cursor {
  readonly entry: Entry;
  /** Set where it walks those who had to wait. */
  readonly held: Held<Entry> | undefined;
  /** Undefined until it begins, and where there is nothing to tell. */
  job: Job | undefined;
}

interface Outgoing {
  readonly channel: ChannelName;
  /** Not struck off yet, oldest first; the first `written` of them are written, but for what is held. */
  entries: Entry[];
  written: number;
  /** For those whose servers were not known when it was their turn. */
  held: HeldCopies<Entry>;
  /** The cursors under way, and the state that they walk; a channel that was read again is walked anew. */
  current: Cursor | undefined;
  late: Cursor | undefined;
  state: ChannelState | undefined;
  /** Its state is being fetched. */
  isLoading: boolean;
}

export interface OutboxOptions {
  readonly transport: Transport;
  readonly tools: FanOutTools;
  readonly clock: Clock;
  /** The channel in memory; where it is not there, `load` fetches it, and calls back when it is worth another look. */
  readonly stateOf: (channel: ChannelName) => ChannelState | undefined;
  readonly load: (channel: ChannelName, then: () => void) => void;
  /** These have arrived. */
  readonly strike: (places: readonly NoticePlace[]) => void;
  /** A channel has nothing left to deliver. */
  readonly onDelivered: (channel: ChannelName) => void;
  /** More than this many unwritten entries: `isFull`. */
  readonly entriesMax: number;
  /** More than this many copies held for one channel: its next notices wait for them. */
  readonly heldCopiesMax: number;
  /** Room after `isFull`. */
  readonly onRoom: () => void;
  /** How long the server may take to answer a ping, in milliseconds. */
  readonly pingMs: number;
  readonly log: Log;
}

export class Outbox {
  readonly #options: OutboxOptions;
  readonly #self: RealJid;
  readonly #channels = new Map<ChannelName, Outgoing>();
  /** Those with something unwritten, in the order in which they have their next chunk. */
  readonly #ready = new Set<Outgoing>();
  /** Answers that are not written yet: those from `#answered` on. */
  #answers: string[] = [];
  #answered = 0;
  #unwritten = 0;
  #isFull = false;
  #isScheduled = false;
  #isChoked = false;
  /** What the ping under way confirms. */
  #awaited:
    | { readonly id: string; readonly counts: Map<ChannelName, number>; readonly cancel: () => void }
    | undefined;
  #pings = 0;

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#self = RealJid.of({ local: undefined, domain: options.tools.domain, resource: undefined });
  }

  /** Is there so much to write that no more input should be taken? */
  get isFull(): boolean {
    return this.#isFull;
  }

  isDelivering(channel: ChannelName): boolean {
    return this.#channels.has(channel);
  }

  /** Is everything written and confirmed? */
  get isEmpty(): boolean {
    return this.#channels.size === 0 && this.#answers.length === this.#answered;
  }

  /** An answer, or any other stanza that need not survive a crash. */
  send({ to, stanza }: Send): void {
    this.#answers.push(addressed(split(stanza), to));
    this.#measure();
    this.#schedule();
  }

  /** Notices of a turn that is durable. */
  add(channel: ChannelName, version: number, notices: readonly Notice[]): void {
    notices.forEach((notice, index) => this.restore({ channel, version, index }, notice));
  }

  /** A notice that the store still has. */
  restore(place: NoticePlace, notice: Notice): void {
    const { tools } = this.#options;
    this.#push(place.channel, {
      place,
      open: (state, some) => jobOf(notice, place.version, state, tools, some),
    });
  }

  /** A cursor of stanzas that need not survive. */
  addJob(channel: ChannelName, open: (state: ChannelState) => Job): void {
    this.#push(channel, { place: undefined, open });
  }

  onUp(): void {
    this.#isChoked = false;
    this.#schedule();
  }

  /** The link is lost: what is not confirmed will be written again. */
  onDown(): void {
    this.#awaited?.cancel();
    this.#awaited = undefined;
    for (const outgoing of this.#channels.values()) {
      const again = outgoing.entries.slice(0, outgoing.written).filter(({ place }) => place !== undefined);
      outgoing.entries = [...again, ...outgoing.entries.slice(outgoing.written)];
      this.#unwritten += again.length;
      outgoing.written = 0;
      outgoing.held = new HeldCopies();
      outgoing.current = outgoing.late = undefined;
      if (outgoing.entries.length > 0) this.#ready.add(outgoing);
      else this.#channels.delete(outgoing.channel);
    }
  }

  onDrain(): void {
    this.#isChoked = false;
    this.#schedule();
  }

  /** Something that a job waited for is there. */
  wake(): void {
    this.#schedule();
  }

  /** A ping of ours has come back: everything written before it has been routed. */
  onPing(id: string | undefined): void {
    if (this.#awaited === undefined || id !== this.#awaited.id) return;
    const { counts, cancel } = this.#awaited;
    cancel();
    this.#awaited = undefined;
    const struck: NoticePlace[] = [];
    for (const [channel, count] of counts) this.#confirm(channel, count, struck);
    this.#options.strike(struck);
    for (const channel of counts.keys()) if (!this.#channels.has(channel)) this.#options.onDelivered(channel);
    this.#schedule();
  }

  #confirm(channel: ChannelName, count: number, struck: NoticePlace[]): void {
    const outgoing = this.#channels.get(channel);
    if (outgoing === undefined) return;
    for (const { place } of outgoing.entries.splice(0, count)) if (place !== undefined) struck.push(place);
    outgoing.written -= count;
    if (outgoing.entries.length === 0) this.#channels.delete(channel);
  }

  #push(channel: ChannelName, entry: Entry): void {
    let outgoing = this.#channels.get(channel);
    if (outgoing === undefined) {
      outgoing = {
        ...{ channel, entries: [], written: 0, held: new HeldCopies() },
        ...{ current: undefined, late: undefined, state: undefined, isLoading: false },
      };
      this.#channels.set(channel, outgoing);
    }
    outgoing.entries.push(entry);
    this.#ready.add(outgoing);
    this.#unwritten += 1;
    this.#measure();
    this.#schedule();
  }

  /** Notices and answers that are not written yet. */
  get #size(): number {
    return this.#unwritten + this.#answers.length - this.#answered;
  }

  #measure(): void {
    if (this.#size > this.#options.entriesMax) this.#isFull = true;
  }

  #schedule(): void {
    if (this.#isScheduled || this.#isChoked || !this.#options.transport.up) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#pump();
    });
  }

  #pump(): void {
    const { transport } = this.#options;
    let written = 0;
    while (written < BURST && !this.#isChoked && transport.up) {
      const chunk = this.#answersChunk() || this.#noticesChunk();
      if (chunk === '') break;
      written += chunk.length;
      this.#isChoked = !transport.write(chunk as WireText);
    }
    if (transport.up) this.#ping();
    if (written >= BURST) this.#schedule();
    this.#relax();
  }

  #relax(): void {
    const { entriesMax, onRoom } = this.#options;
    if (!this.#isFull || this.#size > entriesMax / 2) return;
    this.#isFull = false;
    onRoom();
  }

  #answersChunk(): string {
    let chunk = '';
    while (this.#answered < this.#answers.length && chunk.length < CHUNK) {
      chunk += this.#answers[this.#answered] ?? '';
      this.#answered += 1;
    }
    if (this.#answered === this.#answers.length || this.#answered > ANSWERS_KEPT) {
      this.#answers.splice(0, this.#answered);
      this.#answered = 0;
    }
    return chunk;
  }

  /** A chunk of notices, of several channels where each has little; whoever gave some goes to the end. */
  #noticesChunk(): string {
    let chunk = '';
    let turns = this.#ready.size;
    for (const outgoing of this.#ready) {
      if (turns === 0 || chunk.length >= CHUNK) break;
      turns -= 1;
      chunk += this.#pull(outgoing, CHUNK - chunk.length);
      this.#ready.delete(outgoing);
      if (outgoing.written < outgoing.entries.length || outgoing.held.size > 0) this.#ready.add(outgoing);
    }
    return chunk;
  }

  #pull(outgoing: Outgoing, size: number): string {
    const { stateOf } = this.#options;
    const state = stateOf(outgoing.channel);
    if (state === undefined) {
      this.#load(outgoing);
      return '';
    }
    if (outgoing.state !== state) outgoing.current = outgoing.late = undefined;
    outgoing.state = state;
    let text = '';
    while (text.length < size) {
      const cursor = this.#cursor(outgoing);
      if (cursor === undefined) break;
      text += this.#step(outgoing, cursor, state, size - text.length);
    }
    return text;
  }

  /** What had to wait goes before what comes after it. */
  #cursor(outgoing: Outgoing): Cursor | undefined {
    const { tools, heldCopiesMax } = this.#options;
    const { held, entries, written } = outgoing;
    if (outgoing.late === undefined && held.size > 0) {
      const next = held.next((host) => tools.domains.quirksOf(host) !== undefined);
      outgoing.late = next && { entry: next.notice, held: next, job: undefined };
    }
    if (outgoing.late !== undefined) return outgoing.late;
    const entry = entries[written];
    if (entry === undefined || held.size > heldCopiesMax) return undefined;
    return (outgoing.current ??= { entry, held: undefined, job: undefined });
  }

  #load(outgoing: Outgoing): void {
    if (outgoing.isLoading) return;
    outgoing.isLoading = true;
    this.#options.load(outgoing.channel, () => {
      outgoing.isLoading = false;
      this.#schedule();
    });
  }

  /** Some more of a notice. */
  #step(outgoing: Outgoing, cursor: Cursor, state: ChannelState, size: number): string {
    const { entry, held } = cursor;
    let text = '';
    try {
      cursor.job ??= entry.open(state, held?.recipients);
      text = cursor.job?.pull(size) ?? '';
    } catch (error) {
      // A notice that cannot be rendered is our fault; it must not keep the others back, now and after each start.
      this.#options.log.error({ err: error, channel: outgoing.channel }, 'could not deliver a notice');
      cursor.job = undefined;
    }
    if (cursor.job?.isFinished === false) return text;
    const rest = cursor.job?.unknown ?? [];
    if (held !== undefined) {
      outgoing.held.remove(held, rest);
      outgoing.late = undefined;
    } else {
      outgoing.held.add(entry, rest);
      outgoing.current = undefined;
      outgoing.written += 1;
      this.#unwritten -= 1;
    }
    return text;
  }

  /** XEP-0199 to ourselves, by way of the server: the barrier behind what is written. */
  #ping(): void {
    if (this.#awaited !== undefined) return;
    const counts = new Map<ChannelName, number>();
    for (const { channel, entries, written, held } of this.#channels.values()) {
      const { oldest } = held;
      const count = oldest === undefined ? written : entries.indexOf(oldest);
      if (count > 0) counts.set(channel, count);
    }
    if (counts.size === 0) return;
    this.#pings += 1;
    const id = `barrier-${this.#pings}`;
    const { clock, pingMs, transport, tools, log } = this.#options;
    const attrs = { type: 'get', id, from: tools.domain };
    const ping = addressed(split(el('iq', 'jabber:client', attrs, [el('ping', PING)])), this.#self);
    const cancel = clock.after(pingMs, () => {
      log.warn({ id }, 'the server does not answer our ping to ourselves, so nothing counts as delivered');
      this.#awaited = undefined;
      this.#schedule();
    });
    this.#awaited = { id, counts, cancel };
    if (!transport.write(ping as WireText)) this.#isChoked = true;
  }
}

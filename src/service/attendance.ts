/**
 * XEP-0045 Multi-User Chat 1.35.5 (2026-05-03) §14.4, XEP-0199 XMPP Ping 2.0.1: are the occupants still there?
 * Owns the questions to occupants' clients: after a start or a lost link to all, later to those that were silent.
 * Does not decide what the end of a stay means (channel/occupant.ts) nor answer clients that ask (xep/0045-muc/relay.ts).
 * Always: only who cannot be reached goes; a client that knows no pings stays, as long as what a room says reaches it;
 * while the link is down nobody is waited for.
 * Before: service/housekeeping.ts. After: channel/occupant.ts.
 */
import { newToken } from '../channel/ids.ts';
import { exit } from '../channel/occupant.ts';
import type { ChannelState } from '../channel/state.ts';
import type { Random } from '../channel/turn.ts';
import { channelJid, type ChannelName } from '../jid/public-jid.ts';
import { RealJidMap, type RealJid } from '../jid/real-jid.ts';
import { NS_CLIENT } from '../stanza/stanza.ts';
import { isDeparture, isUnavailable } from '../xep/0045-muc/departure.ts';
import { NS as PING } from '../xep/0199-ping/wire.ts';
import type { Clock, Send } from '../xep/extension.ts';
import { el, type XmlElement } from '../xml/element.ts';
import type { Lines } from './lines.ts';

export interface AttendanceOptions {
  readonly clock: Clock;
  readonly domain: string;
  readonly lines: Lines;
  readonly random: Random;
  readonly send: (send: Send) => void;
  /** How long a client has to answer, in milliseconds. */
  readonly answerMs: number;
  /** How long a client may say nothing before it is asked, in milliseconds. */
  readonly silenceMs: number;
}

interface Asked {
  readonly channel: ChannelName;
  readonly client: RealJid;
  readonly cancel: () => void;
}

interface Room {
  /** The clients that said something since the room last looked round. */
  heard: RealJidMap<true>;
  readonly cancel: () => void;
}

export class Attendance {
  readonly #options: AttendanceOptions;
  readonly #asked = new Map<string, Asked>();
  /** The channels that have occupants. */
  readonly #rooms = new Map<ChannelName, Room>();
  #isStopping = false;

  constructor(options: AttendanceOptions) {
    this.#options = options;
  }

  /** A channel was read or has changed: it is looked round from time to time as long as it has occupants. */
  watch({ name, occupants, exists }: ChannelState): void {
    const room = this.#rooms.get(name);
    const isWatched = occupants.size > 0 && exists && !this.#isStopping;
    if (isWatched === (room !== undefined)) return;
    room?.cancel();
    this.#rooms.delete(name);
    if (isWatched) this.#await(name);
  }

  /** Somebody's client said something to a channel. */
  hear(channel: ChannelName, client: RealJid): void {
    this.#rooms.get(channel)?.heard.set(client, true);
  }

  /** What they said meanwhile is lost: all occupants are asked. */
  greet({ name, occupants }: ChannelState): void {
    for (const { client } of occupants.values()) this.#ask(name, client);
  }

  /** The link is lost, and answers with it. */
  onDown(): void {
    for (const { cancel } of this.#asked.values()) cancel();
    this.#asked.clear();
  }

  stop(): void {
    this.#isStopping = true;
    for (const { cancel } of this.#rooms.values()) cancel();
    this.#rooms.clear();
    this.onDown();
  }

  /** Takes the answer to one of our questions; returns whether it was one. */
  onAnswer(from: RealJid, type: string, id: string | undefined, children: readonly XmlElement[]): boolean {
    const asked = id === undefined ? undefined : this.#asked.get(id);
    if (id === undefined || asked?.client.equals(from) !== true) return false;
    this.#asked.delete(id);
    asked.cancel();
    if (type !== 'error' || !isDeparture(children)) return true;
    // Its server says so for a client that has gone, but clients too that do not know the question.
    if (isUnavailable(children)) this.#probe(asked);
    else this.#expel(asked);
    return true;
  }

  #await(name: ChannelName): void {
    const { clock, silenceMs, lines } = this.#options;
    const look = (): void => {
      const { heard } = this.#rooms.get(name) ?? { heard: new RealJidMap<true>() };
      this.#rooms.delete(name);
      const ended = (): void => {
        const state = lines.peek(name);
        if (state === undefined) return;
        this.watch(state);
        for (const { client } of state.occupants.values()) if (!heard.has(client)) this.#ask(name, client);
      };
      lines.ensure(name, ended, () => this.#await(name));
    };
    this.#rooms.set(name, { heard: new RealJidMap(), cancel: clock.after(silenceMs, look) });
  }

  #ask(channel: ChannelName, client: RealJid): void {
    const { clock, random, answerMs, send } = this.#options;
    if (this.#isStopping) return;
    // Not counted: nobody learns from it how many others are asked.
    const id = newToken(random);
    const asked: Asked = {
      channel,
      client,
      cancel: clock.after(answerMs, () => {
        this.#asked.delete(id);
        this.#expel(asked);
      }),
    };
    this.#asked.set(id, asked);
    send({
      to: client,
      stanza: el('iq', NS_CLIENT, { type: 'get', id, from: this.#self(channel) }, [el('ping', PING)]),
    });
  }

  /** RFC 6121 §8.5.3.2.1: a server sends back what is said to everybody where a client has gone; clients keep it. */
  #probe({ channel, client }: Asked): void {
    const hint = el('no-store', 'urn:xmpp:hints');
    const attrs = { type: 'groupchat', from: this.#self(channel) };
    this.#options.send({ to: client, stanza: el('message', NS_CLIENT, attrs, [hint]) });
  }

  #expel({ channel, client }: Asked): void {
    const done = (): void => undefined;
    if (this.#isStopping) return;
    this.#options.lines.enter(channel, {
      decide: (turn) => {
        const session = turn.channel.exists ? turn.channel.occupants.get(client) : undefined;
        if (session !== undefined) exit(turn, session, '', 'lost');
      },
      done,
      failed: done,
    });
  }

  #self(channel: ChannelName): string {
    return channelJid(channel, this.#options.domain);
  }
}

/**
 * An outbox between channels that a test makes up and a link that only remembers.
 * Owns the scene of the outbox's tests: who subscribes, what is known of their servers, when a ping is answered.
 * Does not run a service (src/testing/engine-kit.ts does).
 * Always: nothing is loaded, drained or confirmed but by the test.
 * Before: testing/rules-kit.ts. After: service/outbox.ts.
 */
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { ChannelState } from '../channel/state.ts';
import type { ChannelName } from '../jid/public-jid.ts';
import type { RealJid } from '../jid/real-jid.ts';
import type { Domains, Quirks } from '../service/domains.ts';
import { Outbox } from '../service/outbox.ts';
import type { Notice } from '../storage/facts.ts';
import type { LinkEvents, Transport, WireText } from '../transport/transport.ts';
import { el } from '../xml/element.ts';
import { FakeClock } from './clock.ts';
import { jid } from './rules-kit.ts';

export const CHUNK = 32 * 1024;
const DOMAIN = 'mix.example';

/** A link that remembers what was written. */
export class Link implements Transport {
  up = true;
  text = '';
  writes: number[] = [];
  /** How many characters it takes before it is full. */
  room = Infinity;
  start(_events: LinkEvents): Promise<void> {
    return Promise.resolve();
  }
  stop(): Promise<void> {
    return Promise.resolve();
  }
  pause(): void {
    throw new Error('nobody asked');
  }
  resume(): void {
    throw new Error('nobody asked');
  }
  write(text: WireText): boolean {
    this.writes.push(text.length);
    this.text += text;
    this.room -= text.length;
    return this.room > 0;
  }
}

export class OutboxScene {
  readonly clock = new FakeClock();
  readonly link = new Link();
  readonly states = new Map<string, ChannelState>();
  readonly struck: string[] = [];
  readonly delivered: string[] = [];
  readonly errors: string[] = [];
  readonly loads: { readonly channel: string; readonly then: () => void }[] = [];
  readonly known = new Map<string, Quirks>();
  rooms = 0;
  bodies = (notice: string): string => notice;
  readonly outbox: Outbox;

  constructor(entriesMax = 1000, heldCopiesMax = 1000) {
    const domains = {
      quirksOf: (who: RealJid) =>
        [...this.known].find(([domain]) => who.isAt(domain))?.[1] ??
        (this.known.size === 0 ? { hasBareMix: false, bouncesBare: false, ignoresProbes: false } : undefined),
    } as unknown as Domains;
    const write =
      (to: string[]) =>
      (_: object, text: string): void =>
        void to.push(text);
    const log = { debug: write([]), info: write([]), warn: write(this.errors), error: write(this.errors) };
    this.outbox = new Outbox({
      transport: this.link,
      tools: {
        occupantRenderer: undefined,
        renderers: {
          private: ({ xml }, { name }, { hasBareMix }) =>
            el('message', 'jabber:client', { from: `${name}@${DOMAIN}`, id: xml }, [
              el('body', 'jabber:client', {}, [this.bodies(xml)]),
              hasBareMix ? el('mix', 'x') : undefined,
            ]),
        },
        domains,
        domain: DOMAIN,
      },
      clock: this.clock,
      log,
      stateOf: (channel) => this.states.get(channel),
      load: (channel, then) => void this.loads.push({ channel, then }),
      strike: (places) =>
        void this.struck.push(...places.map(({ channel, version }) => `${channel} ${version}`)),
      onDelivered: (channel) => void this.delivered.push(channel),
      entriesMax,
      heldCopiesMax,
      onRoom: () => void (this.rooms += 1),
      pingMs: 60_000,
    });
  }

  /** A channel with so many subscribers of its messages, in two domains by turns. */
  channel(name: string, size: number, since = 0): ChannelState {
    const state = new ChannelState(name as ChannelName, []);
    for (let at = 0; at < size; at += 1) {
      const who = jid(`p${at}@${at % 2 === 0 ? 'even' : 'odd'}.example`);
      state.subscribers.messages.set(who, { jid: who, since });
    }
    this.states.set(name, state);
    return state;
  }

  add(channel: string, version: number, ...ids: string[]): void {
    const notices = ids.map((xml): Notice => ({ kind: 'private', xml, audience: { node: 'messages' } }));
    this.outbox.add(channel as ChannelName, version, notices);
  }

  answer(id: string): void {
    this.outbox.send({
      to: jid('asker@x.example/y'),
      stanza: el('iq', 'jabber:client', { type: 'result', id }),
    });
  }

  async settle(turns = 200): Promise<void> {
    for (let at = 0; at < turns; at += 1) await turnOfTheLoop();
  }

  /** What was written, in short: the ids of messages and answers, in order. */
  ids(): string[] {
    return [...this.link.text.matchAll(/<(?:message|iq) [^>]*\bid="([^"]*)"/g)].map(([, id = '']) => id);
  }

  ping(): string {
    return this.ids().findLast((id) => id.startsWith('barrier-')) ?? 'none';
  }

  async pong(): Promise<void> {
    this.outbox.onPing(this.ping());
    await this.settle(5);
  }
}

/** Without the pings. */
export const withoutPings = (ids: readonly string[]): string[] =>
  ids.filter((id) => !id.startsWith('barrier-'));

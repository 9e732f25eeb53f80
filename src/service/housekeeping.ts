/**
 * What a channel does of its own accord.
 * Owns the probes at the start (XEP-0403 §5), the end of presences that nobody confirmed, and the erasure of a
 * destroyed channel of which everybody was told.
 * Does not decide about presences (channel/presence.ts).
 * Always: those who do not share presence are not asked (PRES-24).
 * Before: service/service.ts. After: service/lines.ts.
 */
import { disappear, isProbed } from '../channel/presence.ts';
import type { ChannelState, Participant } from '../channel/state.ts';
import { channelJid, type ChannelName } from '../jid/public-jid.ts';
import type { Session } from '../storage/facts.ts';
import type { Store } from '../storage/store.ts';
import { NS_CLIENT } from '../stanza/stanza.ts';
import type { Clock } from '../xep/extension.ts';
import { el } from '../xml/element.ts';
import { addressed, split, type Job } from './fan-out.ts';
import type { Lines } from './lines.ts';
import type { Outbox } from './outbox.ts';

const CHANNELS_PAGE = 100;

export interface GreetOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly domain: string;
  readonly lines: Lines;
  readonly outbox: Outbox;
  /** How long a client has to confirm that it is still there, in milliseconds. */
  readonly confirmMs: number;
  readonly isStopping: () => boolean;
}

/** Probes the participants of every channel, and later takes away the presences that nobody confirmed. */
export async function greet(options: GreetOptions): Promise<void> {
  const { store, lines, isStopping } = options;
  let after: ChannelName | undefined;
  for (;;) {
    const names = await store.channelNames(after, CHANNELS_PAGE);
    for (const name of names) {
      if (isStopping()) return;
      await new Promise<void>((resolve) => lines.ensure(name, resolve, resolve));
      const state = lines.peek(name);
      if (state !== undefined) greetChannel(state, options);
    }
    after = names.at(-1);
    if (names.length < CHANNELS_PAGE) return;
  }
}

function greetChannel(
  state: ChannelState,
  { clock, domain, lines, outbox, confirmMs, isStopping }: GreetOptions,
): void {
  if (state.config?.nodesPresent.includes('presence') !== true || state.participants.size === 0) return;
  outbox.addJob(state.name, (channel) => new ProbesJob(channel, domain));
  const doubtful = [...state.clients.values()].filter(({ available }) => available);
  if (doubtful.length === 0) return;
  clock.after(confirmMs, () => {
    if (!isStopping())
      lines.enter(state.name, { decide: (turn) => doubtful.forEach(forget(turn)), done, failed: done });
  });
}

function done(): void {
  // Nobody waits for this.
}

/** A presence that is word for word what it was before the start has not been confirmed since. */
function forget(turn: Parameters<typeof disappear>[0]): (old: Session) => void {
  return (old) => {
    if (turn.channel.clients.get(old.client) === old) disappear(turn, old.client, '');
  };
}

/** The last subscriber of a destroyed channel was told: its rows may go. */
export function erase(lines: Lines, name: ChannelName): void {
  if (lines.peek(name)?.destroyed !== true) return;
  lines.enter(name, { decide: (turn) => turn.record({ fact: 'erased' }), done, failed: done });
}

/** One probe to each participant that shares its presence. */
class ProbesJob implements Job {
  readonly #channel: ChannelState;
  readonly #participants: Iterator<Participant>;
  readonly #probe: ReturnType<typeof split>;
  isFinished = false;
  readonly isBlocked = false;

  constructor(channel: ChannelState, domain: string) {
    this.#channel = channel;
    this.#participants = channel.participants.values();
    const from = channelJid(channel.name, domain);
    this.#probe = split(el('presence', NS_CLIENT, { type: 'probe', from }));
  }

  pull(size: number): string {
    let text = '';
    while (text.length < size) {
      const step = this.#participants.next();
      if (step.done === true) {
        this.isFinished = true;
        break;
      }
      if (isProbed(this.#channel, step.value)) text += addressed(this.#probe, step.value.jid);
    }
    return text;
  }
}

/**
 * One notice, many recipients.
 * Owns the cursor that renders a stanza once per variant and writes it for each recipient in turn.
 * Does not decide who subscribes (channel/) nor when to write (outbox.ts).
 * Always: memory does not grow with the number of recipients; who subscribed after the notice does not get it.
 * Before: service/outbox.ts. After: transport/transport.ts.
 */
import { hasOutsiders, isInsider } from '../channel/access.ts';
import type { ChannelState, Subscription } from '../channel/state.ts';
import { envelope, type RealJid } from '../jid/real-jid.ts';
import type { Node, Notice, Session } from '../storage/facts.ts';
import { wireText } from '../transport/wire-text.ts';
import { serialize } from '../xml/write.ts';
import type { XmlElement } from '../xml/element.ts';
import type { Renderers, View } from '../xep/extension.ts';
import type { Domains } from './domains.ts';

/** A stanza without its `to`: the text goes between the two halves. */
export interface Split {
  readonly head: string;
  readonly tail: string;
}

/** Writes a stanza in two halves, around the address that it will be sent to. */
export function split(stanza: XmlElement): Split {
  const whole = wireText(serialize(stanza));
  const cut = stanza.name.length + 1;
  return { head: `${whole.slice(0, cut)} to='`, tail: `'${whole.slice(cut)}` };
}

/** The stanza, addressed. */
export function addressed({ head, tail }: Split, to: RealJid): string {
  return head + envelope(to) + tail;
}

/** A cursor over the stanzas of one notice. */
export interface Job {
  /** About `size` characters of whole stanzas; fewer when it ends or must wait. */
  pull(size: number): string;
  readonly isFinished: boolean;
  /** Set when it cannot go on before a recipient's server has said what it is. */
  readonly isBlocked: boolean;
}

export interface FanOutTools {
  readonly renderers: Renderers;
  readonly domains: Domains;
  readonly domain: string;
}

/** The cursor of a notice; undefined where there is nothing to tell. */
export function jobOf(
  notice: Notice,
  version: number,
  channel: ChannelState,
  tools: FanOutTools,
): Job | undefined {
  const { audience } = notice;
  if (notice.kind === 'presences')
    return 'jid' in audience ? new PresencesJob(channel, audience.jid, tools) : undefined;
  if ('jid' in audience)
    return new StanzaJob(
      [{ jid: audience.jid, since: 0 }].values(),
      version,
      variantsOf(notice, channel, tools),
      tools,
    );
  const { node } = audience;
  const subscribers = channel.subscribers[node].values();
  return new StanzaJob(subscribers, version, variantsOf(notice, channel, tools, node), tools);
}

type Variants = (jid: RealJid, hasBareMix: boolean) => Split | undefined;

/**
 * Renders at most once per variant: insiders and outsiders, times what their servers need; and anew when the channel
 * has changed, since a cursor may have to wait between two recipients, and who is shown may be another thing then.
 */
function variantsOf(notice: Notice, channel: ChannelState, tools: FanOutTools, node?: Node): Variants {
  const made = new Map<number, Split | undefined>();
  let { version } = channel;
  return (jid, hasBareMix) => {
    if (version !== channel.version) made.clear();
    version = channel.version;
    const isIn = !isOpen(channel, node) || isInsider(channel, jid);
    const key = (isIn ? 1 : 0) + (hasBareMix ? 2 : 0);
    if (!made.has(key)) {
      const stanza = render(
        notice,
        channel,
        { isInsider: isIn, hasBareMix, domain: tools.domain },
        tools.renderers,
      );
      made.set(key, stanza && split(stanza));
    }
    return made.get(key);
  };
}

/** May the recipients be outsiders? */
function isOpen({ config }: ChannelState, node: Node | undefined): boolean {
  return node !== undefined && config !== undefined && hasOutsiders(config, node);
}

function render(
  notice: Notice,
  channel: ChannelState,
  view: View,
  renderers: Renderers,
): XmlElement | undefined {
  if (notice.kind === 'presences') return undefined;
  // The table has for each kind a renderer of that kind, which the compiler cannot follow through the look-up.
  const renderer = renderers[notice.kind] as
    ((content: Notice, channel: ChannelState, view: View) => XmlElement | undefined) | undefined;
  if (renderer === undefined) throw new Error(`no renderer for ${notice.kind}`);
  return renderer(notice, channel, view);
}

class StanzaJob implements Job {
  readonly #recipients: Iterator<Subscription, unknown>;
  readonly #version: number;
  readonly #variants: Variants;
  readonly #domains: Domains;
  #held: Subscription | undefined;
  isFinished = false;
  isBlocked = false;

  constructor(
    recipients: Iterator<Subscription, unknown>,
    version: number,
    variants: Variants,
    { domains }: FanOutTools,
  ) {
    this.#recipients = recipients;
    this.#version = version;
    this.#variants = variants;
    this.#domains = domains;
  }

  pull(size: number): string {
    let text = '';
    this.isBlocked = false;
    while (text.length < size) {
      const recipient = this.#next();
      if (recipient === undefined) break;
      const quirks = this.#domains.quirksOf(recipient.jid);
      if (quirks === undefined) {
        this.#held = recipient;
        this.isBlocked = true;
        break;
      }
      const stanza = this.#variants(recipient.jid, quirks.hasBareMix);
      if (stanza !== undefined) text += stanza.head + envelope(recipient.jid) + stanza.tail;
    }
    return text;
  }

  #next(): Subscription | undefined {
    const held = this.#held;
    if (held !== undefined) {
      this.#held = undefined;
      return held;
    }
    for (;;) {
      const step = this.#recipients.next();
      if (step.done === true) {
        this.isFinished = true;
        return undefined;
      }
      if (step.value.since <= this.#version) return step.value;
    }
  }
}

/** All the presences of a channel, for one subscriber (XEP-0405 §2.9.3). */
class PresencesJob implements Job {
  readonly #channel: ChannelState;
  readonly #to: RealJid;
  readonly #tools: FanOutTools;
  readonly #sessions: Iterator<Session>;
  isFinished = false;
  readonly isBlocked = false;

  constructor(channel: ChannelState, to: RealJid, tools: FanOutTools) {
    this.#channel = channel;
    this.#to = to;
    this.#tools = tools;
    this.#sessions = channel.clients.values();
  }

  pull(size: number): string {
    let text = '';
    while (text.length < size) {
      const step = this.#sessions.next();
      if (step.done === true) {
        this.isFinished = true;
        break;
      }
      if (step.value.available) text += this.#presence(step.value);
    }
    return text;
  }

  #presence(session: Session): string {
    const nick = this.#channel.participants.get(session.id)?.nick;
    const notice: Notice = { kind: 'presence', session, nick, shown: true, audience: { jid: this.#to } };
    const view = {
      isInsider: isInsider(this.#channel, this.#to),
      hasBareMix: false,
      domain: this.#tools.domain,
    };
    const stanza = render(notice, this.#channel, view, this.#tools.renderers);
    return stanza === undefined ? '' : addressed(split(stanza), this.#to);
  }
}

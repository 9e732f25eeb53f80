/**
 * One notice, many recipients.
 * Owns the cursor that renders a stanza once per variant and writes it for each recipient in turn.
 * Does not decide who subscribes (channel/), when to write (outbox.ts) nor how long to wait for a server (domains.ts).
 * Always: memory does not grow with the number of recipients, apart from those whose servers are not known; nobody
 * waits for another's; who subscribed after the notice does not get it.
 * Before: service/outbox.ts. After: transport/transport.ts.
 */
import { hasOutsiders, isInsider, mayRead } from '../channel/access.ts';
import { nickShown } from '../channel/presence.ts';
import type { ChannelState, Subscription } from '../channel/state.ts';
import { isParticipantShown } from '../channel/visibility.ts';
import type { RealJid } from '../jid/real-jid.ts';
import type { Node, Notice, OccupantContent, Session } from '../storage/facts.ts';
import type { XmlElement } from '../xml/element.ts';
import type { Renderers, View } from '../xep/extension.ts';
import type { Domains } from './domains.ts';
import { toOccupant, toOccupants, type OccupantTools } from './fan-out-occupants.ts';
import { addressed, JobsInTurn, split, type Job, type Split } from './wire-text.ts';

export interface FanOutTools extends OccupantTools {
  readonly renderers: Renderers;
}

/** Nodes with addresses in them: whether a subscriber may read them is asked again when they are sent. */
const GUARDED: readonly Node[] = ['jidmap', 'config', 'allowed', 'banned'];

/** The cursor of a notice, for everybody or for some; undefined where there is nothing to tell. */
export function jobOf(
  notice: Notice,
  version: number,
  channel: ChannelState,
  tools: FanOutTools,
  some?: readonly RealJid[],
): Job | undefined {
  const { audience } = notice;
  if ('occupants' in audience) return toOccupants(notice, version, channel, tools, some);
  if ('jid' in audience && isForOccupant(notice))
    return toOccupant(notice, audience.jid, version, channel, tools);
  if (isOccupantContent(notice)) return undefined;
  if (notice.kind === 'presences')
    return 'jid' in audience ? new PresencesJob(channel, audience.jid, tools) : undefined;
  if ('jid' in audience) {
    const recipient = { jid: audience.jid, since: 0 };
    const variants = variantsOf(notice, channel, tools);
    return new StanzaJob([recipient].values(), () => true, variants, tools.domains);
  }
  const { node } = audience;
  const isFor = recipientsOf(channel, node, version);
  const subscribers = channel.subscribers[node];
  const recipients = some?.flatMap((jid) => subscribers.get(jid) ?? []) ?? subscribers;
  const variants = variantsOf(notice, channel, tools, node);
  const job = new StanzaJob(recipients.values(), isFor, variants, tools.domains, clientsFor(notice, channel));
  // What the messages node says, a room's occupants hear.
  if (node !== 'messages' || channel.occupants.size === 0) return job;
  return new JobsInTurn([job, toOccupants(notice, version, channel, tools, some)]);
}

const OCCUPANT_KINDS: Readonly<Record<OccupantContent['kind'], true>> = {
  occupant: true,
  'occupant-gone': true,
  'occupant-renamed': true,
  entrance: true,
  subject: true,
  'room-changed': true,
  'room-gone': true,
  whisper: true,
};

function isOccupantContent(notice: Notice): notice is OccupantContent & Notice {
  return Object.hasOwn(OCCUPANT_KINDS, notice.kind);
}

/** To one address, a message is history for an occupant that enters. */
function isForOccupant(notice: Notice): boolean {
  return notice.kind === 'message' || isOccupantContent(notice);
}

/** Are they subscribed now, and were they when the notice was made? */
function recipientsOf(channel: ChannelState, node: Node, version: number): (one: Subscription) => boolean {
  const isGuarded = GUARDED.includes(node);
  const subscribers = channel.subscribers[node];
  return (subscription) =>
    subscription.since <= version &&
    subscribers.get(subscription.jid) === subscription &&
    (!isGuarded || mayRead(channel, node, subscription.jid));
}

type Variants = (jid: RealJid, hasBareMix: boolean) => Split | undefined;

/**
 * Renders at most once per variant: insiders and outsiders, times what their servers need; and anew when the channel
 * has changed, since the link may be full between two recipients, and who is shown may be another thing then.
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
      const view = { isInsider: isIn, hasBareMix, domain: tools.domain };
      const stanza = render(notice, channel, view, tools.renderers);
      made.set(key, stanza && split(stanza));
    }
    return made.get(key);
  };
}

/** May the recipients be outsiders? Somebody who is told alone may have left meanwhile. */
function isOpen({ config }: ChannelState, node: Node | undefined): boolean {
  return config !== undefined && (node === undefined || hasOutsiders(config, node));
}

function render(
  notice: Notice,
  channel: ChannelState,
  view: View,
  renderers: Renderers,
): XmlElement | undefined {
  if (notice.kind === 'presences' || isOccupantContent(notice)) return undefined;
  // The table has for each kind a renderer of that kind, which the compiler cannot follow through the look-up.
  const renderer = renderers[notice.kind] as
    ((content: Notice, channel: ChannelState, view: View) => XmlElement | undefined) | undefined;
  if (renderer === undefined) throw new Error(`no renderer for ${notice.kind}`);
  return renderer(notice, channel, view);
}

/** The clients of an account that are available to the channel. */
type ClientsOf = (jid: RealJid) => RealJid[];

/** Groupchat is what some servers take at full addresses only. */
function clientsFor({ kind }: Notice, channel: ChannelState): ClientsOf | undefined {
  if (kind !== 'message' && kind !== 'live') return undefined;
  return (jid) => {
    const id = channel.ids.get(jid);
    const sessions = id === undefined ? undefined : channel.sessions.get(id);
    return [...(sessions?.values() ?? [])].filter(({ available }) => available).map(({ client }) => client);
  };
}

class StanzaJob implements Job {
  readonly #recipients: Iterator<Subscription, unknown>;
  /** Asked for each when it is its turn: somebody may have left meanwhile. */
  readonly #isFor: (one: Subscription) => boolean;
  readonly #variants: Variants;
  readonly #domains: Domains;
  readonly #clientsOf: ClientsOf | undefined;
  readonly unknown: RealJid[] = [];
  isFinished = false;

  constructor(
    recipients: Iterator<Subscription, unknown>,
    isFor: (one: Subscription) => boolean,
    variants: Variants,
    domains: Domains,
    clientsOf?: ClientsOf,
  ) {
    this.#recipients = recipients;
    this.#isFor = isFor;
    this.#variants = variants;
    this.#domains = domains;
    this.#clientsOf = clientsOf;
  }

  pull(size: number): string {
    let text = '';
    while (text.length < size) {
      const step = this.#recipients.next();
      if (step.done === true) {
        this.isFinished = true;
        break;
      }
      if (!this.#isFor(step.value)) continue;
      const { jid } = step.value;
      const quirks = this.#domains.quirksOf(jid);
      if (quirks === undefined) {
        this.unknown.push(jid);
        continue;
      }
      const stanza = this.#variants(jid, quirks.hasBareMix);
      if (stanza === undefined) continue;
      if (quirks.bouncesBare && this.#clientsOf !== undefined) text += this.#toClients(stanza, jid);
      else text += addressed(stanza, jid);
    }
    return text;
  }

  /** COMPAT(Prosody): see domains.ts. */
  #toClients(stanza: Split, jid: RealJid): string {
    let text = '';
    for (const client of this.#clientsOf?.(jid) ?? []) text += addressed(stanza, client);
    return text;
  }
}

/** All the presences of a channel, for one subscriber (XEP-0405 §2.9.3). */
class PresencesJob implements Job {
  readonly #channel: ChannelState;
  readonly #to: RealJid;
  readonly #tools: FanOutTools;
  readonly #sessions: Iterator<Session>;
  readonly unknown: RealJid[] = [];
  isFinished = false;

  constructor(channel: ChannelState, to: RealJid, tools: FanOutTools) {
    this.#channel = channel;
    this.#to = to;
    this.#tools = tools;
    this.#sessions = channel.clients.values();
    // They are the same for every server, but stand in line behind what is not.
    this.isFinished = tools.domains.quirksOf(to) === undefined;
    if (this.isFinished) this.unknown.push(to);
  }

  pull(size: number): string {
    let text = '';
    if (this.isFinished) return text;
    while (text.length < size) {
      const step = this.#sessions.next();
      // Whoever has left meanwhile, or unsubscribed, is not shown the rest.
      if (step.done === true || !this.#channel.subscribers.presence.has(this.#to.bare)) {
        this.isFinished = true;
        break;
      }
      if (step.value.available) text += this.#presence(step.value);
    }
    return text;
  }

  #presence(session: Session): string {
    const nick = nickShown(this.#channel, session.id);
    const shown = isParticipantShown(this.#channel, session.id);
    const notice: Notice = { kind: 'presence', session, nick, shown, audience: { jid: this.#to } };
    const view = {
      isInsider: isInsider(this.#channel, this.#to),
      hasBareMix: false,
      domain: this.#tools.domain,
    };
    const stanza = render(notice, this.#channel, view, this.#tools.renderers);
    return stanza === undefined ? '' : addressed(split(stanza), this.#to);
  }
}

/**
 * XEP-0045 Multi-User Chat 1.35.5 (2026-05-03): one notice, many occupants.
 * Owns the cursors over the occupants of a channel: each variant is rendered once, and written for each client in turn.
 * Does not know how anything looks (xep/0045-muc/render.ts) nor walk subscribers (fan-out.ts).
 * Always: who entered with a notice or after it does not get it; who has left meanwhile gets nothing but the end of
 * its own stay; memory does not grow with the number of occupants, nor of participants whom a newcomer is shown.
 * Before: service/fan-out.ts. After: xep/extension.ts.
 */
import type { ChannelState } from '../channel/state.ts';
import type { RealJid } from '../jid/real-jid.ts';
import type { NoticeContent } from '../storage/facts.ts';
import type { XmlElement } from '../xml/element.ts';
import type { OccupantRenderer } from '../xep/extension.ts';
import type { Domains } from './domains.ts';
import { addressed, split, type Job, type Split } from './wire-text.ts';

export interface OccupantTools {
  readonly occupantRenderer: OccupantRenderer | undefined;
  readonly domains: Domains;
  readonly domain: string;
}

/** A notice to all who were occupants before it; `some`: to those of these clients. */
export function toOccupants(
  content: NoticeContent,
  version: number,
  channel: ChannelState,
  tools: OccupantTools,
  some?: readonly RealJid[],
): Job {
  const { occupants } = channel;
  const sessions = some?.flatMap((client) => occupants.get(client) ?? []) ?? occupants;
  return new OccupantsJob(clientsOf(sessions.values(), version, channel), content, channel, tools);
}

/** Those who were there before the notice and still are, when it is their turn. */
function* clientsOf(
  sessions: Iterable<{ readonly client: RealJid }>,
  version: number,
  { occupants }: ChannelState,
): Generator<RealJid, void> {
  for (const { client } of sessions) {
    const entered = occupants.get(client)?.entered;
    if (entered !== undefined && entered < version) yield client;
  }
}

/** A notice to one client. */
export function toOccupant(
  content: NoticeContent,
  client: RealJid,
  version: number,
  channel: ChannelState,
  tools: OccupantTools,
): Job {
  if (content.kind === 'entrance')
    return new EntranceJob(client, channel, tools, () =>
      tools.occupantRenderer?.entrance(content, version, channel, client, tools.domain),
    );
  // Of its own end a client is told when it is none any more; of everything else only while it is one.
  const isTold = content.kind === 'occupant-gone' || channel.occupants.has(client);
  return new OccupantsJob((isTold ? [client] : []).values(), content, channel, tools, true);
}

class OccupantsJob implements Job {
  readonly #clients: Iterator<RealJid, unknown>;
  readonly #content: NoticeContent;
  readonly #channel: ChannelState;
  readonly #tools: OccupantTools;
  /** Told to one client, a message is history. */
  readonly #isForOne: boolean;
  readonly #made = new Map<string, Split | undefined>();
  /** What is rendered is by the rules of the moment: anew when the channel has changed. */
  #version: number;
  readonly unknown: RealJid[] = [];
  isFinished = false;

  constructor(
    clients: Iterator<RealJid, unknown>,
    content: NoticeContent,
    channel: ChannelState,
    tools: OccupantTools,
    isForOne = false,
  ) {
    this.#isForOne = isForOne;
    this.#clients = clients;
    this.#content = content;
    this.#channel = channel;
    this.#tools = tools;
    this.#version = channel.version;
  }

  pull(size: number): string {
    let text = '';
    while (text.length < size) {
      const step = this.#clients.next();
      if (step.done === true) {
        this.isFinished = true;
        break;
      }
      const client = step.value;
      // Nothing depends on what the server is, but all that its users get has one order.
      if (this.#tools.domains.quirksOf(client) === undefined) this.unknown.push(client);
      else text += this.#stanza(client);
    }
    return text;
  }

  #stanza(client: RealJid): string {
    const { occupantRenderer } = this.#tools;
    if (this.#version !== this.#channel.version) this.#made.clear();
    this.#version = this.#channel.version;
    const variant = occupantRenderer?.variantOf(this.#content, this.#channel, client);
    if (occupantRenderer === undefined || variant === undefined) return '';
    if (!this.#made.has(variant)) {
      const stanza = this.#render(occupantRenderer, client);
      this.#made.set(variant, stanza && split(stanza));
    }
    const made = this.#made.get(variant);
    return made === undefined ? '' : addressed(made, client);
  }

  #render(renderer: OccupantRenderer, client: RealJid): XmlElement | undefined {
    const content = this.#content;
    const { domain } = this.#tools;
    return content.kind === 'message' && this.#isForOne
      ? renderer.history(content, this.#channel, domain)
      : renderer.render(content, this.#channel, client, domain);
  }
}

/** All who are there, for one client that enters; given up where it has left before that is done. */
class EntranceJob implements Job {
  readonly #client: RealJid;
  readonly #channel: ChannelState;
  readonly #open: () => Iterator<XmlElement, void> | undefined;
  #stanzas: Iterator<XmlElement, void> | undefined;
  readonly unknown: RealJid[] = [];
  isFinished: boolean;

  constructor(
    client: RealJid,
    channel: ChannelState,
    { domains }: OccupantTools,
    open: () => Iterator<XmlElement, void> | undefined,
  ) {
    this.#client = client;
    this.#channel = channel;
    this.#open = open;
    this.isFinished = domains.quirksOf(client) === undefined;
    if (this.isFinished) this.unknown.push(client);
  }

  pull(size: number): string {
    let text = '';
    while (!this.isFinished && text.length < size) {
      this.#stanzas ??= this.#open();
      const step = this.#channel.occupants.has(this.#client) ? this.#stanzas?.next() : undefined;
      if (step === undefined || step.done === true) this.isFinished = true;
      else text += addressed(split(step.value), this.#client);
    }
    return text;
  }
}

/**
 * XEP-0369 §7.2.2, XEP-0405 §2.11: the history of a channel, as one archive out of two.
 * Asks the account's own archive where the server keeps there what comes from channels, and the channel for what is
 * older than that, or not found there.
 * Does not keep messages (live-history.ts), nor know what was said between two stays of the user in the channel: the
 * own archive has none of it, and does not show that something is missing.
 * Always: a message goes by its id in the channel's archive, wherever it was found. What may be on its way to the own
 * archive is looked for in the channel's, where a message of ours is before any later question.
 * Before: xep/0313-mam/client.ts. After: client/live-channel.ts.
 */
import { isLasting } from '../stanza/error.ts';
import type { RsmRequest } from '../xep/0059-rsm/wire.ts';
import { queryArchive, type ArchivePage } from '../xep/0313-mam/client.ts';
import { stanzaId } from '../xep/0359-ids/wire.ts';
import { keepsChannels } from '../xep/0405-pam/client-server.ts';
import type { XmlElement } from '../xml/element.ts';
import type { Client } from './client.ts';

/** Ids beyond this are forgotten, the oldest first; the channel is asked about those messages. */
const IDS_MAX = 20_000;

export class ChannelArchive {
  readonly #client: Client;
  readonly #channel: string;
  /** The ids in the account's archive by those in the channel's. */
  readonly #own = new Map<string, string>();

  constructor(client: Client, channel: string) {
    this.#client = client;
    this.#channel = channel;
  }

  /** A message has come, and may say which id it has in the account's archive. */
  note(stanza: XmlElement): void {
    const own = stanzaId(stanza.children, this.#client.account);
    if (own !== undefined) this.#remember(this.#idOf(stanza), own);
  }

  async query(page: RsmRequest, mustBeSure: boolean): Promise<ArchivePage> {
    const own = mustBeSure || !(await keepsChannels(this.#client)) ? undefined : this.#translated(page);
    const found = own && (await this.#ask(own));
    if (found === undefined) return queryArchive(this.#client, this.#channel, { page });
    return page.after === undefined && found.complete ? this.#withOlder(found, page) : found;
  }

  /** The page as the account's archive knows it; undefined where it does not. */
  #translated(page: RsmRequest): RsmRequest | undefined {
    const { before, after } = page;
    const id = before ?? after;
    if (id === undefined || id === '') return page;
    const own = this.#own.get(id);
    if (own === undefined) return undefined;
    return before === undefined ? { ...page, after: own } : { ...page, before: own };
  }

  /** What the account's archive holds; undefined where it refuses, since it may have forgotten what was named. */
  async #ask(page: RsmRequest): Promise<ArchivePage | undefined> {
    try {
      const found = await queryArchive(this.#client, undefined, { with: this.#channel, page });
      const messages = found.messages.map((message) => {
        const id = this.#idOf(message.stanza);
        this.#remember(id, message.id);
        return { ...message, id };
      });
      const [first, last] = [messages[0]?.id, messages.at(-1)?.id];
      const ends = first === undefined || last === undefined ? {} : { first, last };
      const count = found.count === undefined ? {} : { count: found.count };
      return { messages, complete: found.complete, ...ends, ...count };
    } catch (error) {
      if (isLasting(error)) return undefined;
      throw error;
    }
  }

  /** The account's archive begins here; what is older has to come from the channel. */
  async #withOlder(found: ArchivePage, { before, max }: RsmRequest): Promise<ArchivePage> {
    const { messages, first = before ?? '', last } = found;
    const room = max === undefined ? {} : { max: Math.max(1, max - messages.length) };
    try {
      const page = { before: first, ...room };
      const older = await queryArchive(this.#client, this.#channel, { page });
      const [begin, end] = [older.first ?? found.first, last ?? older.last];
      return {
        messages: [...older.messages, ...messages],
        complete: older.complete,
        ...(begin === undefined ? {} : { first: begin }),
        ...(end === undefined ? {} : { last: end }),
      };
    } catch (error) {
      if (messages.length === 0) throw error;
      return { ...found, complete: false };
    }
  }

  #idOf(stanza: XmlElement): string {
    return stanzaId(stanza.children, this.#channel) ?? stanza.attrs['id'] ?? '';
  }

  #remember(id: string, own: string): void {
    if (this.#own.size >= IDS_MAX)
      for (const [oldest] of this.#own) {
        this.#own.delete(oldest);
        break;
      }
    this.#own.set(id, own);
  }
}

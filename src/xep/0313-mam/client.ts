/**
 * XEP-0313 Message Archive Management 1.1.3 (2025-04-09), for a client: what was said before.
 * Asks an archive, a channel's or the account's own, for a page of its messages.
 * Does not keep them (client/live-history.ts) nor say what they mean.
 * Always: a result counts when it comes from the archive that was asked and bears the query's id; no page holds more
 * than PAGE_MAX.
 * Before: xep/0313-mam/wire.ts. After: client/live-history.ts.
 */
import type { Client } from '../../client/client.ts';
import { unlessBad } from '../../stanza/codec.ts';
import type { XmlElement } from '../../xml/element.ts';
import type { RsmRequest } from '../0059-rsm/wire.ts';
import { newId } from '../0359-ids/client.ts';
import { buildQuery, parseFin, parseResult } from './wire.ts';

/** More results than this are not taken for one page, whatever the archive sends. */
const PAGE_MAX = 1_000;

/** A message with its place in an archive. */
export interface ArchivedStanza {
  /** Its id there. */
  readonly id: string;
  /** When it was archived, in milliseconds since 1970. */
  readonly at: number;
  readonly stanza: XmlElement;
}

export interface ArchiveQuery {
  /** Messages from and to this address only. */
  readonly with?: string;
  /** From this moment on, and up to that one, in milliseconds since 1970. */
  readonly start?: number;
  readonly end?: number;
  /** Between these messages. */
  readonly afterId?: string;
  readonly beforeId?: string;
  /** Only these. */
  readonly ids?: readonly string[];
  /** Which part of the answer: its end is `{ before: '' }`, and `max` bounds its length. */
  readonly page?: RsmRequest;
}

export interface ArchivePage {
  /** From the oldest to the newest. */
  readonly messages: readonly ArchivedStanza[];
  /** Is there nothing more in the direction that was asked? */
  readonly complete: boolean;
  /** The ids of the page's first and last message, by which the pages beside it are found. */
  readonly first?: string;
  readonly last?: string;
  /** How many there are on all pages, where the archive tells. */
  readonly count?: number;
}

/**
 * A page of an archive (§4).
 * @param archive the address of a channel; undefined: the archive of the own account
 * @throws as {@link Client.request}: `item-not-found` where a message that is named is not there any more, `forbidden`
 * for those who may not read
 * @example
 * const page = await queryArchive(client, channel, { page: { before: '', max: 20 } });
 * console.log(page.messages.length, page.complete);
 */
export async function queryArchive(
  client: Client,
  archive: string | undefined,
  query: ArchiveQuery = {},
): Promise<ArchivePage> {
  const queryId = newId();
  const messages: ArchivedStanza[] = [];
  const stop = client.onStanza((stanza) => {
    const from = stanza.attrs['from'] ?? client.account;
    if (stanza.name !== 'message' || from !== (archive ?? client.account)) return false;
    const result = unlessBad(() => parseResult(stanza));
    if (result?.queryId !== queryId) return false;
    const { id, at, message } = result;
    if (messages.length < PAGE_MAX) messages.push({ id, at, stanza: message });
    return true;
  });
  try {
    const answer = await client.request('set', archive, buildQuery({ ...query, queryId }));
    if (answer === undefined) return { messages, complete: true };
    const { complete, first, last, count } = parseFin(answer);
    return {
      messages,
      complete,
      ...(first === undefined ? {} : { first }),
      ...(last === undefined ? {} : { last }),
      ...(count === undefined ? {} : { count }),
    };
  } finally {
    stop();
  }
}

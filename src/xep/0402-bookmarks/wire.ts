/**
 * XEP-0402 PEP Native Bookmarks 1.2.0 (2024-08-15): the user's list of rooms, kept by the user's server.
 * Reads and writes a bookmark, with the mark of XEP-0405 for those that are channels.
 * Does not join anything.
 * Always: a bookmark of a channel says no autojoin, since a client that takes it for a MUC room would enter it.
 * Before: xep/0405-pam/wire.ts. After: xep/0402-bookmarks/client.ts.
 */
import { checkName, optionalAttr } from '../../stanza/codec.ts';
import { child, childText, el, type XmlElement } from '../../xml/element.ts';
import { buildChannel, parseChannel } from '../0405-pam/wire.ts';

export const NS = 'urn:xmpp:bookmarks:1';

export interface Bookmark {
  readonly name?: string | undefined;
  readonly nick?: string | undefined;
  /** Where it is a channel that the user has joined; who the user is there, if that is known. */
  readonly channel?: { readonly participantId: string | undefined } | undefined;
}

/** `<conference/>` (§2). */
export function buildBookmark({ name, nick, channel }: Bookmark): XmlElement {
  const mark = channel && el('extensions', NS, {}, [buildChannel(channel.participantId)]);
  return el('conference', NS, { name, autojoin: 'false' }, [
    nick === undefined ? undefined : el('nick', NS, {}, [nick]),
    mark,
  ]);
}

/** Reads one; bad-request for another element. */
export function parseBookmark(conference: XmlElement): Bookmark {
  checkName(conference, 'conference', NS);
  const extensions = child(conference, 'extensions');
  return {
    name: optionalAttr(conference, 'name'),
    nick: childText(conference, 'nick'),
    channel: extensions && parseChannel(extensions),
  };
}

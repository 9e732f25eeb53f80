/**
 * RFC 6121 §2 (2011-03), XEP-0405 MIX-PAM 0.5.3 §2.10: the roster, as far as a client needs it for channels.
 * Reads its items, and writes the question for them.
 * Does not know contacts' subscriptions beyond their names.
 * Always: what is no address is left out.
 * Before: xep/0405-pam/wire.ts. After: xep/0405-pam/client.ts.
 */
import { optionalAttr } from '../../stanza/codec.ts';
import { childrenOf, el, isNamed, text, type XmlElement } from '../../xml/element.ts';
import { buildAnnotate, parseChannel } from './wire.ts';

export const NS_ROSTER_QUERY = 'jabber:iq:roster';

export interface RosterItem {
  readonly address: string;
  readonly name: string | undefined;
  /** `none`, `from`, `to`, `both`; `remove` in a push: it is gone. */
  readonly subscription: string;
  readonly groups: readonly string[];
  /** Where it is a channel: who the user is there, if that is known. */
  readonly channel: { readonly participantId: string | undefined } | undefined;
}

/** Asks for the roster, with the marks of channels. */
export function buildRosterQuery(): XmlElement {
  return el('query', NS_ROSTER_QUERY, {}, [buildAnnotate()]);
}

/** The items of an answer or a push. */
export function parseRoster(query: XmlElement): RosterItem[] {
  if (!isNamed(query, 'query', NS_ROSTER_QUERY)) return [];
  return childrenOf(query, 'item').flatMap((item) => {
    const address = optionalAttr(item, 'jid');
    if (address === undefined) return [];
    return [
      {
        address,
        name: optionalAttr(item, 'name'),
        subscription: optionalAttr(item, 'subscription') ?? 'none',
        groups: childrenOf(item, 'group').map(text),
        channel: parseChannel(item),
      },
    ];
  });
}

/**
 * XEP-0444 Message Reactions 0.2.1 (2024-04-15): what somebody feels about a message, in pictures.
 * Reads and writes `<reactions/>`.
 * Does not judge whether a text is an emoji: it is shown to people, and that decides.
 * Always: each reaction once, in the order given; at most REACTIONS_MAX of them, none longer than REACTION_LENGTH_MAX.
 * Before: stanza/codec.ts. After: xep/0444-reactions/client.ts.
 */
import { optionalAttr } from '../../stanza/codec.ts';
import { childrenOf, el, isNamed, text, type XmlElement } from '../../xml/element.ts';

export const NS = 'urn:xmpp:reactions:0';

/** What one person may feel about one message; more is not read. */
export const REACTIONS_MAX = 32;
/** The longest emoji sequence in use has 35 code units; what is much longer is a text. */
export const REACTION_LENGTH_MAX = 64;

export interface Reactions {
  /** In a channel the archive's id, in a private chat the sender's. */
  readonly id: string;
  /** None: what was there is taken back (§4.2). */
  readonly emojis: readonly string[];
}

/** `<reactions/>`: all of the sender's reactions to the message; they take the place of earlier ones (§3.1). */
export function buildReactions({ id, emojis }: Reactions): XmlElement {
  return el(
    'reactions',
    NS,
    { id },
    [...new Set(emojis)].map((emoji) => el('reaction', NS, {}, [emoji])),
  );
}

/** The reactions among these elements; undefined where there are none, or no message is named. */
export function reactionsIn(elements: readonly XmlElement[]): Reactions | undefined {
  const reactions = elements.find((element) => isNamed(element, 'reactions', NS));
  const id = reactions && optionalAttr(reactions, 'id');
  if (reactions === undefined || id === undefined) return undefined;
  const emojis = childrenOf(reactions, 'reaction')
    .map((reaction) => text(reaction).trim())
    .filter((emoji) => emoji !== '' && emoji.length <= REACTION_LENGTH_MAX);
  return { id, emojis: [...new Set(emojis)].slice(0, REACTIONS_MAX) };
}

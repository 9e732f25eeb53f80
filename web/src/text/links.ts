/**
 * Links in what people write.
 * Finds the addresses of web pages in a text, without the punctuation around them.
 * Does not draw them (parts/rich-text.tsx).
 * Always: only http, https and xmpp are links, so that no text can make the page run something.
 * Before: text/styling.ts. After: parts/rich-text.tsx.
 */

export interface Piece {
  readonly text: string;
  readonly href?: string;
}

const LINK = /\b(?:https?:\/\/|xmpp:)[^\s<>"'`\u{201c}\u{201d}\u{ab}\u{bb}]+/giu;
const TRAILING = /[.,:;!?\u{2026}*_~]+$/u;

export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(LINK)) {
    const link = trimmed(match[0]);
    const href = hrefOf(link);
    if (href === undefined) continue;
    if (match.index > from) pieces.push({ text: text.slice(from, match.index) });
    pieces.push({ text: link, href });
    from = match.index + link.length;
  }
  if (from < text.length) pieces.push({ text: text.slice(from) });
  return pieces;
}

/** Without what belongs to the sentence: `.` at the end, `)` without its `(`. */
function trimmed(link: string): string {
  let text = link;
  for (;;) {
    const next = withoutClosing(text.replace(TRAILING, ''));
    if (next === text) return text;
    text = next;
  }
}

function withoutClosing(text: string): string {
  for (const [open, close] of ['()', '[]', '{}']) {
    if (open === undefined || close === undefined || !text.endsWith(close)) continue;
    if (text.split(close).length > text.split(open).length) return text.slice(0, -1);
  }
  return text;
}

function hrefOf(link: string): string | undefined {
  try {
    const url = new URL(link);
    const isPage = (url.protocol === 'http:' || url.protocol === 'https:') && url.hostname !== '';
    return isPage || (url.protocol === 'xmpp:' && url.pathname.includes('@')) ? url.href : undefined;
  } catch {
    return undefined;
  }
}

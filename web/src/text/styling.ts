/**
 * XEP-0393 Message Styling 1.1.1 (2021): bold, italic, struck out, code, quotes and code blocks.
 * Parses a message's text into blocks and spans, with the marks kept, as the document asks.
 * Does not find links (links.ts) nor draw (parts/rich-text.tsx).
 * Always: linear in the text's length; the texts of all spans together are the message.
 * Before: text/links.ts. After: parts/rich-text.tsx.
 */

export type Style = 'strong' | 'emphasis' | 'strike' | 'code';

export type Span =
  | { readonly is: 'text'; readonly text: string }
  | { readonly is: Style; readonly mark: string; readonly spans: readonly Span[] };

export type Block =
  | { readonly is: 'line'; readonly spans: readonly Span[] }
  | { readonly is: 'code'; readonly text: string }
  | { readonly is: 'quote'; readonly blocks: readonly Block[] };

const STYLES: Readonly<Record<string, Style>> = { '*': 'strong', _: 'emphasis', '~': 'strike', '`': 'code' };
const QUOTES_DEEP = 8;
const SPANS_DEEP = 4;

export function blocksOf(text: string, depth = 0): Block[] {
  const lines = text.split('\n');
  const blocks: Block[] = [];
  for (let at = 0; at < lines.length;) {
    const line = lines[at] ?? '';
    if (line.startsWith('```')) {
      const end = closingFence(lines, at + 1);
      blocks.push({ is: 'code', text: lines.slice(at + 1, end).join('\n') });
      at = end + 1;
    } else if (line.startsWith('>') && depth < QUOTES_DEEP) {
      let end = at;
      while (lines[end]?.startsWith('>') === true) end += 1;
      const inner = lines.slice(at, end).map((quoted) => quoted.replace(/^>\s?/, ''));
      blocks.push({ is: 'quote', blocks: blocksOf(inner.join('\n'), depth + 1) });
      at = end;
    } else {
      blocks.push({ is: 'line', spans: spansOf(line) });
      at += 1;
    }
  }
  return blocks;
}

function closingFence(lines: readonly string[], from: number): number {
  for (let at = from; at < lines.length; at += 1) if (lines[at] === '```') return at;
  return lines.length;
}

/** The spans of one line. A mark opens at the start, after a space or another opening mark, and before no space. */
export function spansOf(line: string, depth = 0): Span[] {
  const spans: Span[] = [];
  let plain = 0;
  // Where no closing mark was found, none comes later either.
  const missing = new Set<string>();
  for (let at = 0; at < line.length; at += 1) {
    const mark = line[at] ?? '';
    const style = STYLES[mark];
    if (style === undefined || depth >= SPANS_DEEP || missing.has(mark) || !opens(line, at, mark)) continue;
    const end = closes(line, at, mark);
    if (end === undefined) missing.add(mark);
    if (end === undefined || end === at + 1) continue;
    if (at > plain) spans.push({ is: 'text', text: line.slice(plain, at) });
    const inner = line.slice(at + 1, end);
    spans.push({
      is: style,
      mark,
      spans: style === 'code' ? [{ is: 'text', text: inner }] : spansOf(inner, depth + 1),
    });
    plain = end + 1;
    at = end;
  }
  if (plain < line.length) spans.push({ is: 'text', text: line.slice(plain) });
  return spans;
}

function opens(line: string, at: number, mark: string): boolean {
  const before = line[at - 1];
  const after = line[at + 1];
  const isFree = before === undefined || /\s/.test(before) || (before !== mark && before in STYLES);
  return isFree && after !== undefined && !/\s/.test(after);
}

/** The next mark that is not preceded by a space. */
function closes(line: string, opened: number, mark: string): number | undefined {
  for (let at = line.indexOf(mark, opened + 1); at >= 0; at = line.indexOf(mark, at + 1))
    if (!/\s/.test(line[at - 1] ?? ' ')) return at;
  return undefined;
}

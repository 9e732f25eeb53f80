/**
 * A message's text: styling, links and mentions.
 * Draws what text/styling.ts and text/links.ts find, as elements.
 * Does not make HTML out of text anywhere.
 * Always: what somebody wrote stays text; the marks of styling stay, paler.
 * Before: text/styling.ts. After: parts/message.tsx.
 */
import type { ComponentChildren, JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { piecesOf } from '../text/links.ts';
import { blocksOf, type Block, type Span } from '../text/styling.ts';

interface Props {
  readonly text: string;
  /** Texts that stand for people, such as `@Banquo`. */
  readonly names: readonly string[];
}

export function RichText({ text, names }: Props): JSX.Element {
  const all = names.join('\n');
  const drawn = useMemo(() => drawBlocks(blocksOf(text), all === '' ? [] : all.split('\n')), [text, all]);
  return <div class="text">{drawn}</div>;
}

function drawBlocks(blocks: readonly Block[], names: readonly string[]): ComponentChildren[] {
  return blocks.map((block, at) => {
    if (block.is === 'code')
      return (
        <pre key={at} tabIndex={0}>
          <code>{block.text}</code>
        </pre>
      );
    if (block.is === 'quote') return <blockquote key={at}>{drawBlocks(block.blocks, names)}</blockquote>;
    return (
      <p key={at} dir="auto">
        {block.spans.length === 0 ? '\u00a0' : drawSpans(block.spans, names)}
      </p>
    );
  });
}

const ELEMENTS = { strong: 'strong', emphasis: 'em', strike: 's', code: 'code' } as const;

function drawSpans(spans: readonly Span[], names: readonly string[]): ComponentChildren[] {
  return spans.map((span, at) => {
    if (span.is === 'text') return <TextSpan key={at} text={span.text} names={names} />;
    const Element = ELEMENTS[span.is];
    return (
      <Element key={at}>
        <span class="style-mark">{span.mark}</span>
        {drawSpans(span.spans, span.is === 'code' ? [] : names)}
        <span class="style-mark">{span.mark}</span>
      </Element>
    );
  });
}

function TextSpan({ text, names }: Props): JSX.Element {
  return (
    <>
      {piecesOf(text).map((piece, at) =>
        piece.href === undefined ? (
          <Names key={at} text={piece.text} names={names} />
        ) : (
          <a key={at} href={piece.href} target="_blank" rel="noopener noreferrer nofollow">
            {piece.text}
          </a>
        ),
      )}
    </>
  );
}

function Names({ text, names }: Props): JSX.Element {
  const parts: ComponentChildren[] = [];
  let from = 0;
  while (from < text.length) {
    const next = nextName(text, from, names);
    if (next === undefined) break;
    parts.push(text.slice(from, next.at), <span class="mention">{next.name}</span>);
    from = next.at + next.name.length;
  }
  parts.push(text.slice(from));
  return <>{parts}</>;
}

function nextName(
  text: string,
  from: number,
  names: readonly string[],
): { at: number; name: string } | undefined {
  return names
    .map((name) => ({ name, at: name === '' ? -1 : text.indexOf(name, from) }))
    .filter(({ at }) => at >= 0)
    .sort((a, b) => a.at - b.at || b.name.length - a.name.length)[0];
}

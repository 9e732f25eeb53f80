/**
 * XEP-0393's own cases, and text that only looks like style.
 */
import { expect, test } from 'vitest';
import { blocksOf, spansOf, type Span } from './styling.ts';

/** Spans written as `<strong:…>`. */
function shown(spans: readonly Span[]): string {
  return spans.map((span) => (span.is === 'text' ? span.text : `<${span.is}:${shown(span.spans)}>`)).join('');
}

test.each([
  ['*strong*', '<strong:strong>'],
  ['a *strong* word', 'a <strong:strong> word'],
  ['_emphasis_ and ~struck~', '<emphasis:emphasis> and <strike:struck>'],
  ['`code *not strong*`', '<code:code *not strong*>'],
  ['*_both_*', '<strong:<emphasis:both>>'],
  ['_*both*_ here', '<emphasis:<strong:both>> here'],
])('%s', (line, expected) => expect(shown(spansOf(line))).toBe(expected));

test.each(['2*3*4', '* not *', 'not * strong*', '**', 'snake_case_name', '*strong', '~', 'a * b * c', '***'])(
  'plain: %s',
  (line) => expect(shown(spansOf(line))).toBe(line),
);

test('quotes nest, and code blocks keep their text', () => {
  expect(blocksOf('> a\n> > b\nc')).toEqual([
    {
      is: 'quote',
      blocks: [
        { is: 'line', spans: [{ is: 'text', text: 'a' }] },
        { is: 'quote', blocks: [{ is: 'line', spans: [{ is: 'text', text: 'b' }] }] },
      ],
    },
    { is: 'line', spans: [{ is: 'text', text: 'c' }] },
  ]);
  expect(blocksOf('```\n*a*\n> b\n```\nc')).toMatchObject([{ is: 'code', text: '*a*\n> b' }, { is: 'line' }]);
  expect(blocksOf('```ts\nopen')).toEqual([{ is: 'code', text: 'open' }]);
});

test('long hostile text is parsed in no time', () => {
  const started = performance.now();
  blocksOf('*_'.repeat(50_000));
  blocksOf('*a '.repeat(50_000));
  blocksOf('>'.repeat(50_000));
  expect(performance.now() - started).toBeLessThan(1_000);
});

/** XEP-0444 0.2.1 §3, and more reactions than anybody has. */
import { expect, test } from 'vitest';
import { elements } from '../../xml/element.ts';
import { parseElement } from '../../xml/document.ts';
import { buildReactions, NS, REACTIONS_MAX, reactionsIn } from './wire.ts';

const message = (inside: string) =>
  elements(parseElement(`<message xmlns='jabber:client'>${inside}</message>`));

test('reactions are read and written', () => {
  const children = message(
    `<reactions id='744f6e18' xmlns='${NS}'><reaction>👋</reaction><reaction>🐢</reaction></reactions>`,
  );
  const read = { id: '744f6e18', emojis: ['👋', '🐢'] };
  expect(reactionsIn(children)).toEqual(read);
  expect(buildReactions(read)).toEqual(children[0]);
});

test('each counts once, texts are none, and too many are cut', () => {
  const many = Array.from(
    { length: 100 },
    (_, at) => `<reaction>${String.fromCodePoint(0x1f400 + at)}</reaction>`,
  );
  const inside = `<reaction>🐢</reaction><reaction> 🐢 </reaction><reaction/><reaction>${'long '.repeat(20)}</reaction>`;
  const read = (content: string) =>
    reactionsIn(message(`<reactions id='1' xmlns='${NS}'>${content}</reactions>`));
  expect(read(inside)?.emojis).toEqual(['🐢']);
  expect(read(many.join(''))?.emojis).toHaveLength(REACTIONS_MAX);
  expect(read('')).toEqual({ id: '1', emojis: [] });
});

test('without a message there are none', () => {
  expect(
    reactionsIn(message(`<reactions xmlns='${NS}'><reaction>🐢</reaction></reactions>`)),
  ).toBeUndefined();
});

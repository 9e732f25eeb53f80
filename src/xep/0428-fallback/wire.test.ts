/** XEP-0428 0.2.1 §3, XEP-0426: places in texts with characters of every size. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { elements } from '../../xml/element.ts';
import { parseElement } from '../../xml/document.ts';
import { buildFallback, NS, pointsIn, unitAt, withoutFallback } from './wire.ts';

const REPLY = 'urn:xmpp:reply:0';
const message = (inside: string) =>
  elements(parseElement(`<message xmlns='jabber:client'>${inside}</message>`));

describe('a fallback', () => {
  test('is taken out of the body', () => {
    const quotation = '> Anna wrote:\n> 🎉 Hi\n';
    const body = `${quotation}Great 🎉`;
    const range = { begin: 0, end: quotation.length };
    expect(withoutFallback([buildFallback(REPLY, body, range)], REPLY, body)).toBe('Great 🎉');
    expect(withoutFallback([buildFallback(REPLY, body, range)], 'urn:other', body)).toBe(body);
  });

  test.each([
    [`<fallback for='${REPLY}' xmlns='${NS}'/>`, undefined],
    [`<fallback for='${REPLY}' xmlns='${NS}'><body/></fallback>`, undefined],
    [
      `<fallback for='${REPLY}' xmlns='${NS}'><body start='0' end='2'/><body start='4' end='99'/></fallback>`,
      'cd',
    ],
    [`<fallback for='${REPLY}' xmlns='${NS}'><body start='x' end='2'/></fallback>`, undefined],
    [`<fallback for='${REPLY}' xmlns='${NS}'><body start='3' end='1'/></fallback>`, 'abcdef'],
    ['', 'abcdef'],
  ])('%s leaves %j', (inside, left) => {
    expect(withoutFallback(message(inside), REPLY, 'abcdef')).toBe(left);
  });
});

test('code points and code units are turned into one another', () => {
  expect(pointsIn('a🎉b')).toBe(3);
  expect([0, 1, 2, 3, 9].map((point) => unitAt('a🎉b', point))).toEqual([0, 1, 3, 4, 4]);
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.nat(20), (text, point) => {
      const unit = unitAt(text, point);
      expect(pointsIn(text.slice(0, unit))).toBe(Math.min(point, pointsIn(text)));
    }),
  );
});

import { expect, test } from 'vitest';
import { el } from '../../xml/element.ts';
import { parseElement } from '../../xml/reader.ts';
import { serialize } from '../../xml/write.ts';
import { buildForm, parseForm } from '../0004-forms/wire.ts';
import * as wire from './wire.ts';

const refused: unknown = expect.objectContaining({ condition: 'bad-request' });

test('a request is read as it was written', () => {
  const request = { filename: 'très cool.jpg', size: 23_456, contentType: 'image/jpeg' };
  expect(wire.parseSlotRequest(wire.buildSlotRequest(request))).toEqual(request);
  const bare = { filename: 'x', size: 1, contentType: undefined };
  expect(wire.parseSlotRequest(wire.buildSlotRequest(bare))).toEqual(bare);
});

test.each([
  { size: '1' },
  { filename: 'x' },
  { filename: 'x', size: '0' },
  { filename: 'x', size: '-1' },
  { filename: 'x', size: '1.5' },
  { filename: '', size: '1' },
])('refuses the request %o', (attrs: Record<string, string>) => {
  expect(() => wire.parseSlotRequest(el('request', wire.NS, attrs))).toThrow(refused);
});

test('a slot is read as it was written, with the headers of the document only', () => {
  const slot = { put: 'https://a/put', get: 'https://a/get', headers: undefined };
  expect(wire.parseSlot(wire.buildSlot(slot))).toEqual(slot);
  const xml = `<slot xmlns='${wire.NS}'><put url='https://a/put'>
    <header name='Authorization'>Basic\r\nQQ==</header><header name='Host'>evil</header>
    <header name='eXpires'>1</header></put><get url='https://a/get'/></slot>`;
  expect(wire.parseSlot(parseElement(xml)).headers).toEqual([
    ['Authorization', 'BasicQQ=='],
    ['eXpires', '1'],
  ]);
  expect(() => wire.parseSlot(el('slot', wire.NS))).toThrow(refused);
  expect(serialize(wire.buildSlot({ ...slot, headers: [['Cookie', 'a=b']] }), '')).toContain(
    '<header name="Cookie">a=b</header>',
  );
});

test('the largest size is read as it was written', () => {
  expect(wire.parseLimits(parseForm(buildForm(wire.buildLimits(5_242_880))))).toBe(5_242_880);
  expect(wire.parseLimits({ type: 'result', formType: wire.NS, fields: [] })).toBeUndefined();
  expect(
    wire.parseLimits({
      type: 'result',
      formType: wire.NS,
      fields: [{ var: 'max-file-size', values: ['x'] }],
    }),
  ).toBeUndefined();
});

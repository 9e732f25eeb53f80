/**
 * XEP-0084 User Avatar 1.1.4 (2019-09-20): all examples of the document, and hostile pictures.
 * One line for each example file: what our codec must make of its stanzas.
 * Does not test the service (test/conformance/misc/).
 * Always: every file in examples/ has its line.
 * Before: xep/0084-avatar/wire.ts. After: xep/0084-avatar/service.ts.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { nothing, readExample, reads, within, type Check } from '../../stanza/examples.ts';
import { parseElement } from '../../xml/document.ts';
import * as avatar from './wire.ts';

const ID = '111f4b3c50d7b0df729d299bc6f8e9ef9066971f';
const GIF = '357a8123a30844a3aa99861b6349264ba67a5694';
const data = reads(avatar.parseData, 'qANQR1DBwU4DX7jmYZnncm==', within('data'));
const speaksOf = (...ids: string[]): Check => reads(avatar.parseMetadata, ids, within('metadata'));

const examples: Readonly<Record<string, readonly Check[]>> = {
  '01': [data],
  '02': [nothing],
  '03': [speaksOf(ID)],
  '04': [speaksOf(GIF)],
  '05': [speaksOf(ID)],
  '06': [nothing],
  '07': [data],
  '08': [speaksOf()],
  '09': [speaksOf()],
  '10': [
    speaksOf(ID, 'e279f80c38f99c1e7e53e262b440993b2f7eea57', GIF, '03a179fe37bd5d6bf9c2e1e592a14ae7814e31da'),
  ],
  '11': [speaksOf(ID)],
  '12': [nothing],
  '13': [nothing],
};

const folder = new URL('./examples/', import.meta.url);

test.each(readdirSync(folder).filter((file) => file.endsWith('.xml')))('%s', (file) => {
  const stanzas = readExample(readFileSync(new URL(file, folder), 'utf8'));
  const checks = examples[file.slice(0, 2)] ?? [];
  expect(checks).toHaveLength(stanzas.length);
  for (const [at, stanza] of stanzas.entries()) {
    const [made, expected] = checks[at]!(stanza);
    expect(made).toEqual(expected);
  }
});

test.each(['', ' ', 'a', 'abc', '*', 'abcd=', 'ab=c', 'abcd====', 'a b', 'ab\u00e4d'])(
  'what is no base64 is no picture: "%s"',
  (text) => {
    const element = parseElement(`<data xmlns='${avatar.NS_DATA}'>${text}</data>`);
    expect(() => avatar.parseData(element)).toThrow(
      expect.objectContaining({ condition: 'bad-request', details: { pubsub: 'invalid-payload' } }) as Error,
    );
  },
);

test('another element is neither picture nor metadata', () => {
  const other = parseElement(`<data xmlns='${avatar.NS_METADATA}'/>`);
  const badRequest: unknown = expect.objectContaining({ condition: 'bad-request' });
  expect(() => avatar.parseData(other)).toThrow(badRequest);
  expect(() => avatar.parseMetadata(other)).toThrow(badRequest);
});

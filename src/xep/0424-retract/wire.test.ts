/**
 * XEP-0424 Message Retraction 0.4.2 (2025-01-18): all examples of the document, and hostile requests.
 * One line for each example file: what our codec must make of its stanzas.
 * Does not test who may retract (channel/retract.ts) nor the service (test/conformance/misc/).
 * Always: every file in examples/ has its line.
 * Before: xep/0424-retract/wire.ts. After: xep/0407-misc/retraction.ts.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { nothing, readExample, reads, same, within, type Check } from '../../stanza/examples.ts';
import { parseElement } from '../../xml/document.ts';
import { buildInfoQuery, parseInfo, parseInfoQuery } from '../0030-disco/wire.ts';
import * as retract from './wire.ts';

const asked = same(parseInfoQuery, ({ node }) => buildInfoQuery(node));

const examples: Readonly<Record<string, readonly Check[]>> = {
  '01': [asked],
  '02': [reads((query) => parseInfo(query).features, [retract.NS])],
  '03': [nothing],
  '04': [same(retract.parseRetract, retract.buildRetract, within('retract'))],
  '05': [asked],
  '06': [reads((query) => parseInfo(query).features, [retract.TOMBSTONE])],
  // The document's time has no fraction.
  '07': [
    (stanza) => [
      retract.buildRetracted({ id: 'retract-message-1', at: Date.UTC(2019, 8, 20, 23, 9, 32) }),
      {
        ...within('retracted')(stanza),
        attrs: { id: 'retract-message-1', stamp: '2019-09-20T23:09:32.000Z' },
      },
    ],
  ],
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

test.each([
  ['without an id', `<retract xmlns='${retract.NS}'/>`],
  ['in another namespace', `<retract xmlns='urn:xmpp:message-retract:0' id='1'/>`],
  ['of another name', `<retracted xmlns='${retract.NS}' id='1'/>`],
])('a retraction %s is refused', (_, xml) => {
  const badRequest: unknown = expect.objectContaining({ condition: 'bad-request' });
  expect(() => retract.parseRetract(parseElement(xml))).toThrow(badRequest);
});

test('an id is taken as it is', () => {
  const id = ` <&>"' `;
  expect(retract.parseRetract(retract.buildRetract(id))).toBe(id);
});

/**
 * XEP-0425 Moderated Message Retraction 0.3.0 (2023-03-02): all examples of the document, and hostile requests.
 * One line for each example file: what our codec must make of its stanzas.
 * Does not test who may moderate (channel/retract.ts) nor the service (test/conformance/misc/).
 * Always: every file in examples/ has its line.
 * Before: xep/0425-moderate/wire.ts. After: xep/0407-misc/retraction.ts.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { nothing, readExample, reads, same, within, type Check } from '../../stanza/examples.ts';
import { parseElement } from '../../xml/document.ts';
import { elements } from '../../xml/element.ts';
import { buildInfoQuery, parseInfo, parseInfoQuery } from '../0030-disco/wire.ts';
import { buildRetract, NS as RETRACT } from '../0424-retract/wire.ts';
import * as moderate from './wire.ts';

const OCCUPANT = 'dd72603deec90a38ba552f7c68cbcc61bca202cd';
const REASON = 'This message contains inappropriate content for this forum';

const examples: Readonly<Record<string, readonly Check[]>> = {
  '01': [same(parseInfoQuery, ({ node }) => buildInfoQuery(node))],
  '02': [reads((query) => parseInfo(query).features, [moderate.NS])],
  '03': [nothing],
  '04': [same(moderate.parseModerate, moderate.buildModerate)],
  '05': [
    (stanza) => [
      buildRetract('stanza-id-1', moderate.buildModerated('room@muc.example.com/macbeth', OCCUPANT, REASON)),
      within('retract')(stanza),
    ],
  ],
  '06': [nothing],
  '07': [nothing],
  '08': [
    (stanza) => [
      moderate.buildModerated('witch@shakespeare.example', OCCUPANT, REASON),
      elements(within('retracted')(stanza)),
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

const retract = `<retract xmlns='${RETRACT}'/>`;
test.each([
  ['without an id', `<moderate xmlns='${moderate.NS}'>${retract}</moderate>`],
  ['without an action', `<moderate xmlns='${moderate.NS}' id='1'/>`],
  [
    'with an action of another kind',
    `<moderate xmlns='${moderate.NS}' id='1'><edit xmlns='${RETRACT}'/></moderate>`,
  ],
  ['with two reasons', `<moderate xmlns='${moderate.NS}' id='1'>${retract}<reason/><reason/></moderate>`],
])('a request %s is refused', (_, xml) => {
  const badRequest: unknown = expect.objectContaining({ condition: 'bad-request' });
  expect(() => moderate.parseModerate(parseElement(xml))).toThrow(badRequest);
});

test('no reason and no occupant are not written', () => {
  const [moderated, more] = moderate.buildModerated('coven@mix.example', undefined, '');
  expect(more).toBeUndefined();
  expect(moderated?.attrs).toEqual({ by: 'coven@mix.example' });
  expect(moderated?.children).toEqual([]);
});

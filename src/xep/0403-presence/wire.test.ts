/**
 * XEP-0403 MIX-PRESENCE 0.3.2 (2020-12-01): all examples of the document, both ways, and hostile input.
 * One line for each example file: what our codec must make of its stanzas.
 * Does not test the rules (channel/) nor the service.
 * Always: every file in examples/ has its line.
 * Before: xep/0403-presence/wire.ts. After: xep/0403-presence/service.ts.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { meaning, nothing, readExample, within, type Check } from '../../stanza/examples.ts';
import { el } from '../../xml/element.ts';
import { buildMix, NS, parseMix } from './wire.ts';

/** The document writes the address before the nick, we the nick first, as in 0369. */
const presence = meaning(parseMix, buildMix, within('mix'));

const examples: Readonly<Record<string, readonly Check[]>> = {
  '01': [presence],
  '02': [nothing],
  '03': [nothing],
  '04': [presence],
  '05': [nothing],
  '06': [presence],
  '07': [presence],
  // vCards pass through as they are; see channel/ and 0403-presence/service.ts.
  '08': [nothing],
  '09': [nothing],
  '10': [nothing],
  '11': [nothing],
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

test('nick and address are read as they were written', () => {
  const who = { nick: 'thirdwitch', jid: 'hecate@shakespeare.example/UUID-x4r/2491' };
  expect(parseMix(buildMix(who))).toEqual(who);
  expect(buildMix({ nick: 'n' })).toEqual(el('mix', NS, {}, [el('nick', NS, {}, ['n'])]));
});

test('D-89: the mistyped namespace is neither written nor read, nor is that of messages', () => {
  expect(NS).toBe('urn:xmpp:mix:presence:0');
  const badRequest: unknown = expect.objectContaining({ condition: 'bad-request' });
  expect(() => parseMix(el('mix', 'urn:xmpp:presence:0'))).toThrow(badRequest);
  expect(() => parseMix(el('mix', 'urn:xmpp:mix:core:1'))).toThrow(badRequest);
  expect(() => parseMix(el('mix', NS, {}, [el('jid', NS), el('jid', NS)]))).toThrow(badRequest);
});

import { describe, expect, test } from 'vitest';
import { parseFragment } from '../../xml/reader.ts';
import { encryptionIn } from './wire.ts';

const OMEMO = `<encrypted xmlns='eu.siacs.conversations.axolotl'><header sid='1'/></encrypted>`;
const mark = (attrs: string): string => `<encryption xmlns='urn:xmpp:eme:0' ${attrs}/>`;

describe('the encryption of a message', () => {
  test.each([
    ['the mark', mark(`namespace='urn:xmpp:otr:0'`), { ns: 'urn:xmpp:otr:0', name: 'OTR' }],
    ['a mark with a name (§3)', mark(`name='Spell' namespace='urn:x'`), { ns: 'urn:x', name: 'Spell' }],
    ['a mark without one', mark(`namespace='urn:x'`), { ns: 'urn:x', name: 'urn:x' }],
    ['a known one under another name', mark(`name='Spell' namespace='urn:xmpp:omemo:2'`), { name: 'OMEMO' }],
    ['a carrier without a mark', OMEMO, { ns: 'eu.siacs.conversations.axolotl', name: 'OMEMO' }],
    ['a mark that names nothing', mark(`name='Spell'`) + OMEMO, { name: 'OMEMO' }],
    ['a name of every object', mark(`namespace='constructor'`), { name: 'constructor' }],
  ])('%s', (_, xml, told) => expect(encryptionIn(parseFragment(xml))).toMatchObject(told));

  test('what is in clear has none', () => {
    const inClear = `<body xmlns='jabber:client'>a</body><encryption xmlns='urn:y'/>${mark('')}`;
    expect(encryptionIn(parseFragment(inClear))).toBeUndefined();
  });
});

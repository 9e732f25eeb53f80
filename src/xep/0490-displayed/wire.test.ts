/** XEP-0490 1.0.1 §3.1, example 1. */
import { expect, test } from 'vitest';
import { parseElement } from '../../xml/document.ts';
import { canonical } from '../../stanza/canonical.ts';
import { Refusal } from '../../refusal.ts';
import { buildDisplayed, NS, parseDisplayed } from './wire.ts';

test('the item is read and written', () => {
  const item = canonical(
    parseElement(
      `<displayed xmlns='${NS}'>
         <stanza-id xmlns='urn:xmpp:sid:0' by='juliet@capulet.lit' id='0f710f2b'/>
       </displayed>`,
    ),
  );
  expect(parseDisplayed(item)).toEqual({ id: '0f710f2b', by: 'juliet@capulet.lit' });
  expect(buildDisplayed({ id: '0f710f2b', by: 'juliet@capulet.lit' })).toEqual(item);
  expect(parseDisplayed(parseElement(`<displayed xmlns='urn:x'/>`))).toBeUndefined();
  expect(() => parseDisplayed(parseElement(`<displayed xmlns='${NS}'/>`))).toThrow(Refusal);
});

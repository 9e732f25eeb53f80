/** The question about a change of mode, and its answer. */
import { expect, test } from 'vitest';
import { Refusal } from '../../refusal.ts';
import { parseElement } from '../../xml/document.ts';
import { buildDryRun, NS_MODE_CHANGE, parseDryRun } from './dry-run.ts';

test('both are read and written', () => {
  const counts = { leaving: 2, shown: 5, hidden: 0 };
  expect(parseDryRun(buildDryRun('jid-visible'))).toEqual({ mode: 'jid-visible', counts: undefined });
  expect(parseDryRun(buildDryRun('jid-visible', counts))).toEqual({ mode: 'jid-visible', counts });
});

test.each([
  [`<dry-run xmlns='${NS_MODE_CHANGE}'/>`, 'bad-request'],
  [`<dry-run xmlns='urn:x' mode='jid-visible'/>`, 'bad-request'],
  [`<dry-run xmlns='${NS_MODE_CHANGE}' mode='JID Visible'/>`, 'not-acceptable'],
  [
    `<dry-run xmlns='${NS_MODE_CHANGE}' mode='jid-visible' leaving='-1' shown='0' hidden='0'/>`,
    'bad-request',
  ],
  [`<dry-run xmlns='${NS_MODE_CHANGE}' mode='jid-visible' leaving='1'/>`, 'bad-request'],
])('%s is refused: %s', (xml, condition) => {
  let refusal: unknown;
  try {
    parseDryRun(parseElement(xml));
  } catch (error) {
    refusal = error;
  }
  expect(refusal).toBeInstanceOf(Refusal);
  expect(refusal).toMatchObject({ condition });
});

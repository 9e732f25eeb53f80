/**
 * The table says what the preferences do.
 */
import { expect, test } from 'vitest';
import type { Preferences } from '../../../src/mix.ts';
import { whoSeesWhat } from './table.ts';

const quiet: Preferences = {
  jidVisibility: 'never',
  privateMessages: 'block',
  vCard: 'block',
  presence: 'not share',
};
const off = { typing: false, markers: false };

test('who hides everything shows name, mask and messages', () => {
  const seen = whoSeesWhat('jid-hidden', quiet, off).filter(({ people }) => people === 'yes');
  expect(seen.map(({ what }) => what)).toEqual(['Your name and mask here', 'Your messages']);
});

test('owners see the address in every mode', () => {
  for (const mode of ['jid-hidden', 'jid-maybe-visible', 'jid-visible', undefined] as const)
    expect(whoSeesWhat(mode, quiet, off)[0]?.owners).toBe('yes');
});

test('who shows the address can be recognised elsewhere', () => {
  const rows = whoSeesWhat('jid-maybe-visible', { ...quiet, jidVisibility: 'always' }, off);
  expect(rows[0]?.people).toBe('yes');
  expect(rows.at(-1)?.people).toBe('maybe');
});

/**
 * A choice that shows something says so, and only such a choice.
 */
import { expect, test } from 'vitest';
import { addressChoices, revealedBy } from './choices.ts';
import type { Preferences } from '../../../src/mix.ts';

const quiet: Preferences = {
  jidVisibility: 'default',
  privateMessages: 'allow',
  vCard: 'block',
  presence: 'share',
};
const me = 'hecate@a.example';

test('in a channel that hides, no choice warns, and one is refused', () => {
  const choices = addressChoices('jid-hidden', me);
  expect(choices.filter(({ warning }) => warning !== undefined)).toEqual([]);
  expect(choices.filter(({ isPossible }) => !isPossible).map(({ value }) => value)).toEqual(['always']);
});

test('where people may choose, exactly the two that show warn, with the address that is shown', () => {
  const warned = addressChoices('jid-maybe-visible', me).filter(({ warning }) => warning?.includes(me));
  expect(warned.map(({ value }) => value)).toEqual(['prefer', 'always']);
});

test('in a channel that shows, all that is possible warns', () => {
  const possible = addressChoices('jid-visible', me).filter(({ isPossible }) => isPossible);
  expect(possible.map(({ value }) => value)).not.toContain('never');
  expect(possible.every(({ warning }) => warning !== undefined)).toBe(true);
});

test('joining or changing warns of what becomes visible, not of what already is', () => {
  expect(revealedBy('jid-hidden', undefined, quiet, me)).toEqual([]);
  expect(revealedBy('jid-visible', undefined, quiet, me)).toHaveLength(1);
  expect(revealedBy('jid-visible', quiet, { ...quiet, presence: 'not share' }, me)).toEqual([]);
  expect(revealedBy('jid-maybe-visible', quiet, { ...quiet, jidVisibility: 'always' }, me)).toHaveLength(1);
  expect(revealedBy('jid-hidden', quiet, { ...quiet, vCard: 'allow' }, me)[0]).toContain('profile');
  expect(revealedBy(undefined, undefined, quiet, me)).toHaveLength(1);
});

/**
 * What the client says about addresses is what the service does.
 */
import { describe, expect, test } from 'vitest';
import { fits, isShown } from '../../../src/channel/visibility.ts';
import { isPossible, isShownBy, MODE_WORDS, privacyWords, type Preference, type Role } from './words.ts';
import type { Mode } from '../../../src/mix.ts';

const modes: readonly Mode[] = ['jid-hidden', 'jid-maybe-visible', 'jid-visible'];
const preferences: readonly Preference[] = ['default', 'never', 'always', 'prefer not', 'prefer'];
const roles: readonly Role[] = ['owner', 'administrator', 'participant'];
const cells = modes.flatMap((mode) =>
  preferences.flatMap((preference) => roles.map((role) => ({ mode, preference, role }))),
);

describe.each(cells)('$mode, $preference, $role', ({ mode, preference, role }) => {
  const words = privacyWords(mode, preference, role);

  test('the words are those of what the service does', () => {
    expect(isPossible(mode, preference)).toBe(fits(mode, preference));
    if (!fits(mode, preference)) {
      expect(words.own).toBe('You cannot be here with this choice.');
      return;
    }
    expect(isShownBy(mode, preference)).toBe(isShown(mode, preference));
    expect(words.tone).toBe(isShown(mode, preference) ? 'open' : 'masked');
    expect(words.own.startsWith(isShown(mode, preference) ? 'Everybody here sees' : 'Nobody here sees')).toBe(
      true,
    );
    // Whoever is hidden is told that owners and administrators are an exception.
    expect(words.own.includes('owners and administrators')).toBe(!isShown(mode, preference));
  });

  test('a removal is told to those whom it would hit, and to nobody else', () => {
    if (!fits(mode, preference)) return;
    const isRemovedSomewhere = modes.some((other) => !fits(other, preference));
    expect(words.later.includes('you are removed')).toBe(isRemovedSomewhere);
  });

  test('only those with the right are told that they can look addresses up', () => {
    const mayLookUp = role !== 'participant' && mode !== 'jid-visible';
    expect(words.others.includes('You can look up')).toBe(mayLookUp);
  });

  test('no word of the trade', () => {
    expect(Object.values(words).join(' ')).not.toMatch(/\b(JID|MIX|XMPP|node|participant id)\b/i);
  });
});

test('where the mode is not known, the worst is assumed', () => {
  expect(privacyWords(undefined, 'never', 'participant')).toMatchObject({ tone: 'unknown' });
  expect(privacyWords(undefined, 'never', 'participant').own).toContain('everybody here sees yours');
});

test('every mode has words', () => {
  expect(Object.keys(MODE_WORDS).sort()).toEqual([...modes].sort());
});

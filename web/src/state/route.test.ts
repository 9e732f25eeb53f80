/**
 * Paths and routes are two spellings of one thing.
 */
import { expect, test } from 'vitest';
import { parsePath, pathOf, type Route } from './route.ts';

const routes: readonly Route[] = [
  { at: 'home' },
  { at: 'settings' },
  { at: 'channel', channel: 'coven@mix.example' },
  { at: 'channel', channel: 'a/b?#%@mix.example' },
  { at: 'private', channel: 'coven@mix.example', id: '7f3q' },
  { at: 'manage', channel: 'coven@mix.example', tab: 'people' },
  { at: 'join', channel: 'hexen küche@mix.example' },
  { at: 'invite', token: 'a-b_c' },
];

test.each(routes)('$at', (route) => expect(parsePath(pathOf(route))).toEqual(route));

test('addresses stay readable', () => {
  expect(pathOf({ at: 'join', channel: 'coven@mix.example' })).toBe('/join/coven@mix.example');
});

test.each(['/elsewhere', '/c', '/c/a@b/unknown/x', '/join'])('nowhere: %s', (path) =>
  expect(parsePath(path)).toEqual({ at: 'nowhere' }),
);

test('a broken escape is taken as it stands', () => {
  expect(parsePath('/c/%zz')).toEqual({ at: 'channel', channel: '%zz' });
});

import { expect, test } from 'vitest';
import { bareOf, domainOf, isLoopback, isSameAddress, parseAccount, resourceOf } from './address.ts';

test.each([
  ['hag66@localhost/a/b@c', 'hag66@localhost', 'a/b@c', 'localhost'],
  ['7f3q#coven@mix.localhost', '7f3q#coven@mix.localhost', undefined, 'mix.localhost'],
  ['localhost', 'localhost', undefined, 'localhost'],
  ['localhost/', 'localhost', '', 'localhost'],
])('%s has its parts', (address, bare, resource, domain) => {
  expect([bareOf(address), resourceOf(address), domainOf(address)]).toEqual([bare, resource, domain]);
});

test('two spellings of one address are the same; case counts in a resource', () => {
  expect(isSameAddress('Coven@MIX.localhost/a', 'coven@mix.localhost/a')).toBe(true);
  expect(isSameAddress('e\u0301@localhost/e\u0301', '\u00e9@localhost/\u00e9')).toBe(true);
  expect(isSameAddress('coven@mix.localhost/a', 'coven@mix.localhost/A')).toBe(false);
  expect(isSameAddress('coven@mix.localhost', 'coven@mix.localhost/a')).toBe(false);
  expect(isSameAddress('coven@mix.localhost', 'coven@mix.localhost.example')).toBe(false);
});

test('an account is a bare address', () => {
  expect(parseAccount('hag66@localhost')).toEqual({ local: 'hag66', domain: 'localhost' });
  for (const bad of ['', 'a', '@a', 'a@', 'a@b/c', 'a b@c', 'a@b@c', 'a/b@c', 'a@b c'])
    expect(() => parseAccount(bad)).toThrow(TypeError);
});

test('this machine is known by its names, and no other is taken for it', () => {
  for (const host of ['localhost', 'LOCALHOST.', 'a.localhost', '127.0.0.1', '127.1.2.3', '[::1]', '::1'])
    expect(isLoopback(host)).toBe(true);
  for (const host of [
    'localhost.example',
    'xlocalhost',
    '127.0.0.1.example',
    '10.0.0.1',
    '::2',
    '1127.0.0.1',
    '',
  ])
    expect(isLoopback(host)).toBe(false);
});

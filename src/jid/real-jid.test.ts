import { format, inspect } from 'node:util';
import { expect, test } from 'vitest';
import { reveal, revealDomain, RealJid, RealJidMap } from './real-jid.ts';

const secret = /hecate|a\.example|cauldron/;
const hag = RealJid.of({ local: 'hecate', domain: 'a.example', resource: 'cauldron' });

const ways: Record<string, (jid: RealJid) => string> = {
  'String()': (jid) => String(jid),
  'a template': (jid) => `${jid.toString()} ${jid as unknown as string}`,
  concatenation: (jid) => ['to ', jid].join(''),
  'JSON.stringify': (jid) => JSON.stringify({ jid, list: [jid] }),
  'util.inspect': (jid) => inspect({ jid }, { depth: 9, showHidden: true }),
  'util.inspect without custom forms': (jid) =>
    inspect(jid, { customInspect: false, showHidden: true, depth: 9 }),
  'console formats': (jid) =>
    ['%s', '%o', '%O', '%j', '%d', '%i', '%f'].map((form) => format(form, jid)).join(),
  'property names': (jid) => [...Object.keys(jid), ...Reflect.ownKeys(jid).map(String)].join(),
  'property values': (jid) =>
    Object.values(Object.getOwnPropertyDescriptors(jid))
      .map((one) => String(one.value))
      .join(),
  structuredClone: (jid) => inspect(structuredClone(jid), { showHidden: true }),
  'copying its properties': (jid) => JSON.stringify(Object.assign({}, jid)),
  'an error message': (jid) => String(new Error(`no such person: ${jid as unknown as string}`)),
  'an error cause': (jid) => inspect(new Error('refused', { cause: jid })),
};

test.each(Object.entries(ways))('an address is not shown by %s', (_, show) => {
  expect(show(hag)).not.toMatch(secret);
  expect(show(hag.bare)).not.toMatch(secret);
});

test('a map keyed by address shows none either', () => {
  const map = new RealJidMap<number>();
  map.set(hag, 1);
  expect(inspect(map, { showHidden: true, depth: 9 }) + JSON.stringify(map)).not.toMatch(secret);
  expect(map.get(RealJid.of({ local: 'hecate', domain: 'a.example', resource: 'cauldron' }))).toBe(1);
  expect(map.has(hag.bare)).toBe(false);
  expect(map.delete(hag)).toBe(true);
  expect(map.size).toBe(0);
});

test('what logs print is equal for equal addresses and different for different ones', () => {
  const again = RealJid.of({ local: 'hecate', domain: 'a.example', resource: 'cauldron' });
  expect(String(again)).toBe(String(hag));
  expect(String(hag.bare)).not.toBe(String(hag));
});

test('reveal alone gives the address', () => {
  expect(reveal(hag)).toBe('hecate@a.example/cauldron');
  expect(reveal(hag.bare)).toBe('hecate@a.example');
  expect(revealDomain(hag)).toBe('a.example');
  expect(hag.equals(hag.bare)).toBe(false);
  expect(hag.isAt('a.example')).toBe(true);
});

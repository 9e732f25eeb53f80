import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { serialize } from '../../xml/write.ts';
import { buildCaps, capsText } from './wire.ts';

test('§5.2: the example has the hash that is printed', () => {
  const text = capsText({
    identities: [{ category: 'client', type: 'pc', name: 'Exodus 0.9.1' }],
    features: [
      'http://jabber.org/protocol/muc',
      'http://jabber.org/protocol/disco#items',
      'http://jabber.org/protocol/caps',
      'http://jabber.org/protocol/disco#info',
    ],
  });
  const ver = createHash('sha1').update(text).digest('base64');
  expect(ver).toBe('QgayPKawpkPSDYmwT/WM94uAlu0=');
  expect(serialize(buildCaps('http://code.google.com/p/exodus', ver))).toBe(
    `<c xmlns="http://jabber.org/protocol/caps" hash="sha-1" node="http://code.google.com/p/exodus" ver="${ver}"/>`,
  );
});

/** XEP-0369 §3, XEP-0404 §2.3: a client's view of a channel's addresses. */
import { expect, test } from 'vitest';
import { channelAddress, encodedAddress, parseEncoded, participantIdIn, senderAddress } from './addresses.ts';

const CHANNEL = 'coven@mix.example';

test('an encoded address is put together and taken apart', () => {
  expect(encodedAddress(CHANNEL, 'ab2')).toBe('ab2#coven@mix.example');
  expect(parseEncoded('ab2#coven@mix.example/c81x')).toEqual({
    channel: CHANNEL,
    participantId: 'ab2',
    resource: 'c81x',
  });
  expect(parseEncoded(encodedAddress(CHANNEL, 'ab2', 'a/b#c@d'))?.resource).toBe('a/b#c@d');
});

test.each([
  'coven@mix.example',
  'coven@mix.example/a#b',
  '#coven@mix.example',
  'a@b#c',
  '',
  'ab2#mix.example',
])('%j is none', (address) => {
  expect(parseEncoded(address)).toBeUndefined();
});

test('a participant is known by both kinds of address, in one channel', () => {
  expect(participantIdIn(senderAddress(CHANNEL, 'ab2'), CHANNEL)).toBe('ab2');
  expect(participantIdIn('ab2#coven@mix.example', CHANNEL)).toBe('ab2');
  expect(participantIdIn('ab2#heath@mix.example', CHANNEL)).toBeUndefined();
  expect(participantIdIn('hecate@a.example/coven', CHANNEL)).toBeUndefined();
});

test('the address of a channel is compared in one form', () => {
  expect(channelAddress(' Coven@MIX.example ')).toBe(CHANNEL);
  for (const text of ['coven', 'coven@', '@mix', 'a#b@mix', 'a@b/c', 'a b@c'])
    expect(() => channelAddress(text)).toThrow(TypeError);
});

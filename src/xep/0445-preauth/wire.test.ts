import { expect, test } from 'vitest';
import { el } from '../../xml/element.ts';
import { buildPreauth, formatRegisterUri, NS, parsePreauth, parseRegisterUri } from './wire.ts';

test('a token is read as it was written', () => {
  expect(parsePreauth(buildPreauth('to-ken'))).toBe('to-ken');
  for (const bad of [el('preauth', NS), el('preauth', NS, { token: '' }), el('preauth', 'x', { token: 'a' })])
    expect(() => parsePreauth(bad)).toThrow(expect.objectContaining({ condition: 'bad-request' }));
});

test('a link is read as it was written', () => {
  const link = formatRegisterUri('chat.example', 'a;b?c');
  expect(link).toBe('xmpp:chat.example?register;preauth=a%3Bb%3Fc');
  expect(parseRegisterUri(link)).toEqual({ domain: 'chat.example', token: 'a;b?c' });
  expect(parseRegisterUri('xmpp:chat.example?register;x=y;preauth=a')).toMatchObject({ token: 'a' });
});

test.each([
  'xmpp:chat.example',
  'xmpp:chat.example?register',
  'xmpp:chat.example?register;preauth=',
  'xmpp:hag66@chat.example?roster;preauth=a;ibr=y',
  'xmpp:chat.example?register;preauth=%zz',
  'https://chat.example/?register;preauth=a',
])('%s is no such link', (link) => {
  expect(parseRegisterUri(link)).toBeUndefined();
});

import { expect, test } from 'vitest';
import { el } from './element.ts';
import { escapeAttribute, escapeText, serialize, toFragment, utf8Length } from './write.ts';

test('a namespace is declared only where it differs from the one around', () => {
  const message = el('message', 'jabber:client', { id: '1', to: undefined }, [
    el('body', 'jabber:client', {}, ['hi']),
    el('mix', 'urn:xmpp:mix:core:1', {}, [el('nick', 'urn:xmpp:mix:core:1', {}, ['hag'])]),
  ]);
  expect(serialize(message)).toBe(
    '<message id="1"><body>hi</body><mix xmlns="urn:xmpp:mix:core:1"><nick>hag</nick></mix></message>',
  );
  expect(serialize(message, 'urn:x')).toContain('<message xmlns="jabber:client" id="1"><body>hi');
  expect(serialize(el('x', ''))).toBe('<x xmlns=""/>');
});

test('stream elements get the prefix that old peers look for, and leave the default namespace alone', () => {
  const features = el('features', 'http://etherx.jabber.org/streams', {}, [
    el('bind', 'urn:b'),
    el('a', 'jabber:client'),
  ]);
  expect(serialize(features)).toBe(
    '<stream:features xmlns:stream="http://etherx.jabber.org/streams"><bind xmlns="urn:b"/><a/></stream:features>',
  );
});

test('xml:lang is kept, and a foreign attribute gets a prefix', () => {
  expect(serialize(el('a', 'jabber:client', { 'xml:lang': 'cy', '{urn:x&y}b': '1', '{urn:z}c': '2' }))).toBe(
    '<a xml:lang="cy" xmlns:ns0="urn:x&amp;y" ns0:b="1" xmlns:ns1="urn:z" ns1:c="2"/>',
  );
});

test('names that XML cannot hold do no harm', () => {
  const attrs = {
    'a b': '',
    '1': '',
    xmlns: 'urn:evil',
    'xmlns:x': 'urn:evil',
    '{}x': '',
    '{urn:x}1': '',
    'xml:': '',
  };
  expect(serialize(el('a><b', 'jabber:client', attrs))).toBe('<_/>');
  expect(serialize(el('\u00e9l', 'jabber:client', { 'caf\u00e9': '' }))).toBe('<\u00e9l caf\u00e9=""/>');
  expect(serialize(el('a', 'http://www.w3.org/2000/xmlns/'))).toBe('<a xmlns=""/>');
});

test.each([
  ['plain words, \u00e9 \u4e2d \u{1f9d9}', 'plain words, \u00e9 \u4e2d \u{1f9d9}'],
  ['<&>"\'', '&lt;&amp;&gt;"\''],
  ['\r\n\t', '&#13;\n\t'],
  ['bad \u0001 char\0', 'bad \ufffd char\ufffd'],
  ['\ufffe\uffff', '\ufffd\ufffd'],
  ['\ud800x\udc00', '\ufffdx\ufffd'],
  ['\u{1f9d9}\ud83e', '\u{1f9d9}\ufffd'],
])('character data %j is written so that XML allows it', (text, written) => {
  expect(escapeText(text)).toBe(written);
});

test('an attribute value keeps its white space and fits either kind of quotes', () => {
  expect(escapeAttribute('a\t\n\r"\'<>&\u0001')).toBe('a&#9;&#10;&#13;&quot;&apos;&lt;&gt;&amp;\ufffd');
});

test('a fragment is copied verbatim, and only into a stanza', () => {
  const fragment = toFragment([el('body', 'jabber:client', {}, ['<3']), el('x', 'urn:x')]);
  expect(fragment.xml).toBe('<body>&lt;3</body><x xmlns="urn:x"/>');
  expect(serialize(el('message', 'jabber:client', {}, [fragment]))).toBe(
    `<message>${fragment.xml}</message>`,
  );
  expect(() => serialize(el('x', 'urn:x', {}, [fragment]))).toThrow('urn:x');
});

test.each(['', 'abc', '\u00e9', '\u4e2d', '\u{1f9d9}', '\ud800', '\udc00\ud800x', 'a\u{1f9d9}\u00e9'])(
  'the length of %j in bytes is what an encoder makes',
  (text) => {
    expect(utf8Length(text)).toBe(new TextEncoder().encode(text).length);
  },
);

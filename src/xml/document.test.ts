import { expect, test } from 'vitest';
import { el } from './element.ts';
import { defaultLimits, parseElement, parseFragment, XmlError } from './reader.ts';
import { toFragment } from './write.ts';

/** The condition with which `xml` is refused. */
function refusal(xml: string, limits = defaultLimits): string {
  try {
    parseElement(xml, limits);
  } catch (error) {
    if (error instanceof XmlError) return error.condition;
    throw error;
  }
  return 'none';
}

test('a document is one element, with white space and a declaration around it', () => {
  const open = el('open', 'urn:ietf:params:xml:ns:xmpp-framing', { to: 'a' });
  expect(parseElement("<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='a'/>")).toEqual(open);
  expect(parseElement("<?xml version='1.0'?>\n<a>\r\n</a>\n")).toEqual(el('a', '', {}, ['\n']));
});

test.each([
  '',
  ' ',
  'a',
  '<a>',
  '<a/><b/>',
  '<a/>b',
  'a<b/>',
  '</a>',
  '<a></b>',
  '<a>&</a>',
  '<a/',
  '\ufeff<a/>',
])('%j is not one element', (xml) => {
  expect(refusal(xml)).toBe('not-well-formed');
});

test.each(['\ud800', '\udc00', '\ud800\ud800\udc00'])('half of a surrogate pair is refused', (half) => {
  expect(refusal(`<a>${half}</a>`)).toBe('not-well-formed');
  expect(refusal(`<a b="${half}"/>`)).toBe('not-well-formed');
});

test('limits hold', () => {
  const limits = { ...defaultLimits, depthMax: 2, childrenMax: 3, attributesMax: 1, stanzaBytesMax: 40 };
  expect(refusal('<a><b/><b/></a>', limits)).toBe('none');
  expect(refusal('<a><b><c/></b></a>', limits)).toBe('policy-violation');
  expect(refusal('<a><b/><b/><b/></a>', limits)).toBe('policy-violation');
  expect(refusal('<a b="" c=""/>', limits)).toBe('policy-violation');
  expect(refusal(`<a>${'\u00e9'.repeat(17)}</a>`, limits)).toBe('policy-violation');
});

test('comments, instructions and document types are refused', () => {
  for (const xml of ['<!DOCTYPE a><a/>', '<a><!-- --></a>', '<?b c?><a/>', '<a/><!-- -->', '<a/><?b?>']) {
    expect(refusal(xml)).toBe('restricted-xml');
  }
});

test('a fragment gives back its elements', () => {
  const nodes = [
    el('body', 'jabber:client', { 'xml:lang': 'cy' }, ['<3']),
    el('x', 'urn:x', {}, [el('y', '')]),
  ];
  expect(parseFragment(toFragment(nodes).xml)).toEqual(nodes);
  expect(parseFragment('')).toEqual([]);
  expect(() => parseFragment('</message><message>')).toThrow(XmlError);
});

test('a fragment is read again however large it is: the limits were held when it came', () => {
  const attrs = Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`a${at}`, 'x']));
  const many = Array.from({ length: 3_000 }, () => el('b', 'urn:b', {}, ['x'.repeat(100)]));
  const large = el('a', 'urn:b', attrs, many);
  expect(parseFragment(toFragment([large]).xml)).toEqual([large]);
});

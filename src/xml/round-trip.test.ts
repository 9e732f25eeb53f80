import fc from 'fast-check';
import { expect, test } from 'vitest';
import { el, type XmlElement, type XmlNode } from './element.ts';
import { defaultLimits, parseElement, parseFragment, StreamReader } from './reader.ts';
import { serialize, toFragment } from './write.ts';

const limits = { ...defaultLimits, attributesMax: 200, depthMax: 1000, stanzaBytesMax: 1e8 };
const special = fc.constantFrom(
  '<',
  '&',
  ']]>',
  '"',
  "'",
  '\r\n',
  '\t',
  ' ',
  '\0',
  '\ud800',
  '\udfff',
  '\uffff',
  '\u{1f9d9}',
  'x',
);
const anyText = fc.oneof(
  fc.array(special, { maxLength: 8 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary' }),
);
// What XML can hold: the rest must arrive as U+FFFD, which the second property looks at.
const goodText = anyText.map((text) =>
  text.replace(/[^\t\n\r -\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd'),
);
const goodName = fc
  .stringMatching(/^[A-Za-z_\u00e9\u4e2d][\w.\u00e9\u4e2d-]{0,6}$/)
  .filter((name) => name !== 'xmlns' && name !== '__proto__');
const goodNs = fc.constantFrom(
  '',
  'jabber:client',
  'urn:a&b',
  'urn:"\'<',
  'http://etherx.jabber.org/streams',
);
const attributeName = fc.oneof(
  goodName,
  fc.constantFrom('xml:lang', 'xml:space'),
  goodName.map((name) => `{urn:x"&}${name}`),
);

function tree(
  name: fc.Arbitrary<string>,
  ns: fc.Arbitrary<string>,
  attribute: fc.Arbitrary<string>,
  text: fc.Arbitrary<string>,
) {
  return fc.letrec<{ node: XmlElement }>((tie) => ({
    node: fc
      .tuple(
        name,
        ns,
        fc.dictionary(attribute, text, { maxKeys: 4, noNullPrototype: true }),
        fc.array(fc.oneof({ maxDepth: 4 }, text, tie('node')), { maxLength: 4 }),
      )
      .map(([one, two, attrs, children]) => el(one, two, attrs, children)),
  })).node;
}

/** Neighbouring texts are one child when read. */
function joined(element: XmlElement): XmlElement {
  const children: XmlNode[] = [];
  for (const node of element.children) {
    const last = children.at(-1);
    if (node === '') continue;
    if (typeof node === 'string' && typeof last === 'string') children[children.length - 1] = last + node;
    else children.push(typeof node === 'object' && 'name' in node ? joined(node) : node);
  }
  return { ...element, children };
}

test('an element that is written and read is equal', () => {
  fc.assert(
    fc.property(tree(goodName, goodNs, attributeName, goodText), (element) => {
      expect(parseElement(serialize(element, ''), limits)).toEqual(joined(element));
      expect(parseFragment(toFragment([element, element]).xml)).toEqual([joined(element), joined(element)]);
    }),
    { numRuns: 500 },
  );
});

test('whatever the strings, what is written is well-formed', () => {
  const strange = fc.oneof(
    anyText,
    fc.constantFrom('xmlns', 'xmlns:a', 'xml', 'xml:', 'a:b', '{}a', '{a}b', '{a}b:c', '__proto__'),
  );
  const ns = fc.oneof(
    anyText,
    fc.constantFrom(' http://www.w3.org/2000/xmlns/ ', 'http://www.w3.org/XML/1998/namespace'),
  );
  const name = fc.oneof(
    strange,
    anyText.map((text) => `{${text}}a`),
  );
  fc.assert(
    fc.property(tree(strange, ns, name, anyText), (element) => {
      expect(() => parseElement(serialize(element, ''), limits)).not.toThrow();
    }),
    { numRuns: 1000 },
  );
});

test('a reader of any bytes reports or refuses, and never throws', () => {
  const piece = fc.constantFrom(
    '<',
    '>',
    '</',
    '/>',
    'a',
    'b:c',
    '=',
    '"',
    "'",
    ' ',
    '&',
    '&lt;',
    ';',
    '<![CDATA[',
    ']]>',
    '<!--',
    '-->',
    '<?',
    '?>',
    '<a>',
    '</a>',
    '<a/>',
    '\u00e9',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), fc.integer({ min: 1, max: 7 }), (pieces, size) => {
      const heard: string[] = [];
      const all = new TextEncoder().encode(`<stream xmlns="urn:x">${pieces.join('')}`);
      for (const step of [all.length, size]) {
        const one: string[] = [];
        const reader = new StreamReader(defaultLimits, {
          onOpen: () => one.push('open'),
          onStanza: (stanza) => one.push(serialize(stanza)),
          onRefused: (_, why) => one.push(why),
          onClose: () => one.push('close'),
          onError: (condition) => one.push(condition),
        });
        for (let at = 0; at < all.length; at += step) reader.write(all.subarray(at, at + step));
        heard.push(one.join());
      }
      expect(heard[1]).toBe(heard[0]);
    }),
    { numRuns: 2000 },
  );
});

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { defaultLimits, StreamReader, type XmlLimits } from './reader.ts';
import { serialize } from './write.ts';

const header =
  "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='a'>";
const bytes = (xml: string) => new TextEncoder().encode(xml);

/** A reader that writes down what it reports. */
function listen(limits: Partial<XmlLimits> = {}, stanzaNs?: string) {
  const heard: string[] = [];
  const reader = new StreamReader(
    { ...defaultLimits, ...limits },
    {
      onOpen: (open, contentNs) => heard.push(`open ${open.name} ${contentNs} ${JSON.stringify(open.attrs)}`),
      onStanza: (stanza) => heard.push(serialize(stanza)),
      onRefused: (start, why) => heard.push(`${why} ${serialize(start)}`),
      onClose: () => heard.push('close'),
      onError: (condition) => heard.push(condition),
    },
    stanzaNs === undefined ? {} : { stanzaNs },
  );
  return { heard, reader, write: (xml: string) => reader.write(bytes(xml)) };
}

/** What is reported of `xml` within a stream, without the header's own report. */
function hear(xml: string, limits: Partial<XmlLimits> = {}): string[] {
  const { heard, write } = listen(limits);
  write(header + xml);
  return heard.slice(1);
}

const message =
  '<message to="\u00e9@b"><body>\u4e2d \u{1f9d9} &amp; &#x1F9D9; x</body><a xmlns="urn:a" b="\u00e9"/></message>';
const read = message.replace('&#x1F9D9;', '\u{1f9d9}');

describe('a stream', () => {
  test('is a header, stanzas with white space between, and an end', () => {
    expect(hear(` \n${message}\r\n\t<presence/><iq></iq></stream:stream> <late/>`)).toEqual([
      read,
      '<presence/>',
      '<iq/>',
      'close',
    ]);
  });

  test('may be cut into chunks at any byte', () => {
    const all = bytes(header + message + '<x xmlns="urn:x"><![CDATA[<a>]]]]>y</x>' + '</stream:stream>');
    const whole = listen();
    whole.reader.write(all);
    expect(whole.heard.slice(1)).toEqual([read, '<x xmlns="urn:x">&lt;a&gt;]]y</x>', 'close']);
    for (let at = 0; at <= all.length; at++) {
      const { heard, reader } = listen();
      reader.write(all.subarray(0, at));
      reader.write(all.subarray(at));
      expect(heard).toEqual(whole.heard);
    }
    const { heard, reader } = listen();
    for (const byte of all) reader.write(Uint8Array.of(byte));
    expect(heard).toEqual(whole.heard);
  });

  test('reports its namespace for stanzas as jabber:client, in every stanza and below', () => {
    const { heard, write } = listen({}, 'jabber:component:accept');
    write("<s:stream xmlns='jabber:component:accept' xmlns:s='http://etherx.jabber.org/streams'>");
    write(
      "<iq><f xmlns='urn:f'><message xmlns='jabber:client'/><b xmlns='jabber:component:accept'/></f></iq>",
    );
    expect(heard).toEqual([
      'open stream jabber:component:accept {}',
      '<iq><f xmlns="urn:f"><message xmlns="jabber:client"/><b xmlns="jabber:client"/></f></iq>',
    ]);
  });

  test('joins neighbouring text, whatever it was written as', () => {
    expect(hear('<a>1&amp;<![CDATA[2]]>3&#52;</a>')).toEqual(['<a>1&amp;234</a>']);
    const { reader } = listen();
    const children: unknown[] = [];
    const other = new StreamReader(defaultLimits, {
      onOpen: () => undefined,
      onStanza: (stanza) => children.push(...stanza.children),
      onRefused: () => undefined,
      onClose: () => undefined,
      onError: () => undefined,
    });
    other.write(bytes(header + '<a>1<![CDATA[2]]>3</a>'));
    expect(children).toEqual(['123']);
    reader.reset();
  });

  test('names foreign attributes by their namespace', () => {
    expect(hear("<a xml:lang='cy' xmlns:q='urn:q' q:b='1' b='2'/>")).toEqual([
      '<a xml:lang="cy" xmlns:ns0="urn:q" ns0:b="1" b="2"/>',
    ]);
  });

  test('can be begun anew on the same connection, even from within a handler', () => {
    const heard: string[] = [];
    const reader = new StreamReader(defaultLimits, {
      onOpen: () => heard.push('open'),
      onStanza: (stanza) => {
        heard.push(stanza.name);
        if (stanza.name === 'response') reader.reset();
      },
      onRefused: () => undefined,
      onClose: () => heard.push('close'),
      onError: (condition) => heard.push(condition),
    });
    reader.write(bytes(`${header}<response/>${header}<iq/></stream:stream>`));
    expect(heard).toEqual(['open', 'response', 'open', 'iq', 'close']);
    reader.reset();
    reader.write(bytes(`${header}<iq/>`));
    expect(heard.slice(5)).toEqual(['open', 'iq']);
  });

  test('goes on where a handler throws, and the exception reaches the caller', () => {
    const heard: string[] = [];
    const reader = new StreamReader(defaultLimits, {
      onOpen: () => undefined,
      onStanza: (stanza) => {
        heard.push(stanza.name);
        if (stanza.name === 'bad') throw new TypeError('a bug');
      },
      onRefused: () => undefined,
      onClose: () => undefined,
      onError: () => heard.push('error'),
    });
    expect(() => reader.write(bytes(`${header}<a/><bad/><b/><c`))).toThrow('a bug');
    reader.write(bytes('/><d/>'));
    expect(heard).toEqual(['a', 'bad', 'b', 'c', 'd']);
  });
});

const deep = '<a>'.repeat(20_000);
const hostile: [string, string, string[]][] = [
  ['a document type', '<!DOCTYPE a>', ['restricted-xml']],
  ['a document type with an entity', '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', ['restricted-xml']],
  ['a document type within a stanza', '<a><!DOCTYPE a SYSTEM "file:///etc/passwd"></a>', ['restricted-xml']],
  ['a processing instruction', '<?php 1 ?>', ['restricted-xml']],
  ['a processing instruction within a stanza', '<a><?b c?></a>', ['restricted-xml']],
  ['a second XML declaration', "<?xml version='1.0'?><a/>", ['restricted-xml']],
  ['a comment', '<!-- a -->', ['restricted-xml']],
  ['a comment within a stanza', '<a><!-- b --></a>', ['restricted-xml']],
  ['an attribute given twice', "<a b='1' b='2'/>", ['not-well-formed']],
  ['one attribute under two prefixes', "<a xmlns:p='u' xmlns:q='u' p:b='' q:b=''/>", ['not-well-formed']],
  ['an undeclared prefix', '<p:a/>', ['not-well-formed']],
  ['an undeclared prefix of an attribute', "<a p:b=''/>", ['not-well-formed']],
  ['a prefix bound to nothing', "<a xmlns:p=''/>", ['not-well-formed']],
  ['another meaning for xml:', "<a xmlns:xml='urn:x'/>", ['not-well-formed']],
  ['another prefix for xmlns', "<a xmlns:p='http://www.w3.org/2000/xmlns/'/>", ['not-well-formed']],
  ['a control character', '<a>\u0001</a>', ['not-well-formed']],
  ['U+FFFE', '<a>\ufffe</a>', ['not-well-formed']],
  [']]> in text', '<a>]]></a>', ['not-well-formed']],
  ['< in an attribute', "<a b='<'/>", ['not-well-formed']],
  ['a name that begins with a digit', '<1a/>', ['not-well-formed']],
  ['a local name that begins with a digit', "<a xmlns:p='u'><p:1/></a>", ['not-well-formed']],
  ['a name with two colons', "<a:b:c xmlns:a='u'/>", ['not-well-formed']],
  ['a reference to U+0001', '<a>&#1;</a>', ['not-well-formed']],
  ['a reference to U+0000', '<a>&#0;</a>', ['not-well-formed']],
  ['a reference to half a pair', '<a>&#xD800;</a>', ['not-well-formed']],
  ['a reference beyond Unicode', '<a>&#x110000;</a>', ['not-well-formed']],
  ['an unknown entity', '<a>&nbsp;</a>', ['not-well-formed']],
  ['a bare &', '<a>b & c</a>', ['not-well-formed']],
  ['a bare & before other stanzas', '<a>b & c</a><d/><e>;</e>', ['not-well-formed']],
  ['an end tag of another name', '<a><b></a></b>', ['not-well-formed']],
  ['the end of another stream', '</stream:other>', ['not-well-formed']],
  ['an end tag in the wrong place', '<a></stream:stream>', ['not-well-formed']],
  ['text between stanzas', 'hello', ['not-well-formed']],
  ['a section of text between stanzas', '<![CDATA[a]]>', ['not-well-formed']],
  ['an attribute without a value', '<a b/>', ['not-well-formed']],
  ['an attribute without quotes', '<a b=c/>', ['not-well-formed']],
  ['a tag within a tag', '<a <b/>', ['not-well-formed']],
  ['a quote that never ends', '<a b="><c/>', []],
  ['20 000 levels', deep, ['too-deep <a/>']],
  ['no name at all', '< a/>', ['not-well-formed']],
];

test.each(hostile)('hostile input: %s', (_, xml, expected) => {
  const { heard, write } = listen();
  write(`${header}<first/>${xml}`);
  expect(heard.slice(1)).toEqual(['<first/>', ...expected]);
  if (expected[0] === undefined || expected[0].startsWith('too')) return;
  write('<last/></stream:stream>');
  expect(heard.slice(1)).toEqual(['<first/>', ...expected]);
});

test.each([
  ['bytes that are no UTF-8', Uint8Array.of(0x3c, 0x61, 0xff), 'unsupported-encoding'],
  ['an overlong form', Uint8Array.of(0xc0, 0xbc), 'unsupported-encoding'],
  ['half of a surrogate pair in UTF-8', Uint8Array.of(0xed, 0xa0, 0x80), 'unsupported-encoding'],
  ['UTF-16', Uint8Array.of(0xff, 0xfe, 0x3c, 0), 'unsupported-encoding'],
  ['another declared encoding', bytes("<?xml version='1.0' encoding='latin1'?><a>"), 'unsupported-encoding'],
  ['a byte order mark', bytes('\ufeff<a>'), 'not-well-formed'],
  ['a header that is no element', bytes('hello'), 'not-well-formed'],
  ['an end before the header', bytes('</a>'), 'not-well-formed'],
  ['a document type before the header', bytes('<!DOCTYPE html>'), 'restricted-xml'],
  ['another instruction before the header', bytes('<?xmlfoo a?><a>'), 'restricted-xml'],
])('a stream that begins with %s is at an end', (_, start, expected) => {
  const { heard, reader } = listen();
  reader.write(start);
  reader.write(bytes(header));
  expect(heard).toEqual([expected]);
});

test('XML 1.1 is read as 1.0, which allows fewer characters', () => {
  const { heard, write } = listen();
  write("<?xml version='1.1'?><stream xmlns='jabber:client'><a>&#1;</a>");
  expect(heard.at(-1)).toBe('not-well-formed');
});

test('an error repeats nothing of the input', () => {
  const said: string[] = [];
  for (const [, xml] of hostile) {
    const secret = xml.replaceAll('a', 'hag66');
    const reader = new StreamReader(defaultLimits, {
      onOpen: () => undefined,
      onStanza: () => undefined,
      onRefused: () => undefined,
      onClose: () => undefined,
      onError: (condition, why) => said.push(condition + why),
    });
    reader.write(bytes(header + secret));
  }
  expect(said.length).toBeGreaterThan(30);
  expect(said.join()).not.toContain('hag66');
});

describe('a stanza over a limit is refused alone', () => {
  const start = "<message to='a' from='b' id='c' type='chat' xml:lang='d' other='e'>";
  const refused = '<message to="a" from="b" id="c" type="chat" xml:lang="d"/>';
  test.each([
    ['too many bytes', `${start}<body>${'x'.repeat(5000)}</body></message>`, 'too-large'],
    [
      'too many bytes of two-byte characters',
      `${start}<body>${'\u00e9'.repeat(300)}</body></message>`,
      'too-large',
    ],
    ['too many levels', `${start}${'<a>'.repeat(8)}${'</a>'.repeat(8)}</message>`, 'too-deep'],
    [
      'too many levels, the last one empty',
      `${start}${'<a>'.repeat(7)}<b/>${'</a>'.repeat(7)}</message>`,
      'too-deep',
    ],
    ['too many elements', `${start}${'<a/>'.repeat(10)}</message>`, 'too-many-parts'],
    [
      'too many attributes',
      `${start}<a ${Array.from('abcdefghi')
        .map((name) => `${name}=''`)
        .join(' ')}/></message>`,
      'too-many-parts',
    ],
  ])('for %s, in one chunk or byte by byte', (_, xml, why) => {
    const limits = { stanzaBytesMax: 500, depthMax: 8, childrenMax: 10, attributesMax: 8 };
    expect(hear(`${xml}<iq/>`, limits)).toEqual([`${why} ${refused}`, '<iq/>']);
    const { heard, reader } = listen(limits);
    for (const byte of bytes(`${header}${xml}<iq/>`)) reader.write(Uint8Array.of(byte));
    expect(heard.slice(1)).toEqual([`${why} ${refused}`, '<iq/>']);
  });

  test('and exactly at the limit it is not', () => {
    const xml = `<message><body>${'\u00e9'.repeat(50)}</body></message>`;
    expect(hear(xml, { stanzaBytesMax: bytes(xml).length })).toEqual([xml]);
    expect(hear(xml, { stanzaBytesMax: bytes(xml).length - 1 })).toEqual(['too-large <message/>']);
    expect(hear('<a><b><c/></b></a>', { depthMax: 3, childrenMax: 3 })).toHaveLength(1);
    expect(hear('<a><b><c/></b></a>', { depthMax: 3, childrenMax: 3 })[0]).toBe('<a><b><c/></b></a>');
  });

  test('white space, markup and quotes of what is skipped do not confuse the reader', () => {
    const rest = '<b c=\'/>\' d=">"/ ><![CDATA[</message>]]]]><c/></b ></message\n>';
    expect(hear(`<message>${'x'.repeat(299)}${rest}<iq/>`, { stanzaBytesMax: 200 })).toHaveLength(2);
    const { heard, write } = listen({ stanzaBytesMax: 200 });
    write(header);
    write(`<message>${'x'.repeat(299)}`);
    for (const character of rest) write(character);
    write('<iq/>');
    expect(heard.slice(1)).toEqual(['too-large <message/>', '<iq/>']);
  });

  test('unless what is skipped is without end', () => {
    const { heard, write } = listen({ stanzaBytesMax: 1000, streamBytesMax: 5000 });
    write(`${header}<message><body>`);
    for (let round = 0; round < 100; round++) write('x'.repeat(100));
    expect(heard.slice(1)).toEqual(['too-large <message/>', 'policy-violation']);
  });

  test('unless its start tag alone is over it, so that nobody can be answered', () => {
    expect(hear(`<message id='${'x'.repeat(2000)}`, { stanzaBytesMax: 1000 })).toEqual(['policy-violation']);
    expect(hear(`<message id='${'x'.repeat(2000)}'/>`, { stanzaBytesMax: 1000 })).toEqual([
      'policy-violation',
    ]);
    const { heard, write } = listen({ attributesMax: 2 });
    write('<stream a="" b="" c="">');
    expect(heard).toEqual(['policy-violation']);
  });

  test('and a start tag that is not well-formed ends the stream even so', () => {
    expect(hear(`<p:message>${'x'.repeat(2000)}`, { stanzaBytesMax: 1000 })).toEqual(['not-well-formed']);
  });
});

test.each([
  ['text', '<message><body>'],
  ['an attribute', '<message><body a="'],
  ['a name', '<message><body'],
  ['a section', '<message><![CDATA['],
  ['a bare &', '<message>&'],
  ['an end tag', '<message></message'],
])('a stanza that is skipped, in the middle of %s, takes no memory', (_, xml) => {
  const { heard, write } = listen();
  write(header + xml);
  for (let round = 0; round < 5; round++) write('x'.repeat(65_536));
  expect(heard.at(-1)).toBe('too-large <message/>');
  const before = process.memoryUsage().rss;
  for (let round = 0; round < 140; round++) write('x'.repeat(65_536));
  expect(heard).toHaveLength(2);
  expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024);
});

test('white space between stanzas may go on for ever', () => {
  const { heard, write } = listen({ streamBytesMax: 3000 });
  write(header);
  for (let round = 0; round < 200; round++) write(' '.repeat(1000));
  write('<iq/>');
  expect(heard.slice(1)).toEqual(['<iq/>']);
});

test('a stanza in many chunks takes time in proportion to its length', () => {
  const time = (size: number) => {
    const { heard, write } = listen({ stanzaBytesMax: 1e7 });
    write(`${header}<a>`);
    const start = performance.now();
    for (let at = 0; at < size; at++) write('xy&amp;');
    write('</a>');
    expect(heard[1]).toHaveLength(7 * size + 7);
    return performance.now() - start;
  };
  time(20_000);
  expect(time(80_000) / Math.max(time(20_000), 5)).toBeLessThan(16);
});

test('what is kept of a stanza does not keep the chunk in which it came', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const kept: (string | undefined)[] = [];
  const reader = new StreamReader(defaultLimits, {
    onOpen: () => undefined,
    onStanza: (stanza) => stanza.name === 'presence' && kept.push(stanza.attrs.from),
    onRefused: () => undefined,
    onClose: () => undefined,
    onError: () => undefined,
  });
  reader.write(bytes(header));
  collect();
  const before = process.memoryUsage().heapUsed;
  for (let round = 0; round < 500; round++) {
    reader.write(
      bytes(
        `<presence from='somebody${round}@shakespeare.example'/><message>${'x'.repeat(60_000)}</message>`,
      ),
    );
  }
  collect();
  expect(kept).toHaveLength(500);
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(5 * 1024 * 1024);
});

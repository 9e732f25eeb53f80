/**
 * What counts as the same, and what as a difference.
 * One line for each promise of match.ts and template.ts.
 * Does not play anything.
 * Always: each strictness is shown by a pair, one that passes and one that does not.
 * Before: testing/match.ts.
 */
import { describe, expect, test } from 'vitest';
import { parseElement } from '../xml/reader.ts';
import { match } from './match.ts';
import { fill, matchText, UnknownVariable } from './template.ts';

const variables = new Map([
  ['coven', 'coven@mix.example'],
  ["Hag's id", 'abc'],
]);

/** The first difference, or what the holes stood for. */
function compare(pattern: string, got: string, hasLooseTo = false): unknown {
  const outcome = match(parseElement(pattern), parseElement(got), { variables, hasLooseTo });
  return 'kept' in outcome ? Object.fromEntries(outcome.kept) : outcome.difference;
}

const message = (inside: string, attributes = ''): string =>
  `<message xmlns="jabber:client" ${attributes}>${inside}</message>`;
const mix = (inside: string, attributes = ''): string =>
  `<mix xmlns="urn:xmpp:mix:core:1" ${attributes}>${inside}</mix>`;

describe('elsewhere than in our namespaces', () => {
  test('what is not mentioned may be there', () => {
    expect(compare(message('<body>a</body>'), message('<x xmlns="urn:x"/><body>a</body>', 'id="1"'))).toEqual(
      {},
    );
  });

  test('what is mentioned must be there', () => {
    expect(compare(message('<body>a</body>', 'id="1"'), message('<body>a</body>'))).toMatch(
      /no attribute id/,
    );
    expect(compare(message('<body>a</body>'), message('<body>b</body>'))).toMatch(/is "b", not "a"/);
    expect(compare(message('<body>a</body>'), message(''))).toMatch(/there is no <body\/>/);
    expect(compare(message('<body/><body/>'), message('<body/>'))).toMatch(/there is no <body\/>/);
  });

  test('{only} makes it strict', () => {
    expect(compare(message('{only}<body>a</body>'), message('<body>a</body>', 'id="1"'))).toEqual({});
    expect(compare(message('{only}<body>a</body>'), message('<body>a</body><x xmlns="urn:x"/>'))).toMatch(
      /<x\/> of urn:x was not expected/,
    );
  });

  test('a type that is not mentioned must not be there, but for those that mean nothing', () => {
    expect(compare(message(''), message('', 'type="headline"'))).toEqual({});
    expect(compare(message(''), message('', 'type="error"'))).toMatch(/type="error"/);
    expect(
      compare('<presence xmlns="jabber:client"/>', '<presence xmlns="jabber:client" type="unavailable"/>'),
    ).toMatch(/type="unavailable"/);
  });
});

describe('in our namespaces', () => {
  test.each([
    ['an attribute', mix('<nick>Hag</nick>'), mix('<nick>Hag</nick>', 'id="1"'), /id="1"/],
    ['a child', mix('<nick>Hag</nick>'), mix('<nick>Hag</nick><jid>a@b</jid>'), /<jid\/>/],
    ['a second child', mix('<nick>Hag</nick>'), mix('<nick>Hag</nick><nick>Hag</nick>'), /<nick\/>/],
    ['a text', mix('<nick/>'), mix('<nick>Hag</nick>'), /is "Hag"/],
  ])('%s that is not mentioned is a difference', (_, pattern, got, difference) => {
    expect(compare(message(pattern), message(got))).toMatch(difference);
    expect(compare(message(pattern), message(pattern))).toEqual({});
  });

  test('{etc} allows it', () => {
    expect(
      compare(message(mix('{etc}<nick>Hag</nick>')), message(mix('<nick>Hag</nick><jid>a@b</jid>'))),
    ).toEqual({});
  });

  test('order does not count', () => {
    expect(compare(mix('<a/><b/>'), mix('<b/><a/>'))).toEqual({});
  });

  test('each child is taken for one', () => {
    const item = (id: string, nick: string): string => `<item id="${id}"><nick>${nick}</nick></item>`;
    const got = mix(item('1', 'a') + item('2', 'b'));
    expect(compare(mix(item('{any}', 'b') + item('{any}', 'a')), got)).toEqual({});
    expect(compare(mix(item('{any}', 'a') + item('{any}', 'a')), got)).toMatch(/not "a"/);
  });
});

test('another name or namespace is a difference', () => {
  expect(compare('<a xmlns="urn:a"/>', '<b xmlns="urn:a"/>')).toMatch(/expected <a\/>/);
  expect(compare('<a xmlns="urn:a"/>', '<a xmlns="urn:b"/>')).toMatch(/expected <a\/>/);
});

test('holes are filled and kept, and can be named again', () => {
  const pattern = message('<x xmlns="urn:x" id="${one}"/>', 'id="{any:one}" from="${coven}/{any:who}"');
  expect(
    compare(pattern, message('<x xmlns="urn:x" id="7"/>', 'id="7" from="coven@mix.example/abc"')),
  ).toEqual({
    one: '7',
    who: 'abc',
  });
  expect(
    compare(pattern, message('<x xmlns="urn:x" id="8"/>', 'id="7" from="coven@mix.example/abc"')),
  ).toMatch(/id="8"/);
});

test('a bare address may have become a full one on the way, where the stage says so', () => {
  const [pattern, got] = [message('', 'to="a@b"'), message('', 'to="a@b/c"')];
  expect(compare(pattern, got)).toMatch(/to="a@b\/c"/);
  expect(compare(pattern, got, true)).toEqual({});
  expect(compare(message('', 'to="a@b/d"'), got, true)).toMatch(/to="a@b\/c"/);
});

describe('texts', () => {
  test('variables are filled in as they stand', () => {
    expect(fill("${coven}/${Hag's id}", variables)).toBe('coven@mix.example/abc');
    expect(matchText('${coven}', 'covenXmixYexample', variables)).toBeUndefined();
    expect(matchText('a.b*', 'a.b*', variables)).toEqual(new Map());
  });

  test('a name that nobody has given is told', () => {
    expect(() => fill('${toad}', variables)).toThrow(UnknownVariable);
  });
});

/** What the servers of our users are. */
import { beforeEach, describe, expect, test } from 'vitest';
import { FakeClock } from '../testing/clock.ts';
import { jid } from '../testing/rules-kit.ts';
import { parseElement } from '../xml/reader.ts';
import type { XmlElement } from '../xml/element.ts';
import { Domains } from './domains.ts';

const INFO = 'http://jabber.org/protocol/disco#info';
const HECATE = jid('hecate@shakespeare.example/one');
let clock: FakeClock;
let asked: string[];
let known: number;

function domains(domainsMax = 10): Domains {
  return new Domains({
    clock,
    self: 'mix.example',
    send: ({ stanza }) => void asked.push(stanza.attrs['id'] ?? ''),
    onKnown: () => void (known += 1),
    askMs: 1000,
    domainsMax,
  });
}

function answer(name = 'ejabberd', category = 'server'): XmlElement[] {
  return [
    parseElement(
      `<query xmlns='${INFO}'><identity category='${category}' type='im' name='${name}'/></query>`,
    ),
  ];
}

beforeEach(() => {
  clock = new FakeClock();
  asked = [];
  known = 0;
});

test('a domain is asked once, and until it answers nothing is known of it', () => {
  const subject = domains();
  expect(subject.quirksOf(HECATE)).toBe(undefined);
  expect(subject.quirksOf(jid('witch@shakespeare.example'))).toBe(undefined);
  expect(asked).toEqual(['about-shakespeare.example']);
});

describe('an answer', () => {
  const from = jid('shakespeare.example');
  const id = 'about-shakespeare.example';

  test.each([
    ['ejabberd', answer(), 'result', 'hasBareMix'],
    ['Prosody', answer('Prosody'), 'result', 'bouncesBare'],
    ['another server', answer('Openfire'), 'result', undefined],
    ['an account that is called so', answer('ejabberd', 'client'), 'result', undefined],
    ['an error', answer(), 'error', undefined],
    ['nothing', [], 'result', undefined],
    [
      'what cannot be read',
      [parseElement(`<query xmlns='${INFO}'><identity/></query>`)],
      'result',
      undefined,
    ],
  ])('of %s', (_, children, type, quirk) => {
    const subject = domains();
    subject.quirksOf(HECATE);
    expect(subject.onAnswer(from, type, id, children)).toBe(true);
    expect(subject.quirksOf(HECATE)).toEqual({
      hasBareMix: quirk === 'hasBareMix',
      bouncesBare: quirk === 'bouncesBare',
      ignoresProbes: quirk !== undefined,
    });
    expect(known).toBe(1);
  });

  test('is taken from the domain alone, with the id of the question', () => {
    const subject = domains();
    subject.quirksOf(HECATE);
    expect(subject.onAnswer(HECATE, 'result', id, answer())).toBe(false);
    expect(subject.onAnswer(jid('shakespeare.example/x'), 'result', id, answer())).toBe(false);
    expect(subject.onAnswer(jid('cawdor.example'), 'result', id, answer())).toBe(false);
    expect(subject.onAnswer(from, 'result', 'about-', answer())).toBe(false);
    expect(subject.quirksOf(HECATE)).toBe(undefined);
  });

  test('that is late counts when it comes, and one to no question not at all', () => {
    const subject = domains();
    expect(subject.onAnswer(from, 'result', id, answer())).toBe(true);
    subject.quirksOf(HECATE);
    clock.advance(1000);
    expect(subject.quirksOf(HECATE)).toEqual({ hasBareMix: false, bouncesBare: false, ignoresProbes: false });
    subject.onAnswer(from, 'result', id, answer());
    expect(subject.quirksOf(HECATE)).toEqual({ hasBareMix: true, bouncesBare: false, ignoresProbes: true });
  });
});

test('silence counts as having no quirks after a while', () => {
  const subject = domains();
  subject.quirksOf(HECATE);
  clock.advance(999);
  expect([subject.quirksOf(HECATE), known]).toEqual([undefined, 0]);
  clock.advance(1);
  expect([subject.quirksOf(HECATE), known]).toEqual([
    { hasBareMix: false, bouncesBare: false, ignoresProbes: false },
    1,
  ]);
});

test('no more domains are remembered than there may be; whoever waits for one that was forgotten is told', () => {
  const subject = domains(3);
  for (const name of ['a', 'b', 'c', 'd']) subject.quirksOf(jid(`x@${name}.example`));
  let released = 0;
  subject.whenKnown(jid('x@b.example'), () => void (released += 1));
  subject.quirksOf(jid('x@e.example'));
  clock.advance(1000);
  expect([known, released]).toEqual([5, 1]);
  expect(subject.quirksOf(jid('x@d.example'))).toEqual({
    hasBareMix: false,
    bouncesBare: false,
    ignoresProbes: false,
  });
  expect(subject.quirksOf(jid('x@a.example'))).toBe(undefined);
  expect(asked.filter((id) => id === 'about-a.example')).toHaveLength(2);
});

/**
 * What a person reads when something is refused, for every condition that there is.
 * Makes each as it stands on the wire, with and without a text, and reads it with the library.
 */
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stanzaErrorOf } from '../../../src/node/index.ts';
import { isCondition } from '../../../src/refusal.ts';
import { parseElement } from '../../../src/xml/reader.ts';
import { problemOf } from '../../../web/src/text/problems.ts';

const NS_STANZAS = 'urn:ietf:params:xml:ns:xmpp-stanzas';
/** RFC 6120 §8.3.3. */
const CONDITIONS =
  `bad-request conflict feature-not-implemented forbidden gone internal-server-error item-not-found
  jid-malformed not-acceptable not-allowed not-authorized policy-violation recipient-unavailable redirect
  registration-required remote-server-not-found remote-server-timeout resource-constraint service-unavailable
  subscription-required undefined-condition unexpected-request`.split(/\s+/);

/** The application conditions that the service and the host send, as they stand in the sources. */
const APPLICATION = [
  ...new Set(
    readdirSync('src', { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
      .flatMap((path) => [...readFileSync(`src/${path}`, 'utf8').matchAll(/pubsub: '([a-z-]+)'/g)])
      .map(([, name]) => name ?? ''),
  ),
  'file-too-large',
  'retry',
];

const refused = (condition: string, application = '', text = ''): Error =>
  stanzaErrorOf(
    parseElement(
      `<iq xmlns='jabber:client' type='error' id='1'><error type='cancel'><${condition} xmlns='${NS_STANZAS}'/>` +
        (text === '' ? '' : `<text xmlns='${NS_STANZAS}'>${text}</text>`) +
        (application === '' ? '' : `<${application} xmlns='http://jabber.org/protocol/pubsub#errors'/>`) +
        `</error></iq>`,
    ),
  );

/** Begins like a sentence, ends like one, and is no name of the protocol. */
const READABLE = /^[A-Z][^<>_]*[.!?]$/;

describe('CLI-30: every refusal is said in words of its own', () => {
  test('all conditions that we refuse with are among them', () => {
    expect(CONDITIONS).toHaveLength(22);
    expect(CONDITIONS.filter(isCondition).length).toBe(20);
    expect(APPLICATION.length).toBeGreaterThan(10);
  });

  test('the words differ, and can be read', () => {
    const said = [
      ...CONDITIONS.map((condition) => problemOf(refused(condition))),
      ...APPLICATION.map((application) => problemOf(refused('bad-request', application))),
    ];
    expect(new Set(said).size).toBe(CONDITIONS.length + APPLICATION.length);
    for (const words of said) {
      expect(words).toMatch(READABLE);
      expect(words).not.toMatch(/[a-z]-(?:[a-z]+-)*[a-z]/);
    }
  });

  test('whatever comes with it, there is something to read; what the other side says to a person comes first', () => {
    const name = fc.constantFrom('', 'constructor', 'closed', ...APPLICATION);
    const words = fc.constantFrom('', 'Not before the third witch has come.');
    fc.assert(
      fc.property(fc.constantFrom(...CONDITIONS), name, words, (condition, application, text) => {
        const said = problemOf(refused(condition, application, text));
        expect(said).toMatch(READABLE);
        if (text !== '') expect(said).toBe(text);
      }),
    );
  });
});

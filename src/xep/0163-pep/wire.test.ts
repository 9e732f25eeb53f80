/**
 * XEP-0163 Personal Eventing Protocol 1.2.2 (2022-02-16): which events a client wants.
 * Reads features as clients name them.
 * Does not send events (host/pep/pep.test.ts).
 * Always: a node is named whole.
 * Before: xep/0163-pep/wire.ts. After: host/pep/pep.test.ts.
 */
import { expect, test } from 'vitest';
import { FEATURES, interestIn, interestsIn } from './wire.ts';

test('the features of a client say which nodes it wants to hear of (§4.2)', () => {
  const tune = 'http://jabber.org/protocol/tune';
  expect(interestsIn([tune, interestIn(tune), interestIn('a+b'), 'x+notify', 'x+notify'])).toEqual([
    tune,
    'a+b',
    'x',
  ]);
  expect(interestsIn(['+notify', 'notify', 'x+notify2'])).toEqual([]);
});

test('what is offered is named as XEP-0060 names it', () => {
  expect(FEATURES).toContain('http://jabber.org/protocol/pubsub#auto-create');
});

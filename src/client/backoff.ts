/**
 * RFC 6120 §3.3 (2011-03): when to try again.
 * Draws the time to wait before the next try, and says which failures no trying mends.
 * Does not wait (connection.ts).
 * Always: many clients that lost one server come back at different times; a refusal is not fought.
 * Before: client/error.ts. After: client/connection.ts.
 */
import { randomFraction } from './bytes.ts';
import { ConnectionLost, LoginRefused, StanzaError } from './error.ts';

const FIRST_MS = 1_000;

/** How long to wait after so many failures in a row (1 or more), in milliseconds. */
export function waitMs(failures: number, maxMs: number): number {
  const whole = Math.min(maxMs, FIRST_MS * 2 ** Math.min(failures - 1, 30));
  return Math.round(whole * (0.5 + randomFraction() / 2));
}

/** RFC 6120 §4.9.3: the server would end the next stream in the same way. */
const HOPELESS = [
  'conflict',
  'host-gone',
  'host-unknown',
  'invalid-namespace',
  'not-authorized',
  'unsupported-feature',
  'unsupported-version',
];

/** What was said on the stream ended it, and would end it again if it was said again on a resumed one. */
const OWN_FAULT = [
  'bad-format',
  'bad-namespace-prefix',
  'invalid-from',
  'invalid-xml',
  'not-well-formed',
  'policy-violation',
  'restricted-xml',
  'undefined-condition',
  'unsupported-encoding',
  'unsupported-stanza-type',
];

/** Does no second try mend this? */
export function isFinal(reason: Error): boolean {
  if (reason instanceof ConnectionLost) return HOPELESS.includes(reason.condition ?? '');
  if (reason instanceof LoginRefused) return reason.condition !== 'temporary-auth-failure';
  // A resource that cannot be bound; anything else that is thrown is a mistake in an option.
  return !(reason instanceof StanzaError && reason.type === 'wait');
}

/** May the stream that ended so not be resumed? */
export function isForgotten(reason: Error): boolean {
  return reason instanceof ConnectionLost && [...HOPELESS, ...OWN_FAULT].includes(reason.condition ?? '');
}

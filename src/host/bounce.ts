/**
 * RFC 6120 §8.3, §10 (2011-03): what cannot be delivered.
 * Answers a stanza that goes nowhere, and says whose address is the service's.
 * Does not decide that something goes nowhere.
 * Always: an error or a result is never answered (GEN-11).
 * Before: host/envelope.ts. After: host/router.ts.
 */
import type { Jid } from '../jid/jid.ts';
import { refuse, type Condition } from '../stanza/error.ts';
import type { Context } from './context.ts';
import { errorOf, type Envelope } from './envelope.ts';

/** Answers a stanza that goes nowhere. */
export function bounce(context: Context, envelope: Envelope, condition: Condition, text: string): void {
  const { type } = envelope.stanza.attrs;
  if (type === 'error' || type === 'result') return;
  // RFC 6121 §4: nobody waits for an answer to other kinds of presence.
  if (envelope.stanza.name === 'presence' && type !== undefined && type !== 'subscribe') return;
  context.route(errorOf(envelope, refuse(condition, text)));
}

/** Is this an address of the service, or below it? */
export function isAtService(context: Context, { domain }: Jid): boolean {
  return domain === context.serviceDomain || domain.endsWith(`.${context.serviceDomain}`);
}

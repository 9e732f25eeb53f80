/**
 * XEP-0424 Message Retraction 0.4.2 (2025-01-06) §4: what a client sends to take a message back.
 * Puts together the request, the text for clients that know nothing of it, and the wish to have it archived.
 * Does not send it (client.ts, client/live-conversation.ts).
 * Always: the text is marked as a stand-in (XEP-0428), so that nobody else shows it.
 * Before: xep/0424-retract/wire.ts. After: xep/0424-retract/client.ts.
 */
import type { XmlElement } from '../../xml/element.ts';
import { buildStore } from '../0334-hints/wire.ts';
import { buildFallback } from '../0428-fallback/wire.ts';
import { buildRetract, NS } from './wire.ts';

/** What clients that know nothing of retractions show. */
const FALLBACK = 'This person took a message back, but your client does not support that.';

/** Body and payloads of the message that takes back the one of this id. */
export function retraction(id: string): { readonly body: string; readonly payloads: readonly XmlElement[] } {
  return { body: FALLBACK, payloads: [buildRetract(id), buildFallback(NS, FALLBACK), buildStore()] };
}

/**
 * RFC 6120 §8.3 (2011-03) and decision D-62: why a request is refused.
 * Owns the one table of refusals: condition, type, text and, for pubsub, the application condition.
 * Does not build XML (stanza/error.ts) nor send anything: service/router.ts and host/ answer with it.
 * Always: the text never names an address (LEAK-34); a refusal changes nothing, since rules refuse before they record.
 * Before: mix.ts. After: stanza/error.ts.
 */
import type { XmlElement } from './xml/element.ts';

export type ErrorType = 'auth' | 'cancel' | 'modify' | 'wait' | 'continue';

/** Each condition of RFC 6120 §8.3.3 that Vizard uses, with the type that D-62 gives it. */
const TYPES = {
  'bad-request': 'modify',
  conflict: 'cancel',
  'feature-not-implemented': 'cancel',
  forbidden: 'auth',
  gone: 'cancel',
  'internal-server-error': 'cancel',
  'item-not-found': 'cancel',
  'jid-malformed': 'modify',
  'not-acceptable': 'modify',
  'not-allowed': 'cancel',
  'not-authorized': 'auth',
  'policy-violation': 'modify',
  'recipient-unavailable': 'wait',
  'registration-required': 'auth',
  'remote-server-not-found': 'cancel',
  'remote-server-timeout': 'wait',
  'resource-constraint': 'wait',
  'service-unavailable': 'cancel',
  'undefined-condition': 'cancel',
  'unexpected-request': 'cancel',
} as const satisfies Record<string, ErrorType>;

export type Condition = keyof typeof TYPES;

export function isCondition(name: string): name is Condition {
  return Object.hasOwn(TYPES, name);
}

/** What may go with a refusal. */
export interface RefusalDetails {
  /** Overrides the type that the condition has in D-62. */
  readonly type?: ErrorType;
  /** XEP-0060: the application condition, such as `closed-node`; with its attributes. */
  readonly pubsub?: string;
  /** XEP-0060: the `feature` attribute of `<unsupported/>`. */
  readonly feature?: string;
  /** A child of `<error/>`: the document's own condition. */
  readonly within?: XmlElement;
  /** A child beside `<error/>`, where a document asks for one (D-25). */
  readonly beside?: XmlElement;
  /** Which of the things that were asked for failed for this reason, by their place. */
  readonly places?: readonly number[];
}

/** A request that the rules refuse. Thrown before anything was recorded. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly condition: Condition;
  readonly type: ErrorType;
  readonly details: RefusalDetails;

  constructor(condition: Condition, text: string, details: RefusalDetails = {}) {
    super(text);
    this.condition = condition;
    this.type = details.type ?? TYPES[condition];
    this.details = details;
  }
}

/** The refusal with this condition. `text` is English, for a person, and names no address. */
export function refuse(condition: Condition, text: string, details?: RefusalDetails): Refusal {
  return new Refusal(condition, text, details);
}

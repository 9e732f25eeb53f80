/**
 * RFC 6120 §8.2.3 (2011-03): requests.
 * Finds the handler of a request in the table of extensions.ts, and turns what it returns or refuses into the answer.
 * Does not know any request.
 * Always: a get or set is answered exactly once (GEN-01), a result or an error never (GEN-02); who may ask is checked
 * before whether the account exists, so that an answer does not tell.
 * Before: host/router.ts. After: host/extensions.ts.
 */
import { formatJid, type Jid } from '../jid/jid.ts';
import { refuse, Refusal } from '../stanza/error.ts';
import { payloadOf } from '../stanza/stanza.ts';
import type { XmlElement } from '../xml/element.ts';
import { bounce, isAtService } from './bounce.ts';
import { takeCapability } from './capability.ts';
import type { Context } from './context.ts';
import { bareText, errorOf, resultOf, type Envelope } from './envelope.ts';
import { handlers } from './extensions.ts';
import { isEncoded } from './pam/deliver.ts';
import { noteAnswer } from './pam/roster.ts';

export interface Request {
  readonly envelope: Envelope;
  readonly payload: XmlElement;
  readonly asker: Jid;
  /** The local part of the account that is asked; '' where the host is. */
  readonly account: string;
  /** Does the account's own client ask? */
  readonly isOwn: boolean;
  /** Answers a request whose handler returned 'later'. */
  readonly answer: (answer: XmlElement | undefined) => void;
  /** The same, with an error element as somebody else made it, and what goes with it. */
  readonly answerError: (error: XmlElement, beside?: XmlElement) => void;
}

/** The payload of the answer, undefined for an empty one, or 'later'. Throws a Refusal. */
export type Answer = XmlElement | undefined | 'later';

export interface Handler {
  readonly at: 'host' | 'account';
  readonly type: 'get' | 'set';
  readonly ns: string;
  readonly name: string;
  /** May only the account itself ask? */
  readonly isOwn?: boolean;
  readonly handle: (context: Context, request: Request) => Answer;
}

export function iqToHost(context: Context, envelope: Envelope): void {
  if (isRequest(envelope.stanza)) ask(context, envelope, 'host', '');
  else if (!context.forwards.take(envelope)) checkType(context, envelope);
}

export function iqToAccount(context: Context, envelope: Envelope): void {
  if (isRequest(envelope.stanza)) ask(context, envelope, 'account', envelope.to.local ?? '');
  else if (!takeCapability(context, envelope) && !context.forwards.take(envelope))
    checkType(context, envelope);
}

/** To a client: as it is. */
export function iqToSession(context: Context, envelope: Envelope): void {
  const { stanza, from, to } = envelope;
  const isFromChannel = from.local !== undefined && from.resource === undefined && !isEncoded(from);
  if (stanza.attrs['type'] === 'result' && isFromChannel && isAtService(context, from)) {
    noteAnswer(context.pam, bareText(to), formatJid(from), stanza);
  }
  const session = context.sessions.get(to.local ?? '', to.resource ?? '');
  if (session !== undefined) session.send(stanza);
  else bounce(context, envelope, 'service-unavailable', 'there is no such client');
}

function isRequest({ attrs }: XmlElement): boolean {
  return attrs['type'] === 'get' || attrs['type'] === 'set';
}

function checkType(context: Context, envelope: Envelope): void {
  const { type } = envelope.stanza.attrs;
  if (type !== 'result' && type !== 'error') bounce(context, envelope, 'bad-request', 'an iq has a type');
}

function ask(context: Context, envelope: Envelope, at: 'host' | 'account', account: string): void {
  try {
    const answer = handle(context, envelope, at, account);
    if (answer !== 'later') context.route(resultOf(envelope, answer));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    context.route(errorOf(envelope, error));
  }
}

function handle(context: Context, envelope: Envelope, at: 'host' | 'account', account: string): Answer {
  const { stanza, from, to } = envelope;
  if ((stanza.attrs['id'] ?? '') === '') throw refuse('bad-request', 'an iq has an id');
  const payload = payloadOf(stanza);
  const isOwn = from.local === account && from.domain === to.domain;
  const handler = find(payload, stanza.attrs['type'] ?? '', at);
  if (handler.isOwn === true && !isOwn) throw refuse('forbidden', 'only the account itself may ask this');
  return handler.handle(context, {
    envelope,
    payload,
    asker: from,
    account,
    isOwn,
    answer: (answer) => context.route(resultOf(envelope, answer)),
    answerError: (error, beside) => {
      const { stanza: answer, ...addresses } = resultOf(envelope, beside);
      const attrs = { ...answer.attrs, type: 'error' };
      context.route({ ...addresses, stanza: { ...answer, attrs, children: [...answer.children, error] } });
    },
  });
}

/** Refuses as D-62 says: unknown namespace, unknown element, wrong type. */
function find(payload: XmlElement, type: string, at: 'host' | 'account'): Handler {
  const near = handlers.filter((handler) => handler.at === at && handler.ns === payload.ns);
  const named = near.filter((handler) => handler.name === payload.name);
  const found = named.find((handler) => handler.type === type);
  if (found !== undefined) return found;
  if (near.length === 0) throw refuse('service-unavailable', 'this is not supported here');
  if (named.length === 0) throw refuse('feature-not-implemented', 'this part is not supported here');
  throw refuse('bad-request', 'this cannot be asked with an iq of this type');
}

/**
 * RFC 6120 §7 (2011-03): a client gets its resource.
 * Makes the session that a client asks for, in place of one of the same name, and the answer.
 * Does not log in (stream.ts), nor take up a session that is there already (stream-management.ts).
 * Always: an account has only so many sessions; a client that is there goes before one that sleeps.
 * Before: host/stream.ts. After: host/session.ts.
 */
import { randomBytes } from 'node:crypto';
import type { Jid } from '../jid/jid.ts';
import { prepResource } from '../jid/prep.ts';
import { refuse, type Condition } from '../stanza/error.ts';
import { stanzaKind } from '../stanza/stanza.ts';
import { child, childText, el, type XmlElement } from '../xml/element.ts';
import type { Context } from './context.ts';
import { addressed, errorOf, resultOf } from './envelope.ts';
import { Session, type SessionStream } from './session.ts';

export const NS_BIND = 'urn:ietf:params:xml:ns:xmpp-bind';

export interface Bound {
  /** Undefined where it is refused. */
  readonly session: Session | undefined;
  readonly answer: XmlElement;
}

/** Answers a request for a resource; undefined where it is none. */
export function bindResource(
  context: Context,
  name: string,
  iq: XmlElement,
  stream: SessionStream,
): Bound | undefined {
  const bind = child(iq, 'bind', NS_BIND);
  if (stanzaKind(iq) !== 'iq' || iq.attrs['type'] !== 'set' || bind === undefined) return undefined;
  const account: Jid & { local: string } = { local: name, domain: context.domain, resource: undefined };
  const wanted = childText(bind, 'resource') ?? '';
  const resource = wanted === '' ? randomBytes(9).toString('base64url') : tryResource(wanted);
  const refusal = whyNot(context, name, resource);
  if (refusal !== undefined || resource === undefined) {
    const [condition, text] = refusal ?? (['bad-request', ''] as const);
    const error = errorOf(addressed(iq, account, account), refuse(condition, text));
    return { session: undefined, answer: unaddressed(error.stanza) };
  }
  // §7.7.2.2: the newer one stays, so that a client whose connection broke can come back at once.
  context.sessions.get(name, resource)?.end('conflict');
  const session = new Session({ ...account, resource }, context, stream);
  context.sessions.add(session);
  const bound = el('bind', NS_BIND, {}, [el('jid', NS_BIND, {}, [session.full])]);
  return { session, answer: unaddressed(resultOf(addressed(iq, session.jid, session.bare), bound).stanza) };
}

/** RFC 6120 §7.6.1: who has no address yet takes an answer from one for somebody else's. */
function unaddressed({ name, ns, attrs, children }: XmlElement): XmlElement {
  return el(name, ns, { ...attrs, from: undefined, to: undefined }, children);
}

function whyNot(
  context: Context,
  account: string,
  resource: string | undefined,
): readonly [Condition, string] | undefined {
  const { accounts, limits, resumption, sessions } = context;
  if (resource === undefined) return ['bad-request', 'this cannot be a resource'];
  if (!accounts.exists(account)) return ['not-allowed', 'the account is gone'];
  const isNew = sessions.get(account, resource) === undefined;
  const isFull = isNew && sessions.of(account).length >= limits.sessionsPerAccountMax;
  if (isFull && !resumption.makeRoom(account)) {
    return ['resource-constraint', 'too many clients of this account are connected'];
  }
  return undefined;
}

function tryResource(text: string): string | undefined {
  try {
    return prepResource(text);
  } catch {
    return undefined;
  }
}

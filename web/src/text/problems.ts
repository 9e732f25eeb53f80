/**
 * What went wrong, in plain words.
 * Owns a sentence for each condition of RFC 6120 §8.3.3 and for those of XEP-0060, XEP-0363 and a log-in.
 * Does not show them (state/notices.ts, parts/form.tsx).
 * Always: no two conditions have the same sentence. What the other side says to a person comes first.
 * Before: state/notices.ts. After: parts/form.tsx.
 */

const CONDITIONS: Readonly<Record<string, string>> = {
  'bad-request': 'The other side did not understand this.',
  conflict: 'This name is taken.',
  'feature-not-implemented': 'The server does not know how to do this.',
  forbidden: 'You may not do this here.',
  gone: 'This is not here any more.',
  'internal-server-error': 'Something went wrong on the server. Try again later.',
  'item-not-found': 'There is nothing at this address.',
  'jid-malformed': 'This is no address.',
  'not-acceptable': 'The channel does not accept this.',
  'not-allowed': 'The channel does not allow this to anybody.',
  'not-authorized': 'You have to sign in for this.',
  'policy-violation': 'This is against the rules of the server.',
  'recipient-unavailable': 'They are not there at the moment.',
  redirect: 'This has moved to another address.',
  'registration-required': 'This channel is not open to everybody. Ask its owners to let you in.',
  'remote-server-not-found': 'The server of this address cannot be found.',
  'remote-server-timeout': 'The server of this address does not answer.',
  'resource-constraint': 'This was too much at once. Try again in a moment.',
  'service-unavailable': 'Nobody answers at this address.',
  'subscription-required': 'You have to be a contact of theirs for this.',
  'undefined-condition': 'This was refused without a reason.',
  'unexpected-request': 'The other side did not expect this now.',
};

/** What is said more exactly beside the condition. */
const APPLICATION: Readonly<Record<string, string>> = {
  'closed-node': 'Only owners and administrators can look at this.',
  'file-too-large': 'This file is too large for the server.',
  'invalid-jid': 'This is only for yourself.',
  'invalid-payload': 'The channel cannot read what was sent.',
  'item-required': 'It was not said what is to be changed.',
  'jid-required': 'It was not said for whom this is.',
  'max-items-exceeded': 'There is no room for more of this.',
  'max-nodes-exceeded': 'There is no room for another list.',
  'nodeid-required': 'It was not said which list is meant.',
  'not-subscribed': 'You are not following this.',
  'payload-required': 'There was nothing in what was sent.',
  'payload-too-big': 'This is too large for the channel.',
  'precondition-not-met': 'This is kept in another way than was asked for.',
  retry: 'You have sent much in a short time. Try again later.',
  unsupported: 'This cannot be done with a channel.',
};

const LOGIN: Readonly<Record<string, string>> = {
  'not-authorized': 'The address or the password is wrong.',
  'account-disabled': 'This account is closed.',
  'temporary-auth-failure': 'Too many tries. Wait a minute, then try again.',
};

/** What the library's errors have, by their names. */
interface Problem {
  readonly condition?: string;
  readonly application?: string;
  readonly text?: string;
}

/** What went wrong, for a person. */
export function problemOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { condition = '', application = '', text } = error as Error & Problem;
  if (error.name === 'StanzaError')
    return text ?? sentence(APPLICATION, application) ?? sentence(CONDITIONS, condition) ?? error.message;
  if (error.name === 'LoginRefused') return sentence(LOGIN, condition) ?? 'The server did not let you in.';
  if (error.name === 'ConnectionLost') return 'The connection was lost. Try again when you are online.';
  if (error.name === 'RequestTimeout') return 'The server did not answer in time. Try again.';
  return error.message;
}

function sentence(of: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(of, name) ? of[name] : undefined;
}

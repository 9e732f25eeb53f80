/**
 * XEP-0077 In-Band Registration 2.5 §3.2, §3.3: an account changes its password, or goes.
 * Answers a client that has logged in, at the host's address and at the account's own.
 * Does not make accounts (stream-registration.ts); what a removed account leaves behind, leaving.ts tells the others.
 * Always: an account changes itself only; it is answered before its streams end.
 * Before: host/registration.ts. After: host/leaving.ts.
 */
import { buildError, refuse } from '../stanza/error.ts';
import { buildFields, parseRegistration } from '../xep/0077-register/wire.ts';
import { AccountRefused } from './accounts.ts';
import type { Context } from './context.ts';
import type { Answer, Request } from './iq.ts';
import { refusalOf } from './stream-registration.ts';

export function getRegistration(context: Context, request: Request): Answer {
  return buildFields({ registeredAs: ownAccount(context, request) });
}

export function setRegistration(context: Context, request: Request): Answer {
  const account = ownAccount(context, request);
  const asked = parseRegistration(request.payload);
  if (asked.kind === 'remove') remove(context, request, account);
  else if (!context.accounts.isSame(asked.username, account))
    throw refuse('not-allowed', 'a client changes the password of its own account only');
  else void changePassword(context, request, account, asked.password);
  return 'later';
}

function remove(
  { accounts, lane, operators, sessions }: Context,
  { answer }: Request,
  account: string,
): void {
  accounts.remove(account);
  answer(undefined);
  lane.after(() => {
    for (const session of sessions.of(account)) session.end('not-authorized');
    operators.refresh();
  });
}

async function changePassword(
  { lane, log, registrar }: Context,
  { answer, answerError }: Request,
  account: string,
  password: string,
): Promise<void> {
  try {
    await registrar.changePassword(account, password);
    lane.post(() => answer(undefined));
  } catch (error) {
    const isRefused = error instanceof AccountRefused;
    if (!isRefused) log.error({ err: error }, 'a password could not be changed');
    const refusal = isRefused
      ? refusalOf(error)
      : refuse('internal-server-error', 'the password could not be changed');
    lane.post(() => answerError(buildError(refusal)));
  }
}

/** The account whose client asks. */
function ownAccount({ domain }: Context, { asker }: Request): string {
  if (asker.domain !== domain || asker.local === undefined)
    throw refuse('forbidden', 'this is for the accounts of this server');
  return asker.local;
}

/**
 * XEP-0401 Ad-hoc Account Invitation Generation 0.6.0 (2026-03-08): an invite, made by a command.
 * Reads and writes the form that answers the command `urn:xmpp:invite#invite`.
 * Does not make invites (host/commands.ts).
 * Always: there is a link; a time is in milliseconds since 1970.
 * Before: xep/0050-commands/wire.ts. After: xep/0445-preauth/wire.ts.
 */
import { formatDateTime, parseDateTime } from '../../stanza/codec.ts';
import { refuse } from '../../stanza/error.ts';
import type { Form } from '../0004-forms/wire.ts';

export const NS = 'urn:xmpp:invite';
/** The name of the command (§3). */
export const NODE_INVITE = `${NS}#invite`;
const FORM_TYPE = `${NS}#invitation`;

export interface AccountInvite {
  /** What a client opens. */
  readonly uri: string;
  /** What a browser opens. */
  readonly landingUrl?: string | undefined;
  readonly expiresAt?: number | undefined;
}

/** The answer (§5.1). */
export function buildAccountInvite({ uri, landingUrl, expiresAt }: AccountInvite): Form {
  const one = (name: string, value: string) => ({ var: name, type: 'text-single', values: [value] });
  const fields = [one('uri', uri)];
  if (landingUrl !== undefined) fields.push(one('landing-url', landingUrl));
  if (expiresAt !== undefined) fields.push(one('expire', formatDateTime(expiresAt)));
  return { type: 'result', formType: FORM_TYPE, fields };
}

/** Reads it; bad-request where there is no link. */
export function parseAccountInvite({ fields }: Form): AccountInvite {
  const value = (name: string) => fields.find((field) => field.var === name)?.values[0]?.trim();
  const [uri, expire] = [value('uri'), value('expire')];
  if (uri === undefined || uri === '') throw refuse('bad-request', 'an invite has a link');
  return {
    uri,
    landingUrl: value('landing-url'),
    expiresAt: expire === undefined ? undefined : parseDateTime(expire),
  };
}

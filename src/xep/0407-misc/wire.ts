/**
 * XEP-0407 MIX-MISC 0.1.2 (2020-12-01): nick registration, retraction, invitations.
 * Reads and writes their elements.
 * Does not decide who may register, retract or invite (channel/, xep/0407-misc/service.ts).
 * Always: what names a person is text that the caller has chosen to show (D-47, D-72).
 * Before: stanza/codec.ts. After: xep/0407-misc/service.ts.
 */
import { checkName, formatDateTime, optionalChild, requiredAttr, requiredChild } from '../../stanza/codec.ts';
import { refuse } from '../../stanza/error.ts';
import { childText, el, isElement, text, type XmlElement, type XmlNode } from '../../xml/element.ts';

export const NS = 'urn:xmpp:mix:misc:0';
/** §3: the feature of a service that registers nicks. */
export const NICK_REGISTER = `${NS}#nick-register`;

/** §3: the nick to register; undefined where the service is to choose one. */
export function parseRegister(register: XmlElement): string | undefined {
  checkName(register, 'register', NS);
  const nick = optionalChild(register, 'nick');
  return nick && text(nick);
}

export function buildRegister(nick?: string): XmlElement {
  return el('register', NS, {}, [nick === undefined ? undefined : el('nick', NS, {}, [nick])]);
}

/** §4: the archive id of the message to retract. @throws bad-request where it has none. */
export function parseRetract(retract: XmlElement): string {
  checkName(retract, 'retract', NS);
  return requiredAttr(retract, 'id');
}

export function buildRetract(id: string): XmlElement {
  return el('retract', NS, { id });
}

/** §4: what is left of a retracted message. `at` in milliseconds since 1970. */
export function buildRetracted({ by, at }: { readonly by: string; readonly at: number }): XmlElement {
  return el('retracted', NS, { by, time: formatDateTime(at) });
}

/** Is it a tombstone? */
export function isRetracted(children: readonly XmlNode[]): boolean {
  return children.some((child) => isElement(child) && child.name === 'retracted' && child.ns === NS);
}

/** §6 */
export interface Invitation {
  readonly inviter: string;
  readonly invitee: string;
  readonly channel: string;
  readonly token: string;
}

/** §6: whom to invite. @throws bad-request where nobody is named. */
export function parseInvite(invite: XmlElement): string {
  checkName(invite, 'invite', NS);
  return text(requiredChild(invite, 'invitee')).trim();
}

export function buildInviteRequest(invitee: string): XmlElement {
  return el('invite', NS, {}, [el('invitee', NS, {}, [invitee])]);
}

export function buildInvite(invitation: Invitation): XmlElement {
  return el('invite', NS, {}, [buildInvitation(invitation)]);
}

export function buildInvitation({ inviter, invitee, channel, token }: Invitation): XmlElement {
  const named = (name: string, value: string): XmlElement => el(name, NS, {}, [value]);
  return el('invitation', NS, {}, [
    named('inviter', inviter),
    named('invitee', invitee),
    named('channel', channel),
    named('token', token),
  ]);
}

/** §6: the invitation in an answer or a message. @throws bad-request where something is missing. */
export function parseInvitation(invitation: XmlElement): Invitation {
  const named = (name: string): string => {
    const value = childText(invitation, name)?.trim();
    if (value === undefined || value === '') throw refuse('bad-request', `an invitation has a <${name}/>`);
    return value;
  };
  return {
    inviter: named('inviter'),
    invitee: named('invitee'),
    channel: named('channel'),
    token: named('token'),
  };
}

/** D-72: of an invitation in a join only the token counts. @throws bad-request where there is none. */
export function parseToken(invitation: XmlElement): string {
  const token = childText(invitation, 'token')?.trim();
  if (token === undefined || token === '') throw refuse('bad-request', 'an invitation has a <token/>');
  return token;
}

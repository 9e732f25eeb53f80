/**
 * XEP-0050 Ad-Hoc Commands 1.3.0, XEP-0401 Ad-hoc Account Invitation Generation 0.6.0: what an account can have done.
 * Owns the one command that there is: an invite for somebody else. Lists it, describes it, carries it out.
 * Does not keep invites (invite.ts) nor say who is an operator (operators.ts).
 * Always: who may not use a command does not find it either; an invite names nobody, not even who made it.
 * Before: host/disco.ts. After: host/invite.ts.
 */
import { randomBytes } from 'node:crypto';
import { refuse } from '../stanza/error.ts';
import { NS as NS_FORMS } from '../xep/0004-forms/wire.ts';
import type { Info, Item } from '../xep/0030-disco/wire.ts';
import { buildOutcome, NS, parseCommand } from '../xep/0050-commands/wire.ts';
import { buildAccountInvite, NODE_INVITE } from '../xep/0401-invites/wire.ts';
import { formatRegisterUri } from '../xep/0445-preauth/wire.ts';
import type { Context } from './context.ts';
import type { Answer, Request } from './iq.ts';

const NAME = 'Invite somebody';

/** Disco#items of the node of commands (XEP-0050 §2.1). */
export function commandItems(context: Context, { asker }: Request): Item[] {
  return mayInvite(context, asker) ? [{ jid: context.domain, node: NODE_INVITE, name: NAME }] : [];
}

/** Disco#info of a command's node (§2.2); undefined where there is no such command for the asker. */
export function commandInfo(context: Context, { asker }: Request, node: string): Info | undefined {
  if (node === NS) {
    const identities = [{ category: 'automation', type: 'command-list', name: 'Commands' }];
    return { node, identities, features: [NS] };
  }
  if (node !== NODE_INVITE || !mayInvite(context, asker)) return undefined;
  const identities = [{ category: 'automation', type: 'command-node', name: NAME }];
  return { node, identities, features: [NS, NS_FORMS] };
}

export function runCommand(context: Context, { asker, payload }: Request): Answer {
  const { node, action } = parseCommand(payload);
  if (node !== NODE_INVITE) throw refuse('item-not-found', 'there is no such command');
  if (!mayInvite(context, asker)) throw refuse('forbidden', 'you may not invite anybody');
  const sessionId = randomBytes(9).toString('base64url');
  if (action === 'cancel') return buildOutcome({ node, sessionId, status: 'canceled' });
  if (action === 'next' || action === 'prev') throw refuse('bad-request', 'the command has one step only');
  const form = buildAccountInvite(invite(context, asker.local ?? ''));
  return buildOutcome({ node, sessionId, status: 'completed', form });
}

function invite({ domain, invites, limits, web }: Context, account: string) {
  if (invites.countOf(account) >= limits.invitesPerAccountMax)
    throw refuse('resource-constraint', 'too many of your invites have not been used yet');
  const { token, expiresAt } = invites.create(limits.inviteDays, { uses: 1, account });
  return { uri: formatRegisterUri(domain, token), landingUrl: `${web.url}/invite/${token}`, expiresAt };
}

function mayInvite(context: Context, asker: Request['asker']): boolean {
  const { domain, inviteBy, operators, registrar } = context;
  if (asker.local === undefined || asker.domain !== domain || registrar.mode === 'closed') return false;
  return inviteBy === 'anyone' || operators.has(asker.local);
}

/**
 * XEP-0407 MIX-MISC 0.1.2 (2020-12-01), with XEP-0424 and XEP-0425: at the service.
 * Lists what is handled, and registers nicks.
 * Does not handle retractions by message (xep/0369-core/messages.ts finds them) nor avatars (0060-pubsub/publish.ts).
 * Always: the answer to a registration is the same whoever holds the nick (D-24).
 * Before: service/extensions.ts. After: xep/0407-misc/retraction.ts, xep/0407-misc/invitation.ts.
 */
import { prepareNick } from '../../channel/nick.ts';
import type { RealJid } from '../../jid/real-jid.ts';
import { refuse } from '../../refusal.ts';
import { NickTaken } from '../../storage/store.ts';
import { NS as RETRACT, TOMBSTONE } from '../0424-retract/wire.ts';
import { NS as MODERATE } from '../0425-moderate/wire.ts';
import type { Env, Extension, Reply, Request } from '../extension.ts';
import { invitation } from './invitation.ts';
import { moderation } from './retraction.ts';
import { buildRegister, NICK_REGISTER, NS, parseRegister } from './wire.ts';

export const misc: Extension = {
  iq: [invitation, moderation, { on: 'service', types: ['set'], ns: NS, name: 'register', run: register }],
  features: [
    { on: 'service', feature: NICK_REGISTER },
    { on: 'channel', feature: NS },
    { on: 'channel', feature: RETRACT },
    { on: 'channel', feature: TOMBSTONE },
    { on: 'channel', feature: MODERATE },
  ],
};

/** §3: a nick for the account in all channels; one of the service's making where none is asked for. */
async function register({ payload, from }: Request, env: Env): Promise<Reply> {
  const wanted = parseRegister(payload);
  const nick = await registerNick(from, wanted === '' ? undefined : wanted, env);
  return { payload: buildRegister(nick) };
}

/** @throws conflict where somebody else has it; not-acceptable for what cannot be a nick. */
export async function registerNick(
  account: RealJid,
  wanted: string | undefined,
  { nicks }: Env,
): Promise<string> {
  const nick = wanted === undefined ? undefined : prepareNick(wanted);
  try {
    return await nicks.register(account.bare, nick);
  } catch (error) {
    if (error instanceof NickTaken) throw refuse('conflict', 'Somebody else has this nick.');
    throw error;
  }
}

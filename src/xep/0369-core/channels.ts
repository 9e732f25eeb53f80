/**
 * XEP-0369 MIX-CORE 0.14.6 (2020-12-01) §7.3: create and destroy, asked of the service.
 * Reads the two requests, decides who may create at all, and hands the rest to the channel's own line.
 * Does not decide with what a channel begins and how it ends (channel/create.ts).
 * Always: a name is prepared before it is looked at; a name that was destroyed goes to its last owners only (D-67).
 * Before: service/router.ts. After: channel/create.ts.
 */
import type { ConfigChange } from '../../channel/configure.ts';
import { create, destroy } from '../../channel/create.ts';
import { newChannelName } from '../../channel/ids.ts';
import { JidError, prepLocal } from '../../jid/prep.ts';
import type { ChannelName } from '../../jid/public-jid.ts';
import type { RealJid } from '../../jid/real-jid.ts';
import { refuse } from '../../refusal.ts';
import { parseForm } from '../0004-forms/wire.ts';
import { changeOf } from '../0406-admin/change.ts';
import { parseConfig } from '../0406-admin/wire.ts';
import type { Env, Feature, InChannel, IqHandler, Request, Settings } from '../extension.ts';
import { buildCreated, NS, parseCreate, parseDestroy } from './wire.ts';

/** 1023 bytes less a participant id of 26 and its '#' (GEN-23). */
const NAME_BYTES_MAX = 1023 - 27;

/** May this account create channels here? */
export function mayCreate(asker: RealJid, { create, admins, localDomain }: Settings): boolean {
  if (create === 'anyone' || admins.some((admin) => admin.equals(asker.bare))) return true;
  return create === 'local' && localDomain !== undefined && asker.isAt(localDomain);
}

export const createFeature: Feature = { on: 'service', feature: `${NS}#create-channel`, isFor: mayCreate };

function misaddressed(): never {
  throw refuse('bad-request', 'This is asked of the service, not of a channel.');
}

export const channels: readonly IqHandler[] = [
  { on: 'service', types: ['set'], ns: NS, name: 'create', run: answerCreate },
  { on: 'service', types: ['set'], ns: NS, name: 'destroy', run: answerDestroy },
  { on: 'channel', types: ['set'], ns: NS, name: 'create', isOpen: true, run: misaddressed },
  { on: 'channel', types: ['set'], ns: NS, name: 'destroy', isOpen: true, run: misaddressed },
];

async function answerCreate({ payload, from }: Request, env: Env): Promise<InChannel> {
  if (!mayCreate(from, env.settings)) throw refuse('forbidden', 'You may not create channels here.');
  const asked = parseCreate(payload);
  const form = asked.form && parseForm(asked.form);
  const change: ConfigChange =
    form === undefined || form.type === 'cancel' ? {} : changeOf(parseConfig(form));
  const channel = asked.channel === undefined ? newChannelName(env.random) : nameOf(asked.channel);
  const owners = await env.store.reservedTo(channel);
  if (owners !== undefined && !owners.some((owner) => owner.equals(from.bare)))
    throw refuse('conflict', 'There was a channel of this name.');
  return {
    channel,
    decide: (turn) => {
      create(turn, from, asked.channel !== undefined, change);
      return { payload: buildCreated(channel) };
    },
  };
}

/** @throws jid-malformed, or not-acceptable for a name that encoded addresses could not be made of (D-21). */
function nameOf(text: string): ChannelName {
  let name: string;
  try {
    name = prepLocal(text);
  } catch (error) {
    if (error instanceof JidError) throw refuse('jid-malformed', 'This cannot be the name of a channel.');
    throw error;
  }
  if (name.includes('#')) throw refuse('not-acceptable', 'The name of a channel has no #.');
  checkChannelName(name);
  return name as ChannelName;
}

/** @throws not-acceptable for a prepared name of which no encoded addresses could be made. */
export function checkChannelName(name: string): void {
  if (new TextEncoder().encode(name).length > NAME_BYTES_MAX)
    throw refuse('not-acceptable', 'The name of a channel is not that long.');
}

function answerDestroy({ payload, from }: Request): InChannel {
  const channel = nameOf(parseDestroy(payload).channel);
  return {
    channel,
    decide: (turn) => {
      destroy(turn, from);
      return {};
    },
  };
}

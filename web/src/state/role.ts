/**
 * What a person may do in a channel.
 * Finds out whether the account is an owner or an administrator, and holds the configuration for those who are.
 * Does not enforce anything: the service does.
 * Always: whoever cannot read the configuration is an ordinary participant here.
 * Before: state/live.ts. After: state/channels.ts.
 */
import { signal, type Signal } from '@preact/signals';
import {
  dryRunMode,
  getConfig,
  getPreferences,
  listBanned,
  StanzaError,
  type Client,
  type Config,
  type Preferences,
} from 'vizard';
import type { Role } from '../privacy/words.ts';

export interface Standing {
  readonly role: Signal<Role>;
  /** For owners and administrators. */
  readonly config: Signal<Config | undefined>;
  readonly preferences: Signal<Preferences | undefined>;
}

export function makeStanding(): Standing {
  return { role: signal<Role>('participant'), config: signal(undefined), preferences: signal(undefined) };
}

/** Asks again; to be called when the channel changed. */
export async function refreshStanding(standing: Standing, client: Client, channel: string): Promise<void> {
  await Promise.all([refreshRole(standing, client, channel), refreshPreferences(standing, client, channel)]);
}

async function refreshRole({ role, config }: Standing, client: Client, channel: string): Promise<void> {
  try {
    const found = await getConfig(client, channel);
    role.value = await roleIn(found, client, channel);
    config.value = role.value === 'participant' ? undefined : found;
  } catch (error) {
    if (!(error instanceof StanzaError)) return;
    // Administrators may not read the configuration everywhere, but they may see who is banned.
    const isHelper = await mayDo(listBanned(client, channel));
    role.value = isHelper ? 'administrator' : 'participant';
    config.value = undefined;
  }
}

async function refreshPreferences({ preferences }: Standing, client: Client, channel: string): Promise<void> {
  try {
    preferences.value = await getPreferences(client, channel);
  } catch (error) {
    // A service without XEP-0404 has none.
    if (error instanceof StanzaError) preferences.value = undefined;
  }
}

/** The operators of a service may do what owners may, and stand on no list; only those with rights may ask this. */
async function roleIn(config: Config, client: Client, channel: string): Promise<Role> {
  if (config.owners.includes(client.account)) return 'owner';
  if (config.administrators.includes(client.account)) return 'administrator';
  return (await mayDo(dryRunMode(client, channel, config.mode ?? 'jid-hidden'))) ? 'owner' : 'participant';
}

function mayDo(request: Promise<unknown>): Promise<boolean> {
  return request.then(
    () => true,
    () => false,
  );
}

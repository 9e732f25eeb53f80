/**
 * XEP-0404 MIX-ANON 0.3.1 (2020-12-01), for a client: preferences, the JID map, private messages.
 * Reads and sets what the user wants to show in a channel; for owners and administrators, who is who.
 * Does not join (xep/0405-pam/client.ts) nor follow a conversation (client/live-private.ts).
 * Always: people are named by their participant id and its encoded address.
 * Before: xep/0404-anon/wire.ts. After: xep/0404-anon/client-private.ts, xep/0405-pam/client.ts.
 */
import type { Client } from '../../client/client.ts';
import type { Mode, Preferences } from '../../mix.ts';
import { unlessBad } from '../../stanza/codec.ts';
import { fetchItems } from '../0060-pubsub/client.ts';
import { NODE_NAMES } from '../0369-core/wire.ts';
import { changePreferences, preferencesTold, type CustomValues } from './client-settle.ts';
import {
  buildDryRun,
  buildUserPreference,
  customFields,
  DEFAULT_PREFERENCES,
  parseDryRun,
  parseMapped,
  parseUserPreference,
  type DryRun,
} from './wire.ts';

export { onPrivateMessage, sendPrivateMessage, type PrivateMessage } from './client-private.ts';
export type { CustomValues } from './client-settle.ts';
export type { DryRun } from './wire.ts';
export type { Mode, Preferences } from '../../mix.ts';

/** A preference that one channel has, and this library does not know. */
export interface CustomPreference {
  /** The name of its field. */
  readonly name: string;
  /** For a person. */
  readonly label: string;
  /** As XEP-0004 §3.3 has them: `list-single`, `boolean`, `text-single` and others. */
  readonly type: string;
  /** What holds, or would hold. */
  readonly values: readonly string[];
  /** What can be chosen; empty where the type says it. */
  readonly options: readonly { readonly value: string; readonly label: string }[];
}

/**
 * What holds for the user in a channel (§3.1); the defaults for somebody who has not joined yet.
 * @throws as {@link Client.request}: `service-unavailable` where the channel has no preferences
 * @example
 * const { jidVisibility } = await getPreferences(client, channel);
 * console.log(jidVisibility); // default
 */
export async function getPreferences(client: Client, channel: string): Promise<Preferences> {
  const answer = await client.request('get', channel, buildUserPreference());
  return { ...DEFAULT_PREFERENCES, ...preferencesTold(answer) };
}

/**
 * Sets what the user wants to show (§3.1); what is not mentioned stays.
 * @param custom the values of preferences that {@link listCustomPreferences} tells
 * @returns all four preferences, as they hold now
 * @throws as {@link Client.request}: `not-acceptable` for what the channel's mode does not admit, `forbidden` for those
 * who take no part
 * @example
 * const held = await setPreferences(client, channel, { jidVisibility: 'never' });
 * console.log(held.jidVisibility); // never
 */
export async function setPreferences(
  client: Client,
  channel: string,
  change: Partial<Preferences>,
  custom?: CustomValues,
): Promise<Preferences> {
  return { ...DEFAULT_PREFERENCES, ...(await changePreferences(client, channel, change, custom)) };
}

/**
 * What else can be chosen in a channel, beyond the four preferences that every channel has (§3.1).
 * @throws as {@link Client.request}: `service-unavailable` where the channel has no preferences
 * @example
 * for (const { name, label, options } of await listCustomPreferences(client, channel))
 *   console.log(label, options.map(({ value }) => value));
 */
export async function listCustomPreferences(
  client: Client,
  channel: string,
): Promise<readonly CustomPreference[]> {
  const answer = await client.request('get', channel, buildUserPreference());
  const form = answer && unlessBad(() => parseUserPreference(answer));
  return (form === undefined ? [] : customFields(form)).map(
    ({ var: name, label, type = 'text-single', values, options = [] }) => ({
      name,
      label: label ?? name,
      type,
      values,
      options: options.map(({ value, label: text }) => ({ value, label: text ?? value })),
    }),
  );
}

/**
 * Who stands behind the participants of a channel (§2.5).
 * @throws as {@link Client.request}: `not-allowed` for all but owners and administrators
 * @example
 * const map = await getJidMap(client, channel);
 * console.log(map[0]?.address === client.account); // true
 */
export async function getJidMap(
  client: Client,
  channel: string,
): Promise<readonly { readonly id: string; readonly address: string }[]> {
  const items = await fetchItems(client, channel, NODE_NAMES.jidmap);
  return items.flatMap(({ id, payload }) => {
    const address = payload && unlessBad(() => parseMapped(payload));
    return id === undefined || address === undefined ? [] : [{ id, address }];
  });
}

/**
 * What a change of mode would do, without doing it: an extension of Vizard's, for owners and administrators.
 * @returns how many participants the channel would lose, since their preferences do not admit the mode; and how many
 * addresses would become visible to the others, and hidden
 * @throws as {@link Client.request}: `forbidden` for all but owners and administrators; `service-unavailable` where the
 * service does not know this
 * @example
 * const { leaving, shown } = await dryRunMode(client, channel, 'jid-visible');
 * console.log(leaving, shown); // 0 1
 */
export async function dryRunMode(client: Client, channel: string, mode: Mode): Promise<DryRun> {
  const answer = await client.request('get', channel, buildDryRun(mode));
  const found = answer && parseDryRun(answer).counts;
  if (found === undefined) throw new Error('the channel did not say what would happen');
  return found;
}

/**
 * XEP-0406 MIX-ADMIN 0.3.1 (2022-03-22) §2.4: the table of a channel's options.
 * Owns their names, byte for byte, in the document's order, their kinds, values and defaults, and labels for people.
 * Does not read or write a form (wire.ts).
 * Always: every option of the document is here once, and 'JID Visibility' besides (D-01).
 * Before: mix.ts. After: xep/0406-admin/wire.ts.
 */
import type { ChannelOptions, Group, Node } from '../../mix.ts';
import { MODE_NAME } from '../0404-anon/wire.ts';

export interface ConfigOptions extends ChannelOptions {
  /** Addresses as given, not yet prepared. */
  readonly owners: readonly string[];
  readonly administrators: readonly string[];
  /** Milliseconds since 1970; null: for ever. */
  readonly endOfLife: number | null;
}

type KeyOf<Value> = {
  [K in keyof ConfigOptions]: ConfigOptions[K] extends Value ? K : never;
}[keyof ConfigOptions];

export interface GroupOption {
  readonly kind: 'group';
  readonly key: KeyOf<Group>;
  readonly groups: readonly Group[];
  readonly initial: Group;
}

export interface FlagOption {
  readonly kind: 'flag';
  readonly key: KeyOf<boolean>;
  readonly initial: boolean;
  /** A name that examples use instead (D-70), which may say the opposite. */
  readonly also?: { readonly name: string; readonly isInverse: boolean };
}

export type ConfigOption = { readonly name: string; readonly label: string } & (
  | GroupOption
  | FlagOption
  | { readonly kind: 'jids'; readonly key: 'owners' | 'administrators' }
  | { readonly kind: 'time'; readonly key: 'endOfLife' }
  | { readonly kind: 'nodes'; readonly key: 'nodesPresent' }
  | { readonly kind: 'mode'; readonly key: 'mode' }
);

export const LAST_CHANGE_NAME = 'Last Change Made By';

/** The words of 'Nodes Present' and the nodes that each stands for; jidmap as in D-29. */
export const NODE_WORDS: readonly (readonly [string, readonly Node[]])[] = [
  ['participants', ['participants']],
  ['presence', ['presence']],
  ['information', ['info']],
  ['allowed', ['allowed']],
  ['banned', ['banned']],
  ['jidmap-visible', ['jidmap']],
  ['avatar', ['avatar-data', 'avatar-metadata']],
];

const OPEN: readonly Group[] = ['participants', 'allowed', 'anyone'];
const LISTS: readonly Group[] = ['participants', 'allowed', 'nobody', 'admins', 'owners'];
const UPDATE: readonly Group[] = ['participants', 'admins', 'owners'];

function group(
  key: GroupOption['key'],
  name: string,
  groups: readonly Group[],
  initial: Group,
  label: string,
): ConfigOption {
  return { kind: 'group', key, name, groups, initial, label };
}

function flag(
  key: FlagOption['key'],
  name: string,
  initial: boolean,
  label: string,
  also?: FlagOption['also'],
): ConfigOption {
  return { kind: 'flag', key, name, initial, label, ...(also && { also }) };
}

/** All options but 'Last Change Made By', which nobody sets. */
export const OPTIONS: readonly ConfigOption[] = [
  { kind: 'jids', key: 'owners', name: 'Owner', label: 'Owners' },
  { kind: 'jids', key: 'administrators', name: 'Administrator', label: 'Administrators' },
  { kind: 'time', key: 'endOfLife', name: 'End of Life', label: 'When the channel ends (empty: never)' },
  { kind: 'nodes', key: 'nodesPresent', name: 'Nodes Present', label: 'What the channel has' },
  group(
    'messagesSubscription',
    'Messages Node Subscription',
    OPEN,
    'participants',
    'Who may follow the messages',
  ),
  group(
    'presenceSubscription',
    'Presence Node Subscription',
    OPEN,
    'participants',
    'Who may follow the presence',
  ),
  group(
    'participantsSubscription',
    'Participants Node Subscription',
    [...OPEN, 'nobody', 'admins', 'owners'],
    'participants',
    'Who may see the list of participants',
  ),
  group(
    'informationSubscription',
    'Information Node Subscription',
    OPEN,
    'participants',
    'Who may read the information',
  ),
  group('allowedSubscription', 'Allowed Node Subscription', LISTS, 'admins', 'Who may see who is allowed'),
  group('bannedSubscription', 'Banned Node Subscription', LISTS, 'admins', 'Who may see who is banned'),
  group('configurationAccess', 'Configuration Node Access', LISTS, 'owners', 'Who may see these settings'),
  group(
    'informationUpdate',
    'Information Node Update Rights',
    UPDATE,
    'admins',
    'Who may change the information',
  ),
  group('avatarUpdate', 'Avatar Nodes Update Rights', UPDATE, 'admins', 'Who may change the avatar'),
  flag('openPresence', 'Open Presence', false, 'Others than participants may show presence'),
  flag(
    'mustProvidePresence',
    'Participants Must Provide Presence',
    false,
    'Participants must share their presence',
  ),
  flag('userRetraction', 'User Message Retraction', false, 'Participants may retract their own messages', {
    name: 'Allow User Message Retraction',
    isInverse: false,
  }),
  group(
    'administratorRetraction',
    'Administrator Message Retraction Rights',
    ['nobody', 'admins', 'owners'],
    'owners',
    'Who may retract the messages of others',
  ),
  flag(
    'invitationByParticipant',
    'Participation Addition by Invitation from Participant',
    false,
    'Participants may invite',
  ),
  flag('privateMessages', 'Private Messages', true, 'Private messages between participants', {
    name: 'No Private Messages',
    isInverse: true,
  }),
  flag('mandatoryNicks', 'Mandatory Nicks', true, 'Every participant must have a nick'),
  {
    kind: 'mode',
    key: 'mode',
    name: MODE_NAME,
    label: 'Who sees the addresses of participants',
  },
];

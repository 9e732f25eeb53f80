/**
 * Channels, people and messages for the tests of the stores.
 * Owns small builders: each gives a whole valid value, and the test says only what matters to it.
 * Does not assert anything.
 * Always: `plain` shows addresses as text. Two RealJids look alike to a test runner, as nothing of one can be seen.
 * Before: storage/facts.ts. After: storage/contract.ts.
 */
import type { AnonymousResource, ChannelName, ParticipantId } from '../jid/public-jid.ts';
import { RealJid } from '../jid/real-jid.ts';
import type {
  ArchivedMessage,
  ChannelConfig,
  ChannelInfo,
  Fact,
  Invitation,
  Notice,
  NoticePlace,
  Picture,
  Preferences,
  Session,
} from './facts.ts';
import { restoreJid, storeJid } from './stored-jid.ts';
import type { Commit, Store } from './store.ts';

export const jid = restoreJid;
export const channelName = (name: string) => name as ChannelName;
export const participantId = (id: string) => id as ParticipantId;
export const anonymousResource = (resource: string) => resource as AnonymousResource;

export const COVEN = channelName('coven');
export const HECATE = participantId('hecateid');
export const HAG = participantId('hagid');
export const hecate = jid('hecate@a.example');
export const hag = jid('hag@b.example');

export const DEFAULT_PREFERENCES: Preferences = {
  jidVisibility: 'default',
  privateMessages: 'allow',
  vCard: 'block',
  presence: 'share',
};

export function sampleConfig(changes: Partial<ChannelConfig> = {}): ChannelConfig {
  return {
    mode: 'jid-hidden',
    owners: [hecate],
    administrators: [],
    lastChangeBy: hecate,
    endOfLife: undefined,
    nodesPresent: ['messages', 'participants', 'presence', 'info', 'jidmap'],
    messagesSubscription: 'participants',
    presenceSubscription: 'participants',
    participantsSubscription: 'participants',
    informationSubscription: 'anyone',
    allowedSubscription: 'admins',
    bannedSubscription: 'admins',
    configurationAccess: 'owners',
    informationUpdate: 'admins',
    avatarUpdate: 'admins',
    openPresence: false,
    mustProvidePresence: false,
    userRetraction: true,
    administratorRetraction: 'admins',
    invitationByParticipant: false,
    privateMessages: true,
    mandatoryNicks: true,
    ...changes,
  };
}

export function sampleInfo(changes: Partial<ChannelInfo> = {}): ChannelInfo {
  return { name: undefined, description: undefined, contact: [], ...changes };
}

export function created(
  changes: { listed?: boolean; config?: ChannelConfig; info?: ChannelInfo } = {},
): Fact {
  return {
    fact: 'created',
    at: 1_000,
    listed: true,
    config: sampleConfig(),
    configId: 'config-1',
    info: sampleInfo(),
    infoId: 'info-1',
    ...changes,
  };
}

/** Two facts: the id is given, and its owner takes part. */
export function joining(id: ParticipantId, who: RealJid, nick: string | undefined): readonly Fact[] {
  return [
    { fact: 'identified', id, jid: who },
    { fact: 'joined', id, nick, preferences: DEFAULT_PREFERENCES, at: 2_000, isSessionOnly: false },
  ];
}

export function sampleSession(id: ParticipantId, client: string, changes: Partial<Session> = {}): Session {
  return {
    id,
    client: jid(client),
    anonymous: anonymousResource(`anonymous-${client}`),
    available: true,
    payload: '<show>chat</show>',
    entered: undefined,
    ...changes,
  };
}

export function sampleMessage(
  id: string,
  position: number,
  changes: Partial<ArchivedMessage> = {},
): ArchivedMessage {
  return {
    id,
    position,
    sender: HECATE,
    nick: 'Hecate',
    shown: false,
    at: position * 1_000,
    payload: `<body>${id}</body>`,
    originalId: `original-${id}`,
    ...changes,
  };
}

export function sampleInvitation(token: string, changes: Partial<Invitation> = {}): Invitation {
  return { token, inviter: hecate, invitee: jid('banquo@forres.example'), expiresAt: 90_000, ...changes };
}

export function samplePicture(node: Picture['node'], itemId: string, payload = `<${node}/>`): Picture {
  return { node, itemId, payload };
}

export function posted(message: ArchivedMessage): Fact {
  return { fact: 'posted', message };
}

export function toldMessage(message: ArchivedMessage): Notice {
  return { kind: 'message', message, shown: false, audience: { node: 'messages' } };
}

export function place(version: number, index: number, channel: ChannelName = COVEN): NoticePlace {
  return { channel, version, index };
}

/** Writes turns of one version each, and remembers the versions. */
export class Scribe {
  readonly #subject: { readonly store: Store };
  readonly #versions = new Map<ChannelName, number>();

  /** @param subject has the store to write to, which may become another one when it is opened again */
  constructor(subject: { readonly store: Store }) {
    this.#subject = subject;
  }

  /** The next commit of a channel, not yet written. */
  next(channel: ChannelName, facts: readonly Fact[], notices: readonly Notice[] = []): Commit {
    const expected = this.#versions.get(channel) ?? 0;
    const erased = facts.at(-1)?.fact === 'erased';
    this.#versions.set(channel, erased ? 0 : expected + 1);
    return { channel, expected, version: expected + 1, facts, notices };
  }

  async write(channel: ChannelName, facts: readonly Fact[], notices: readonly Notice[] = []): Promise<void> {
    await this.#subject.store.commit([this.next(channel, facts, notices)], []);
  }
}

/** The same value with the text of each address in its place, to be compared and printed. */
export function plain(value: unknown): unknown {
  if (value instanceof RealJid) return storeJid(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}

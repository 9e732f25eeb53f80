/**
 * What of the rules' vocabulary is kept as JSON text: config, info and notices.
 * Owns the way between these and their text, field by field where an address is among them.
 * Does not know tables; messages and sessions have columns of their own in a database.
 * Always: decoding an encoded value gives an equal one. JSON.stringify would write a RealJid as its log hash, so
 * nothing is written that is not of the type `Stored`, in which every RealJid has become text.
 * Before: storage/stored-jid.ts. After: storage/sqlite/notices.ts.
 */
import type { RealJid } from '../jid/real-jid.ts';
import type { ArchivedMessage, Audience, ChannelConfig, ChannelInfo, Notice, Session } from './facts.ts';
import { restoreJid, storeJid } from './stored-jid.ts';

/** `Value` with text for each address: a field that was forgotten below does not compile. */
type Stored<Value> = Value extends string | number | boolean | undefined
  ? Value
  : Value extends RealJid
    ? string
    : Value extends readonly (infer Item)[]
      ? readonly Stored<Item>[]
      : { readonly [Key in keyof Value]: Stored<Value[Key]> };

type MessageNotice = Extract<Notice, { kind: 'message' }>;
type StoredNotice = Stored<Exclude<Notice, MessageNotice>> | Stored<Omit<MessageNotice, 'message'>>;

export function encodeConfig(config: ChannelConfig): string {
  const stored: Stored<ChannelConfig> = {
    ...config,
    owners: config.owners.map(storeJid),
    administrators: config.administrators.map(storeJid),
    lastChangeBy: storeJid(config.lastChangeBy),
  };
  return JSON.stringify(stored);
}

export function decodeConfig(text: string): ChannelConfig {
  const stored = JSON.parse(text) as Stored<ChannelConfig>;
  return {
    ...stored,
    // JSON leaves undefined out; the type has it.
    endOfLife: stored.endOfLife,
    owners: stored.owners.map(restoreJid),
    administrators: stored.administrators.map(restoreJid),
    lastChangeBy: restoreJid(stored.lastChangeBy),
  };
}

export function encodeInfo(info: ChannelInfo): string {
  return JSON.stringify(info);
}

export function decodeInfo(text: string): ChannelInfo {
  const stored = JSON.parse(text) as ChannelInfo;
  return { name: stored.name, description: stored.description, contact: stored.contact };
}

export function decodeJids(text: string): readonly RealJid[] {
  return (JSON.parse(text) as readonly string[]).map(restoreJid);
}

/** The text of a notice; that of a 'message' leaves the message out, which is in the archive already. */
export function encodeNotice(notice: Notice): string {
  return JSON.stringify(storeNotice(notice));
}

/**
 * The notice of a text that `encodeNotice` made.
 * @param archived the archive's message, for a notice of kind 'message'
 */
export function decodeNotice(text: string, archived: ArchivedMessage | undefined): Notice {
  return restoreNotice(JSON.parse(text) as StoredNotice, archived);
}

function storeAudience(audience: Audience): Stored<Audience> {
  return 'jid' in audience ? { jid: storeJid(audience.jid) } : audience;
}

function restoreAudience(stored: Stored<Audience>): Audience {
  return 'jid' in stored ? { jid: restoreJid(stored.jid) } : stored;
}

function storeSession(session: Session): Stored<Session> {
  return { ...session, client: storeJid(session.client) };
}

function restoreSession(stored: Stored<Session>): Session {
  return { ...stored, client: restoreJid(stored.client), entered: stored.entered };
}

function storeNotice(notice: Notice): StoredNotice {
  const audience = storeAudience(notice.audience);
  switch (notice.kind) {
    case 'message':
      return {
        ...{ kind: notice.kind, shown: notice.shown, audience },
        ...(notice.echo === undefined ? {} : { echo: notice.echo }),
      };
    case 'listed':
    case 'unlisted':
      return { ...notice, audience, jid: storeJid(notice.jid) };
    case 'presence':
      return { ...notice, audience, session: storeSession(notice.session) };
    case 'occupant':
      return { ...notice, audience, session: notice.session && storeSession(notice.session) };
    default:
      return { ...notice, audience };
  }
}

function restoreNotice(stored: StoredNotice, archived: ArchivedMessage | undefined): Notice {
  const audience = restoreAudience(stored.audience);
  switch (stored.kind) {
    case 'message':
      if (archived === undefined) throw new Error('a notice of a message that is not in the archive');
      return { ...stored, audience, message: archived };
    case 'live': {
      const { message } = stored;
      const { sender, nick, originalId } = message;
      return { ...stored, audience, message: { ...message, sender, nick, originalId } };
    }
    case 'listed':
    case 'unlisted':
      return { ...stored, audience, jid: restoreJid(stored.jid) };
    case 'presence':
      return { ...stored, audience, session: restoreSession(stored.session), nick: stored.nick };
    case 'participant':
      return { ...stored, audience, nick: stored.nick };
    case 'occupant':
      return { ...stored, audience, session: stored.session && restoreSession(stored.session) };
    case 'room-changed':
      return { ...stored, audience, privacy: stored.privacy };
    default:
      return { ...stored, audience };
  }
}

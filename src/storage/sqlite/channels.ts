/**
 * Channels as they were last committed, and the lists of them.
 * Owns the reading of every table of channels but the archive's and the outbox's.
 * Does not write.
 * Always: lists of a channel come in the order in which their entries came, as from the memory store.
 * Before: storage/sqlite/facts.ts. After: storage/sqlite/sqlite.ts.
 */
import type { AnonymousResource, ChannelName, ParticipantId } from '../../jid/public-jid.ts';
import type { RealJid } from '../../jid/real-jid.ts';
import { decodeConfig, decodeInfo, decodeJids } from '../codec.ts';
import type { Group, Mode, Node, Picture, Preferences } from '../facts.ts';
import { listTexts, restoreJid, storeJid } from '../stored-jid.ts';
import {
  UnknownItem,
  type ChannelRecord,
  type ListedChannel,
  type Page,
  type PageRequest,
} from '../store.ts';
import { COUNT_MAX } from './archive.ts';
import type { Database, Value } from './connection.ts';

/** The row that every commit touches. */
export interface ChannelRow {
  readonly key: number;
  readonly version: number;
  readonly messages: number;
  readonly latest: number;
}

export interface Channels {
  row(name: ChannelName): ChannelRow | undefined;
  load(name: ChannelName): ChannelRecord | undefined;
  reservedTo(name: ChannelName): readonly RealJid[] | undefined;
  names(after: ChannelName | undefined, max: number): readonly ChannelName[];
  /** Those in which the account takes part. */
  of(jid: RealJid, after: ChannelName | undefined, max: number): readonly ChannelName[];
  expired(at: number, max: number): readonly ChannelName[];
  /** The payload of an item of an avatar node. */
  picture(channel: number, node: Picture['node'], itemId: string): string | undefined;
  /** @throws UnknownItem when the page names a channel that is not in the asker's list */
  listed(asker: RealJid, page: PageRequest): Page<ListedChannel>;
}

export function channels(db: Database): Channels {
  const row = db.prepare('SELECT key, version, messages, latest FROM channel WHERE name = ?');
  const reserved = db.prepare('SELECT owners FROM reserved WHERE name = ?');
  const names = db.prepare(`SELECT name FROM channel JOIN settings ON channel = key
    WHERE destroyed = 0 AND name > ? ORDER BY name LIMIT ?`);
  const joined = db.prepare(`SELECT name FROM identity
    JOIN participant USING (channel, id) JOIN settings USING (channel) JOIN channel ON key = identity.channel
    WHERE jid = ? AND destroyed = 0 AND name > ? ORDER BY name LIMIT ?`);
  const expired = db.prepare(`SELECT name FROM settings JOIN channel ON key = channel
    WHERE destroyed = 0 AND end_of_life <= ? ORDER BY end_of_life, name LIMIT ?`);
  const picture = db.prepare('SELECT payload FROM picture WHERE channel = ? AND node = ? AND item_id = ?');
  const namesOf = (rows: readonly unknown[]) =>
    (rows as readonly { readonly name: ChannelName }[]).map(({ name }) => name);
  const rowOf = (name: ChannelName) => row.get(name) as ChannelRow | undefined;
  const load = loader(db);
  return {
    row: rowOf,
    load(name) {
      const found = rowOf(name);
      return found === undefined ? undefined : load(name, found);
    },
    reservedTo(name) {
      const found = reserved.get(name) as { readonly owners: string } | undefined;
      return found === undefined ? undefined : decodeJids(found.owners);
    },
    names: (after, max) => namesOf(names.all(after ?? '', max)),
    of: (jid, after, max) => namesOf(joined.all(storeJid(jid.bare), after ?? '', max)),
    expired: (at, max) => namesOf(expired.all(at, max)),
    picture(channel, node, itemId) {
      const found = picture.get(channel, node, itemId) as { readonly payload: string } | undefined;
      return found?.payload;
    },
    listed: lister(db),
  };
}

interface SettingsRow {
  readonly created_at: number;
  readonly listed: number;
  readonly destroyed: number;
  readonly config: string;
  readonly config_id: string;
  readonly info: string;
  readonly info_id: string;
}

interface ParticipantRow extends Omit<Preferences, 'vCard'> {
  readonly id: ParticipantId;
  readonly nick: string | null;
  readonly vcard: Preferences['vCard'];
  readonly at: number;
  readonly sessionOnly: number;
}

interface SessionRow {
  readonly id: ParticipantId;
  readonly anonymous: AnonymousResource;
  readonly client: string;
  readonly available: number;
  readonly payload: string;
  readonly entered: number | null;
}

interface InvitationRow {
  readonly token: string;
  readonly inviter: string;
  readonly invitee: string;
  readonly expiresAt: number;
}

function loader(db: Database): (name: ChannelName, row: ChannelRow) => ChannelRecord {
  const all = (columns: string, table: string) =>
    db.prepare(`SELECT ${columns} FROM ${table} WHERE channel = ? ORDER BY rowid`);
  const settings = db.prepare('SELECT * FROM settings WHERE channel = ?');
  const identities = all('id, jid', 'identity');
  const participants = all(
    `id, nick, jid_visibility AS jidVisibility, private_messages AS privateMessages, vcard, presence, at,
      session_only AS sessionOnly`,
    'participant',
  );
  const subscriptions = all('jid, node, since', 'subscription');
  const sessions = all('id, anonymous, client, available, payload, entered', 'session');
  const entries = all('list, jid', 'entry');
  const invitations = all('token, inviter, invitee, expires_at AS expiresAt', 'invitation');
  const pictures = all('node, item_id AS itemId', 'picture');
  return (name, { key, version }) => {
    const { created_at, listed, destroyed, config, config_id, info, info_id } = settings.get(
      key,
    ) as SettingsRow;
    const lists = entries.all(key) as { readonly list: 'allowed' | 'banned'; readonly jid: string }[];
    const listOf = (wanted: string) =>
      lists.filter(({ list }) => list === wanted).map(({ jid }) => restoreJid(jid));
    return {
      name,
      version,
      createdAt: created_at,
      listed: listed === 1,
      destroyed: destroyed === 1,
      config: decodeConfig(config),
      configId: config_id,
      info: decodeInfo(info),
      infoId: info_id,
      identities: (identities.all(key) as { readonly id: ParticipantId; readonly jid: string }[]).map(
        ({ id, jid }) => ({ id, jid: restoreJid(jid) }),
      ),
      participants: (participants.all(key) as ParticipantRow[]).map(
        ({ id, nick, jidVisibility, privateMessages, vcard, presence, at, sessionOnly }) => ({
          id,
          nick: nick ?? undefined,
          preferences: { jidVisibility, privateMessages, vCard: vcard, presence },
          at,
          isSessionOnly: sessionOnly === 1,
        }),
      ),
      subscriptions: (
        subscriptions.all(key) as { readonly jid: string; readonly node: Node; readonly since: number }[]
      ).map(({ jid, node, since }) => ({ jid: restoreJid(jid), node, since })),
      sessions: (sessions.all(key) as SessionRow[]).map(({ client, available, entered, ...rest }) => ({
        ...rest,
        client: restoreJid(client),
        available: available === 1,
        entered: entered ?? undefined,
      })),
      allowed: listOf('allowed'),
      banned: listOf('banned'),
      invitations: (invitations.all(key) as InvitationRow[]).map(({ inviter, invitee, ...rest }) => ({
        ...rest,
        inviter: restoreJid(inviter),
        invitee: restoreJid(invitee),
      })),
      pictures: (pictures.all(key) as Omit<Picture, 'payload'>[]).map(({ node, itemId }) => ({
        node,
        itemId,
      })),
    };
  };
}

// ?1 and ?2 are the texts under which the asker may stand in a list, ?3 the asker's bare address.
const LISTED = `FROM channel JOIN settings ON settings.channel = channel.key
  WHERE listed = 1 AND destroyed = 0
    AND NOT EXISTS (SELECT 1 FROM entry WHERE entry.channel = key AND list = 'banned' AND jid IN (?1, ?2))
    AND (guarded = 0
      OR EXISTS (SELECT 1 FROM entry WHERE entry.channel = key AND list = 'allowed' AND jid IN (?1, ?2))
      OR EXISTS (SELECT 1 FROM manager WHERE manager.channel = key AND jid = ?3))`;

const LISTED_COLUMNS = `name, title, info ->> '$.description' AS description, config ->> '$.mode' AS mode, guarded,
  config ->> '$.informationSubscription' AS informationSubscription`;

interface ListedRow {
  readonly name: ChannelName;
  readonly title: string | null;
  readonly description: string | null;
  readonly mode: Mode;
  readonly guarded: number;
  readonly informationSubscription: Group;
}

function listedOf({ title, description, guarded, ...row }: ListedRow): ListedChannel {
  return {
    ...row,
    title: title ?? undefined,
    description: description ?? undefined,
    isOpen: guarded === 0,
  };
}

function lister(db: Database): (asker: RealJid, page: PageRequest) => Page<ListedChannel> {
  const forwards = db.prepare(`SELECT ${LISTED_COLUMNS} ${LISTED} AND name > ?4 AND (?5 = '' OR name < ?5)
    ORDER BY name LIMIT ?6`);
  const backwards = db.prepare(`SELECT ${LISTED_COLUMNS} ${LISTED} AND name > ?4 AND (?5 = '' OR name < ?5)
    ORDER BY name DESC LIMIT ?6`);
  const has = db.prepare(`SELECT 1 ${LISTED} AND name = ?4`);
  // No name is empty, so all names are above ''.
  const size = db.prepare(`SELECT count(*) AS size FROM
    (SELECT 1 ${LISTED} AND (?4 = '' OR name < ?4) LIMIT ${COUNT_MAX + 1})`);
  return (asker, { max, after, before }) => {
    const who: Value[] = [...listTexts(asker), storeJid(asker.bare)];
    for (const name of [after, before]) {
      const unknown = name !== undefined && name !== '' && has.get(...who, name) === undefined;
      if (unknown || (name === '' && name === after)) throw new UnknownItem('no such channel in the list');
    }
    const statement = before === undefined ? forwards : backwards;
    const rows = statement.all(...who, after ?? '', before ?? '', max + 1) as ListedRow[];
    const items = rows.slice(0, max).map(listedOf);
    if (before !== undefined) items.reverse();
    const below = (name: string) => (size.get(...who, name) as { readonly size: number }).size;
    const count = below('');
    const page = { items, complete: rows.length <= max };
    if (count > COUNT_MAX) return page;
    return items[0] === undefined ? { ...page, count } : { ...page, count, index: below(items[0].name) };
  };
}

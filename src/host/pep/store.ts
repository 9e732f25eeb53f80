/**
 * XEP-0163 Personal Eventing Protocol 1.2.2: the nodes of an account, and what is in them.
 * Reads and writes both in the host's file.
 * Does not decide who may see or change them (access.ts, items.ts, nodes.ts).
 * Always: a node holds at most as many items as it says; the newest stay; publishing an item again makes it the newest.
 * Before: host/database.ts. After: host/pep/access.ts.
 */
import { utf8Length } from '../../xml/write.ts';
import type { XmlElement } from '../../xml/element.ts';
import type { Database, Row } from '../database.ts';
import { readStored, writeStored } from '../stored.ts';

export const ACCESS_MODELS = ['presence', 'open', 'whitelist'] as const;
export type Access = (typeof ACCESS_MODELS)[number];

export interface PepNode {
  readonly name: string;
  readonly access: Access;
  readonly itemsMax: number;
  /** Are items kept, or only told? */
  readonly persists: boolean;
  /** Is the last item sent to clients that come online? */
  readonly sendsLast: boolean;
}

export interface PepItem {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly payload: XmlElement;
}

/** What an item counts for beside what it says, so that there is a limit to empty ones too. */
const ITEM_BYTES = 1_024;
const NODE_COLUMNS = 'node, access, items_max, persists, sends_last';
const ITEM_COLUMNS = 'id, at, payload';

export function pepNode(database: Database, account: string, name: string): PepNode | undefined {
  const row = database.get(
    `SELECT ${NODE_COLUMNS} FROM pep_node WHERE account = ? AND node = ?`,
    account,
    name,
  );
  return row && nodeOf(row);
}

export function pepNodes(database: Database, account: string): PepNode[] {
  return database
    .all(`SELECT ${NODE_COLUMNS} FROM pep_node WHERE account = ? ORDER BY node`, account)
    .map(nodeOf);
}

/** Makes a node, or changes its options; items that there is no room for any more go. */
export function putNode(database: Database, account: string, node: PepNode): void {
  database.run(
    `INSERT INTO pep_node (account, ${NODE_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET access = excluded.access, items_max = excluded.items_max,
       persists = excluded.persists, sends_last = excluded.sends_last`,
    account,
    node.name,
    node.access,
    node.itemsMax,
    node.persists ? 1 : 0,
    node.sendsLast ? 1 : 0,
  );
  trim(database, account, node);
}

/** Deletes a node with its items. */
export function dropNode(database: Database, account: string, name: string): void {
  database.run('DELETE FROM pep_node WHERE account = ? AND node = ?', account, name);
}

/** The items of a node, the oldest first: all, or those with these ids, or so many of the newest. */
export function pepItems(
  database: Database,
  account: string,
  name: string,
  ids: readonly string[] = [],
  max: number = Number.MAX_SAFE_INTEGER,
): PepItem[] {
  return database
    .all(
      `SELECT ${ITEM_COLUMNS} FROM pep_item WHERE account = ?1 AND node = ?2
         AND (?3 = '[]' OR id IN (SELECT value FROM json_each(?3))) ORDER BY place DESC LIMIT ?4`,
      account,
      name,
      JSON.stringify(ids),
      max,
    )
    .map(itemOf)
    .reverse();
}

/** The newest item of each of these nodes that sends it to clients that come online. */
export function lastItems(
  database: Database,
  account: string,
  names: ReadonlySet<string>,
): { readonly node: PepNode; readonly item: PepItem }[] {
  const nodes = pepNodes(database, account).filter(({ name, sendsLast }) => sendsLast && names.has(name));
  return nodes.flatMap((node) =>
    pepItems(database, account, node.name, [], 1).map((item) => ({ node, item })),
  );
}

export function putItem(database: Database, account: string, node: PepNode, item: PepItem): void {
  dropItem(database, account, node.name, item.id);
  database.run(
    `INSERT INTO pep_item (account, node, ${ITEM_COLUMNS}, bytes) VALUES (?, ?, ?, ?, ?, ?)`,
    account,
    node.name,
    item.id,
    item.at,
    writeStored(item.payload),
    bytesOf(node.name, item),
  );
  trim(database, account, node);
}

/** Returns whether there was one. */
export function dropItem(database: Database, account: string, name: string, id: string): boolean {
  const sql = 'DELETE FROM pep_item WHERE account = ? AND node = ? AND id = ?';
  return database.run(sql, account, name, id) > 0;
}

/** What the account's items would take with this one among them, and without those that make room for it. */
export function bytesWith(database: Database, account: string, node: PepNode, item: PepItem): number {
  const others = database.get(
    'SELECT sum(bytes) AS n FROM pep_item WHERE account = ? AND node <> ?',
    account,
    node.name,
  );
  const beside = database.get(
    `SELECT sum(bytes) AS n FROM (SELECT bytes FROM pep_item
       WHERE account = ? AND node = ? AND id <> ? ORDER BY place DESC LIMIT ?)`,
    account,
    node.name,
    item.id,
    node.itemsMax - 1,
  );
  return Number(others?.['n'] ?? 0) + Number(beside?.['n'] ?? 0) + bytesOf(node.name, item);
}

function bytesOf(name: string, { id, payload }: PepItem): number {
  return ITEM_BYTES + utf8Length(writeStored(payload)) + utf8Length(name) + utf8Length(id);
}

function trim(database: Database, account: string, node: PepNode): void {
  database.run(
    `DELETE FROM pep_item WHERE account = ?1 AND node = ?2 AND place NOT IN (
       SELECT place FROM pep_item WHERE account = ?1 AND node = ?2 ORDER BY place DESC LIMIT ?3)`,
    account,
    node.name,
    node.persists ? node.itemsMax : 0,
  );
}

function nodeOf(row: Row): PepNode {
  return {
    name: String(row['node']),
    access: String(row['access']) as Access,
    itemsMax: Number(row['items_max']),
    persists: row['persists'] === 1,
    sendsLast: row['sends_last'] === 1,
  };
}

function itemOf(row: Row): PepItem {
  return { id: String(row['id']), at: Number(row['at']), payload: readStored(String(row['payload'])) };
}

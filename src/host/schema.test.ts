import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Database } from './database.ts';
import { openHostDatabase, steps } from './schema.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vizard-schema-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a file of the first version is brought up to date, and keeps what is in it', () => {
  const file = join(folder, 'host.db');
  const first = new Database(file);
  first.exec(`${steps[0] ?? ''}; PRAGMA user_version = 1; INSERT INTO account (name) VALUES ('hag66')`);
  first.close();
  const second = openHostDatabase(file);
  expect(second.get('PRAGMA user_version')?.['user_version']).toBe(steps.length);
  expect(second.all('SELECT name FROM account')).toHaveLength(1);
  second.run("INSERT INTO blocked (account, jid) VALUES ('hag66', 'hecate@localhost')");
  second.run("INSERT INTO pep_node VALUES ('hag66', 'n', 'open', 1, 1, 1)");
  second.run("INSERT INTO pep_item VALUES (1, 'hag66', 'n', 'i', 0, '<a/>', 1)");
  second.run("DELETE FROM account WHERE name = 'hag66'");
  for (const table of ['pep_item', 'pep_node', 'blocked'])
    expect(second.all(`SELECT * FROM ${table}`)).toEqual([]);
  second.close();
});

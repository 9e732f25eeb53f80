import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { parseConfig } from '../service/config.ts';
import { Trouble } from './output.ts';
import { hostFile, lastingHostFile, openStore, uploadsFolder } from './storage.ts';

const folder = mkdtempSync(join(tmpdir(), 'vizard-storage-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('a folder that is made is its owner’s alone, and so is the file', async () => {
  const file = join(folder, 'new', 'vizard.db');
  await (await openStore({ kind: 'sqlite', file })).close();
  expect(statSync(join(folder, 'new')).mode & 0o777).toBe(0o700);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('the host’s file is beside the service’s, and never the same', () => {
  expect(hostFile({ kind: 'sqlite', file: '/a/vizard.db' })).toBe('/a/host.db');
  expect(hostFile({ kind: 'sqlite', file: '/a/host.db' })).toBe('/a/host-accounts.db');
  expect(hostFile({ kind: 'memory' })).toBe(':memory:');
  expect(hostFile({ kind: 'sqlite', file: ':memory:' })).toBe(':memory:');
});

test('uploaded files are beside the database, elsewhere, or nowhere', () => {
  const folderOf = (env: Record<string, string>) => uploadsFolder(parseConfig(undefined, env, () => ''));
  expect(folderOf({ VIZARD_STORAGE__URL: 'sqlite:/a/vizard.db' })).toBe('/a/uploads');
  expect(folderOf({ VIZARD_STORAGE__URL: 'memory:' })).toBeUndefined();
  expect(folderOf({ VIZARD_STORAGE__URL: 'memory:', VIZARD_HOST__UPLOADS: '/b' })).toBe('/b');
  expect(folderOf({ VIZARD_HOST__UPLOADS: 'off' })).toBeUndefined();
});

test('accounts in memory are out of reach', () => {
  expect(() => lastingHostFile({ kind: 'memory' })).toThrow(Trouble);
});

test.each([
  ['a folder', folder, 'cannot be used'],
  ['below a file', join(folder, 'file', 'vizard.db'), 'a file is where a folder should be'],
])('a database that is %s is told to the operator', async (_, file, message) => {
  writeFileSync(join(folder, 'file'), 'this is no database');
  await expect(openStore({ kind: 'sqlite', file })).rejects.toThrow(message);
  await expect(openStore({ kind: 'sqlite', file })).rejects.toBeInstanceOf(Trouble);
});

test('a file that is something else is left alone', async () => {
  const file = join(folder, 'letter.txt');
  writeFileSync(file, 'Dear hag, this is no database at all, but a letter that somebody wrote.');
  await expect(openStore({ kind: 'sqlite', file })).rejects.toBeInstanceOf(Trouble);
});

test('a store in memory needs no file', async () => {
  const store = await openStore({ kind: 'memory' });
  expect(await store.channelNames(undefined, 10)).toEqual([]);
  await store.close();
});

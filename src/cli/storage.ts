/**
 * The files that Vizard keeps.
 * Owns the way from the config's storage url to an open store and to the path of the host's file, and their folder.
 * Does not know what is in them (storage/, host/).
 * Always: a folder that is made here is its owner's alone.
 * Before: cli/start.ts. After: storage/store.ts.
 */
import { mkdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Config } from '../service/config.ts';
import type { Store } from '../storage/store.ts';
import { Trouble, whyNot } from './output.ts';

const MEMORY = ':memory:';

/** Opens the service's store, and makes it where it is not there. @throws Trouble */
export async function openStore(storage: Config['storage']): Promise<Store> {
  if (storage.kind === 'memory') return (await import('../storage/memory.ts')).memoryStore();
  const { openSqlite } = await import('../storage/sqlite/sqlite.ts');
  const file = storageFile(storage) ?? MEMORY;
  return onDisk(file, () => openSqlite(file));
}

/** Runs what opens a file, after its folder was made. @throws Trouble */
export function onDisk<Result>(file: string, open: () => Result): Result {
  try {
    if (file !== MEMORY) mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    return open();
  } catch (error) {
    throw new Trouble(
      `The database ${file} cannot be used: ${whyNot(error)}. [storage] url says where it is.`,
      {
        cause: error,
      },
    );
  }
}

/** The whole path of the service's file; undefined where there is none. */
export function storageFile(storage: Config['storage']): string | undefined {
  return storage.kind === 'memory' || storage.file === MEMORY ? undefined : resolve(storage.file);
}

/** The file of the embedded server, beside the service's. */
export function hostFile(storage: Config['storage']): string {
  const file = storageFile(storage);
  if (file === undefined) return MEMORY;
  return join(dirname(file), basename(file) === 'host.db' ? 'host-accounts.db' : 'host.db');
}

/** The same, for commands that need what another process left there. @throws Trouble */
export function lastingHostFile(storage: Config['storage']): string {
  const file = hostFile(storage);
  if (file !== MEMORY) return file;
  throw new Trouble('This config keeps everything in memory, so there are no accounts to work on.');
}

/** The folder of uploaded files: as configured, or beside the database; undefined where none are taken. */
export function uploadsFolder({
  storage,
  host: { uploads },
}: Pick<Config, 'storage' | 'host'>): string | undefined {
  if (uploads === 'off') return undefined;
  if (uploads !== undefined) return resolve(uploads);
  const file = storageFile(storage);
  return file === undefined ? undefined : join(dirname(file), 'uploads');
}

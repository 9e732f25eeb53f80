/**
 * XEP-0363 HTTP File Upload 1.2.0: the files that accounts have uploaded.
 * Owns the slots, the quotas and the folder: gives out addresses, takes each file once, and lets it go in time.
 * Does not answer requests over XMPP (upload-slots.ts) or HTTP (upload-routes.ts), nor look into a file.
 * Always: an address is 256 random bits and at most the ending of the file's name, so that it tells nothing of who
 * uploaded it; only a hash of it is stored; a file is exactly as large as was asked for; a file whose row goes, with its
 * account or its time, goes too, if need be after the next start.
 * Before: host/host.ts. After: host/upload-slots.ts, host/upload-routes.ts.
 */
import { createHash, randomBytes } from 'node:crypto';
import { createWriteStream, mkdirSync, rmSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { refuse } from '../stanza/error.ts';
import type { Log } from '../transport/log.ts';
import { buildRetry, buildTooLarge, type SlotRequest } from '../xep/0363-upload/wire.ts';
import type { Database, Row } from './database.ts';
import type { Lane } from './lane.ts';
import type { HostLimits } from './limits.ts';
import { HostRefused } from './listen.ts';

const DAY_MS = 86_400_000;
/** Files that are looked at in one round of housekeeping. */
const SWEEP_MAX = 100;
const UNKNOWN_TYPE = 'application/octet-stream';

export interface UploadsOptions {
  readonly folder: string;
  readonly database: Database;
  readonly lane: Lane;
  readonly limits: HostLimits;
  readonly clock: { now(): number };
  readonly log: Log;
}

/** A file that can be fetched. */
export interface StoredFile {
  readonly path: string;
  readonly bytes: number;
  readonly type: string;
  /** The same for the same bytes, since a file never changes. */
  readonly mark: string;
}

/** What a PUT comes with. */
export interface Incoming {
  readonly bytes: number | undefined;
  readonly type: string | undefined;
  readonly body: Readable;
}

/** How a PUT ends, as HTTP says it. */
export type PutStatus = 201 | 400 | 404 | 409 | 411 | 413 | 415 | 503 | 507;

/** Throws HostRefused where the folder cannot be used. */
export function openUploads(options: UploadsOptions): Uploads {
  try {
    return new Uploads(options);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const text = `files cannot be kept in ${options.folder} (${why}). Choose another folder, or none, with [host] uploads.`;
    throw new HostRefused(text, { cause: error });
  }
}

export class Uploads {
  readonly #options: UploadsOptions;
  /** Where a file grows until it is whole. */
  readonly #incoming: string;
  readonly #receiving = new Set<string>();

  /** Makes the folder. */
  constructor(options: UploadsOptions) {
    this.#options = options;
    this.#incoming = join(options.folder, 'incoming');
    // What an end in the middle has left.
    rmSync(this.#incoming, { recursive: true, force: true });
    mkdirSync(this.#incoming, { recursive: true, mode: 0o700 });
  }

  /** Gives the account a slot, and returns the name of the file in its address. @throws Refusal */
  ask(account: string, { filename, size, contentType }: SlotRequest): string {
    const { clock, database, limits } = this.#options;
    if (size > limits.uploadBytesMax)
      throw refuse('not-acceptable', `a file may have ${limits.uploadBytesMax} bytes`, {
        within: buildTooLarge(limits.uploadBytesMax),
      });
    this.#checkQuota(account, size);
    const token = randomBytes(32).toString('base64url');
    const ending = endingOf(filename);
    database.run(
      'INSERT INTO upload (file, account, bytes, type, ending, asked_at) VALUES (?, ?, ?, ?, ?, ?)',
      fileOf(token),
      account,
      size,
      typeOf(contentType) ?? null,
      ending,
      clock.now(),
    );
    return token + ending;
  }

  /** Takes a file into its slot. */
  async put(name: string, { bytes, type, body }: Incoming): Promise<PutStatus> {
    const { clock, limits } = this.#options;
    const row = this.#row(name);
    if (row === undefined) return 404;
    const file = String(row['file']);
    if (row['stored_at'] !== null || this.#receiving.has(file)) return 409;
    if (Number(row['asked_at']) + limits.uploadSlotMs <= clock.now()) return 404;
    if (bytes === undefined) return 411;
    if (bytes !== row['bytes']) return bytes > Number(row['bytes']) ? 413 : 400;
    const [asked, given] = [row['type'] as string | null, typeOf(type)];
    if (asked !== null && given !== undefined && given !== asked) return 415;
    if (this.#receiving.size >= limits.uploadsAtOnceMax) return 503;
    this.#receiving.add(file);
    try {
      return await this.#receive(file, asked ?? given ?? UNKNOWN_TYPE, body);
    } finally {
      this.#receiving.delete(file);
    }
  }

  /** The file of that name; undefined where there is none, or none any more. */
  find(name: string): StoredFile | undefined {
    const row = this.#row(name);
    if (row === undefined || row['stored_at'] === null) return undefined;
    const file = String(row['file']);
    const path = join(this.#options.folder, file);
    return { path, bytes: Number(row['bytes']), type: String(row['type']), mark: file.slice(0, 24) };
  }

  /** From within the lane: lets go of slots that nobody used and of files whose time is over. */
  sweep(): void {
    const { clock, database, lane, limits, log } = this.#options;
    const [oldest, now] = [this.#oldest(), clock.now()];
    const over = database.all(
      'SELECT file FROM upload WHERE asked_at <= ? OR (stored_at IS NULL AND asked_at <= ?) LIMIT ?',
      oldest,
      now - limits.uploadSlotMs - limits.uploadMs,
      SWEEP_MAX,
    );
    for (const row of over) database.run('DELETE FROM upload WHERE file = ?', String(row['file']));
    for (const row of database.all('SELECT file FROM upload_removed LIMIT ?', SWEEP_MAX)) {
      const file = String(row['file']);
      rm(join(this.#options.folder, file), { force: true }).then(
        () => lane.post(() => void database.run('DELETE FROM upload_removed WHERE file = ?', file)),
        (error: unknown) => log.warn({ err: error }, 'an uploaded file could not be removed'),
      );
    }
  }

  #checkQuota(account: string, size: number): void {
    const { clock, database, limits } = this.#options;
    const since = clock.now() - DAY_MS;
    const day = database.get(
      `SELECT count(*) AS files, coalesce(sum(bytes), 0) AS bytes, min(asked_at) AS first
       FROM upload WHERE account = ? AND asked_at > ?`,
      account,
      since,
    );
    const isOver =
      Number(day?.['files']) >= limits.uploadsPerAccountPerDayMax ||
      Number(day?.['bytes']) + size > limits.uploadBytesPerAccountPerDayMax;
    if (isOver)
      throw refuse('resource-constraint', 'you have uploaded as much as you may in a day', {
        within: buildRetry(Number(day?.['first'] ?? clock.now()) + DAY_MS),
      });
    const all = database.get('SELECT coalesce(sum(bytes), 0) AS bytes FROM upload');
    if (Number(all?.['bytes']) + size > limits.uploadBytesTotalMax)
      throw refuse('resource-constraint', 'there is no room for more files');
  }

  async #receive(file: string, type: string, body: Readable): Promise<PutStatus> {
    const { clock, database, folder, log } = this.#options;
    const [part, path] = [join(this.#incoming, file), join(folder, file)];
    try {
      // HTTP itself sees to it that there are as many bytes as the header says.
      await pipeline(body, createWriteStream(part, { mode: 0o600, flush: true }));
      await rename(part, path);
    } catch (error) {
      await rm(part, { force: true });
      if (!(error instanceof Error && 'syscall' in error && 'path' in error)) return 400;
      log.error({ err: error }, 'an uploaded file could not be stored');
      return 507;
    }
    const sql = 'UPDATE upload SET stored_at = ?, type = ? WHERE file = ?';
    if (database.run(sql, clock.now(), type, file) > 0) return 201;
    // Meanwhile the account has gone.
    await rm(path, { force: true });
    return 404;
  }

  #row(name: string): Row | undefined {
    const [, token, ending = ''] = /^([\w-]{43})(\.[a-z\d]+)?$/.exec(name) ?? [];
    if (token === undefined) return undefined;
    return this.#options.database.get(
      'SELECT file, bytes, type, asked_at, stored_at FROM upload WHERE file = ? AND ending = ? AND asked_at > ?',
      fileOf(token),
      ending,
      this.#oldest(),
    );
  }

  /** What was asked for at this time or before is over. */
  #oldest(): number {
    return this.#options.clock.now() - this.#options.limits.uploadDays * DAY_MS;
  }
}

function fileOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** What clients tell the kind of a file by; the rest of the name stays with the uploader. */
function endingOf(filename: string): string {
  return /\.[a-z\d]{1,8}$/.exec(filename.toLowerCase())?.[0] ?? '';
}

/** The type without its parameters; undefined where there is none. */
function typeOf(contentType: string | undefined): string | undefined {
  return /^\s*([\w.+-]{1,80}\/[\w.+-]{1,80})\s*(?:;|$)/.exec(contentType ?? '')?.[1]?.toLowerCase();
}

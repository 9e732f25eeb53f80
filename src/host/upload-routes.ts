/**
 * XEP-0363 HTTP File Upload 1.2.0 §7, §10: files over HTTP.
 * Takes a PUT into its slot, and serves what has been uploaded, whole or a part of it (RFC 9110 §14).
 * Does not decide what may be uploaded (uploads.ts).
 * Always: nothing of a file runs in anybody's browser: what is shown there is a picture, a sound, a film or plain text,
 * in a sandbox, and all else is saved; web clients of other sites may use this, as other clients may.
 * Before: host/uploads.ts. After: host/http.ts.
 */
import { open } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { Context, Hono } from 'hono';
import type { Env } from './http-env.ts';
import type { StoredFile, Uploads } from './uploads.ts';

export const UPLOAD_PATH = '/upload/';

/** SVG is not among them: it can hold scripts. */
const SHOWN = new Set([
  ...['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif'],
  ...[
    'audio/mpeg',
    'audio/mp4',
    'audio/aac',
    'audio/ogg',
    'audio/opus',
    'audio/wav',
    'audio/webm',
    'audio/flac',
  ],
  ...['video/mp4', 'video/webm', 'video/ogg', 'video/quicktime'],
  'text/plain',
]);

const HEADERS: Readonly<Record<string, string>> = {
  'access-control-allow-origin': '*',
  'content-security-policy':
    "default-src 'none'; img-src 'self'; media-src 'self'; frame-ancestors 'none'; sandbox",
  'cross-origin-resource-policy': 'cross-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-robots-tag': 'noindex',
};

const SAID: Readonly<Record<number, string>> = {
  201: 'It is there.',
  400: 'The file is not the one that was asked for.',
  404: 'There is nothing at this address.',
  409: 'There is a file at this address.',
  411: 'How large is it?',
  413: 'The file is larger than was asked for.',
  415: 'The file is of another type than was asked for.',
  503: 'Too many files are coming in. Please try again.',
  507: 'The file could not be stored.',
};

/** Is this for a file? Such a request may take longer than others. */
export function isUpload({ url }: IncomingMessage): boolean {
  return url?.startsWith(UPLOAD_PATH) === true;
}

export function addUploads(app: Hono<Env>, uploads: Uploads): void {
  const path = `${UPLOAD_PATH}:name` as const;
  app.options(path, (c) =>
    c.body(null, 204, {
      ...HEADERS,
      'access-control-allow-methods': 'OPTIONS, HEAD, GET, PUT',
      'access-control-allow-headers': 'content-type, authorization',
      'access-control-max-age': '86400',
    }),
  );
  app.put(path, async (c) => {
    const length = c.req.header('content-length');
    const status = await uploads.put(c.req.param('name'), {
      bytes: length !== undefined && /^\d{1,15}$/.test(length) ? Number(length) : undefined,
      type: c.req.header('content-type'),
      body: c.env.incoming,
    });
    return c.text(SAID[status] ?? '', status, HEADERS);
  });
  app.get(path, (c) => {
    const file = uploads.find(c.req.param('name'));
    return file === undefined ? nothing(c) : serve(c, file);
  });
}

function nothing(c: Context<Env>): Response {
  return c.text(SAID[404] ?? '', 404, HEADERS);
}

async function serve(c: Context<Env>, { path, bytes, type, mark }: StoredFile): Promise<Response> {
  const isShown = SHOWN.has(type);
  const headers: Record<string, string> = {
    ...HEADERS,
    'content-type': type === 'text/plain' ? 'text/plain; charset=utf-8' : isShown ? type : OPAQUE,
    'content-disposition': isShown ? 'inline' : 'attachment',
    'cache-control': 'private, max-age=86400, immutable',
    'accept-ranges': 'bytes',
    etag: `"${mark}"`,
  };
  if (c.req.header('if-none-match')?.includes(`"${mark}"`) === true) return c.body(null, 304, headers);
  const asked = c.req.header('if-range') ?? `"${mark}"`;
  const range = asked === `"${mark}"` ? rangeOf(c.req.header('range'), bytes) : undefined;
  if (range === 'none') return c.body(null, 416, { ...headers, 'content-range': `bytes */${bytes}` });
  const { start, end } = range ?? { start: 0, end: bytes - 1 };
  headers['content-length'] = String(end - start + 1);
  if (range !== undefined) headers['content-range'] = `bytes ${start}-${end}/${bytes}`;
  const status = range === undefined ? 200 : 206;
  if (c.req.method === 'HEAD') return c.body(null, status, headers);
  const handle = await open(path).catch(() => undefined);
  // Its time may have come since it was found.
  if (handle === undefined) return nothing(c);
  const stream = Readable.toWeb(handle.createReadStream({ start, end })) as ReadableStream<Uint8Array>;
  return c.body(stream, status, headers);
}

const OPAQUE = 'application/octet-stream';

/** The one part that is asked for; undefined for the whole, also where several parts are; 'none' for one that is not there. */
function rangeOf(
  header: string | undefined,
  bytes: number,
): { readonly start: number; readonly end: number } | 'none' | undefined {
  const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  const start = first === '' ? Math.max(0, bytes - Number(last)) : Number(first);
  const end = first === '' || last === '' ? bytes - 1 : Math.min(Number(last), bytes - 1);
  return start > end ? 'none' : { start, end };
}

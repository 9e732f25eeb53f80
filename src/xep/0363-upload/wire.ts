/**
 * XEP-0363 HTTP File Upload 1.2.0 (2025-06-17): a place for a file, asked for over XMPP and filled over HTTP.
 * Reads and writes the request and the slot, the form that tells the largest size, and the reasons of a refusal.
 * Does not give out slots (host/) nor send files.
 * Always: a size is at least 1; of the headers that a slot names only those of the document are read, and without line
 * breaks, so that nothing else gets into a request (§10.2).
 * Before: xep/0004-forms/wire.ts. After: xep/0363-upload/client.ts.
 */
import {
  checkName,
  formatDateTime,
  optionalAttr,
  parseUnsigned,
  requiredAttr,
  requiredChild,
} from '../../stanza/codec.ts';
import { refuse } from '../../stanza/error.ts';
import { childrenOf, el, text, type XmlElement } from '../../xml/element.ts';
import type { Form } from '../0004-forms/wire.ts';

export const NS = 'urn:xmpp:http:upload:0';

const HEADERS = ['authorization', 'cookie', 'expires'];
const MAX_FILE_SIZE = 'max-file-size';

export interface SlotRequest {
  readonly filename: string;
  readonly size: number;
  readonly contentType?: string | undefined;
}

export interface Slot {
  readonly put: string;
  readonly get: string;
  /** What goes with the PUT. */
  readonly headers?: readonly (readonly [name: string, value: string])[] | undefined;
}

/** Asks for a slot (§4). */
export function buildSlotRequest({ filename, size, contentType }: SlotRequest): XmlElement {
  return el('request', NS, { filename, size: String(size), 'content-type': contentType });
}

/** Reads that; bad-request where name or size is missing, or the size is no number above 0. */
export function parseSlotRequest(request: XmlElement): SlotRequest {
  checkName(request, 'request', NS);
  const size = parseUnsigned(requiredAttr(request, 'size'));
  if (size === 0) throw refuse('bad-request', 'an empty file cannot be uploaded');
  return {
    filename: requiredAttr(request, 'filename'),
    size,
    contentType: optionalAttr(request, 'content-type'),
  };
}

/** The slot (§4). */
export function buildSlot({ put, get, headers = [] }: Slot): XmlElement {
  const written = headers.map(([name, value]) => el('header', NS, { name }, [value]));
  return el('slot', NS, {}, [el('put', NS, { url: put }, written), el('get', NS, { url: get })]);
}

/** Reads it; bad-request where an address is missing. */
export function parseSlot(slot: XmlElement): Slot {
  checkName(slot, 'slot', NS);
  const put = requiredChild(slot, 'put');
  const headers = childrenOf(put, 'header')
    .map((header) => [oneLine(header.attrs['name'] ?? ''), oneLine(text(header))] as const)
    .filter(([name]) => HEADERS.includes(name.toLowerCase()));
  return {
    put: requiredAttr(put, 'url'),
    get: requiredAttr(requiredChild(slot, 'get'), 'url'),
    headers: headers.length === 0 ? undefined : headers,
  };
}

function oneLine(value: string): string {
  return value.replace(/[\r\n]+/g, '').trim();
}

/** For service discovery (§3): the largest file. */
export function buildLimits(maxBytes: number): Form {
  const fields = [{ var: MAX_FILE_SIZE, values: [String(maxBytes)] }];
  return { type: 'result', formType: NS, fields };
}

/** Reads that; undefined where the form tells no size. */
export function parseLimits({ fields }: Form): number | undefined {
  const value = fields.find((field) => field.var === MAX_FILE_SIZE)?.values[0];
  return value === undefined || !/^\d{1,15}$/.test(value.trim()) ? undefined : Number(value);
}

/** Within an error: the file is larger than this (§6). */
export function buildTooLarge(maxBytes: number): XmlElement {
  return el('file-too-large', NS, {}, [el(MAX_FILE_SIZE, NS, {}, [String(maxBytes)])]);
}

/** Within an error: when it can be tried again (§6). */
export function buildRetry(at: number): XmlElement {
  return el('retry', NS, { stamp: formatDateTime(at) });
}

/**
 * XEP-0363 HTTP File Upload 1.2.0 (2025-06-17): a place on a web server for a file.
 * Reads and writes the request for a slot, the slot, and the limit that a service tells.
 * Does not send the file (client.ts) nor keep it.
 * Always: only the three headers that the document allows are read, without line breaks (§5).
 * Before: stanza/codec.ts. After: xep/0363-upload/client.ts.
 */
import { checkName, parseUnsigned, requiredAttr, requiredChild } from '../../stanza/codec.ts';
import { childrenOf, el, text, type XmlElement } from '../../xml/element.ts';
import { field, type Form } from '../0004-forms/wire.ts';

export const NS = 'urn:xmpp:http:upload:0';

export interface SlotRequest {
  readonly filename: string;
  /** In bytes. */
  readonly size: number;
  readonly contentType: string | undefined;
}

export interface Slot {
  /** Where the file is sent to, and the headers to send with it, in order. */
  readonly put: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Where everybody gets it. */
  readonly get: string;
}

const HEADERS = ['authorization', 'cookie', 'expires'];

/** Asks for a slot (§5). */
export function buildSlotRequest({ filename, size, contentType }: SlotRequest): XmlElement {
  return el('request', NS, { filename, size: String(size), 'content-type': contentType });
}

/** Reads that request; bad-request without a name, and for a size that is none. */
export function parseSlotRequest(request: XmlElement): SlotRequest {
  checkName(request, 'request', NS);
  return {
    filename: requiredAttr(request, 'filename'),
    size: parseUnsigned(requiredAttr(request, 'size')),
    contentType: request.attrs['content-type'],
  };
}

/** The answer (§5). */
export function buildSlot({ put, headers, get }: Slot): XmlElement {
  const fields = headers.map(([name, value]) => el('header', NS, { name }, [value]));
  return el('slot', NS, {}, [el('put', NS, { url: put }, fields), el('get', NS, { url: get })]);
}

/** Reads the answer; bad-request without the two addresses. Headers that the document does not allow are left out. */
export function parseSlot(slot: XmlElement): Slot {
  checkName(slot, 'slot', NS);
  const put = requiredChild(slot, 'put');
  const headers = childrenOf(put, 'header').map(
    (header) => [plain(header.attrs['name'] ?? ''), plain(text(header))] as const,
  );
  return {
    put: requiredAttr(put, 'url'),
    headers: headers.filter(([name]) => HEADERS.includes(name.toLowerCase())),
    get: requiredAttr(requiredChild(slot, 'get'), 'url'),
  };
}

function plain(value: string): string {
  return value.replace(/[\r\n]+/g, '');
}

/** The largest file in bytes, from the forms of the service's disco#info (§4); undefined where it tells none. */
export function maxFileSize(forms: readonly Form[]): number | undefined {
  const form = forms.find(({ formType }) => formType === NS);
  const value = (form && field(form, 'max-file-size'))?.values[0] ?? '';
  return /^\d{1,15}$/.test(value) ? Number(value) : undefined;
}

/**
 * XEP-0363 HTTP File Upload 1.2.0 (2025-06-17), for a client: a file for others to fetch.
 * Finds the service, asks it for a slot, and sends the file there.
 * Does not tell anybody of the file: its address goes into a message.
 * Always: nothing is sent to a place that is not encrypted, unless it is this very machine.
 * Before: xep/0363-upload/wire.ts. After: xep/0369-core/client-message.ts.
 */
import type { Client } from '../../client/client.ts';
import { discoverInfo, discoverItems } from '../0030-disco/client.ts';
import { buildSlotRequest, NS, parseLimits, parseSlot, type Slot } from './wire.ts';

/** A file to be sent; a `File` of a browser with itself as `body` will do. */
export interface UploadFile {
  /** Others see it as part of the address. */
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /** Such as `image/png`; '' where it is not known. */
  readonly type: string;
  readonly body: Blob | Uint8Array<ArrayBuffer>;
}

/** The service that takes files. */
export interface UploadService {
  readonly address: string;
  /** The largest file in bytes; undefined where the service does not tell. */
  readonly maxSize: number | undefined;
}

/**
 * The service of the account's own server that takes files (§4).
 * @returns undefined where there is none
 * @throws as {@link Client.request}, where the server itself does not answer
 * @example
 * const files = await findUploadService(client);
 * console.log(files?.maxSize);
 */
export async function findUploadService(client: Client): Promise<UploadService | undefined> {
  const items = await discoverItems(client, client.domain);
  for (const address of [client.domain, ...items.map((item) => item.address)]) {
    const info = await discoverInfo(client, address).catch(() => undefined);
    if (info?.features.includes(NS) !== true) continue;
    const limits = info.forms.find(({ formType }) => formType === NS);
    return { address, maxSize: limits && parseLimits(limits) };
  }
  return undefined;
}

/**
 * Sends a file to the web (§5). In a hidden channel its address tells the others which server the user has.
 * @param onProgress gets how much of it was sent, from 0 to 1; in browsers many times, elsewhere at both ends
 * @returns where everybody can fetch it
 * @throws as {@link Client.request}: `not-acceptable` for a file that is too large, `resource-constraint` for too many;
 * Error where there is no such service, or it does not take the file in the end
 * @example
 * const body = new TextEncoder().encode('Eye of newt');
 * if (await findUploadService(client)) {
 *   const url = await upload(client, { name: 'recipe.txt', size: body.length, type: 'text/plain', body });
 *   await sendMessage(client, channel, { body: url });
 * }
 */
export async function upload(
  client: Client,
  file: UploadFile,
  onProgress: (share: number) => void = () => undefined,
): Promise<string> {
  const service = await findUploadService(client);
  if (service === undefined) throw new Error('the server takes no files');
  const request = { filename: file.name, size: file.size, contentType: file.type || undefined };
  const answer = await client.request('get', service.address, buildSlotRequest(request));
  if (answer === undefined) throw new Error('the service gave no place for the file');
  const slot = parseSlot(answer);
  checkUrl(slot.put);
  checkUrl(slot.get);
  onProgress(0);
  await put(slot, file, onProgress);
  onProgress(1);
  return slot.get;
}

/** §5: TLS always; on this very machine nobody listens in. */
function checkUrl(text: string): void {
  const { protocol, hostname } = new URL(text);
  const isHere =
    hostname === 'localhost' || hostname.endsWith('.localhost') || /^(127\.|\[::1\])/.test(hostname);
  if (protocol !== 'https:' && !(protocol === 'http:' && isHere))
    throw new Error('the service offers a place without encryption');
}

async function put(slot: Slot, file: UploadFile, onProgress: (share: number) => void): Promise<void> {
  const headers: [string, string][] = (slot.headers ?? []).map(([name, value]) => [name, value]);
  if (file.type !== '') headers.push(['Content-Type', file.type]);
  const status = await ((globalThis as unknown as { XMLHttpRequest?: XhrConstructor }).XMLHttpRequest ===
  undefined
    ? byFetch(slot.put, headers, file.body)
    : byXhr(slot.put, headers, file.body, onProgress));
  if (status < 200 || status > 299) throw new Error(`the file was not taken: status ${status}`);
}

async function byFetch(url: string, headers: [string, string][], body: UploadFile['body']): Promise<number> {
  return (await fetch(url, { method: 'PUT', headers, body })).status;
}

/** The part of a browser's XMLHttpRequest that is used here: fetch does not tell how much was sent. */
interface Xhr {
  readonly upload: { onprogress?: (event: { loaded: number; total: number }) => void };
  readonly status: number;
  onload?: () => void;
  onerror?: () => void;
  open(method: string, url: string): void;
  setRequestHeader(name: string, value: string): void;
  send(body: unknown): void;
}
type XhrConstructor = new () => Xhr;

async function byXhr(
  url: string,
  headers: [string, string][],
  body: UploadFile['body'],
  onProgress: (share: number) => void,
): Promise<number> {
  const { XMLHttpRequest } = globalThis as unknown as { XMLHttpRequest: XhrConstructor };
  const request = new XMLHttpRequest();
  return new Promise((resolve, reject) => {
    request.upload.onprogress = ({ loaded, total }) => onProgress(total === 0 ? 0 : loaded / total);
    request.onload = () => resolve(request.status);
    request.onerror = () => reject(new Error('the file could not be sent'));
    request.open('PUT', url);
    for (const [name, value] of headers) request.setRequestHeader(name, value);
    request.send(body);
  });
}

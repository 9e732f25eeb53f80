/**
 * XEP-0156 Discovering Alternative XMPP Connection Methods 1.4.0 (2022-02): where a domain's WebSocket is.
 * Fetches the domain's host-meta, as JSON and else as XML, and reads the address from it.
 * Does not ask DNS (node/discover.ts does).
 * Always: asked by https, but for this very machine; what is found is encrypted as well, or on this machine.
 * Before: client/address.ts. After: client/connect.ts.
 */
import { childrenOf, type XmlElement } from '../xml/element.ts';
import { isLoopback } from './address.ts';

const REL = 'urn:xmpp:alt-connections:websocket';
const NS_XRD = 'http://docs.oasis-open.org/ns/xri/xrd-1.0';
const BYTES_MAX = 65_536;
const TIMEOUT_MS = 10_000;

export interface DiscoverOptions {
  readonly parse: (text: string) => XmlElement | 'excess';
  readonly signal?: AbortSignal | undefined;
}

/** The WebSocket of a domain; undefined where the domain tells none, or nothing at all. */
export async function discover(domain: string, options: DiscoverOptions): Promise<string | undefined> {
  const scheme = isLoopback(domain.replace(/:\d+$/, '')) ? 'http' : 'https';
  const url = `${scheme}://${domain}/.well-known/host-meta`;
  const json = await fetched(`${url}.json`, options);
  const found = json === undefined ? undefined : linksOfJson(json).find(isUsable);
  if (found !== undefined) return found;
  const xml = await fetched(url, options);
  return xml === undefined ? undefined : linksOfXml(xml, options.parse).find(isUsable);
}

/** A small text; undefined for whatever went wrong. */
async function fetched(url: string, { signal }: DiscoverOptions): Promise<string | undefined> {
  try {
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    const answer = await fetch(url, {
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      credentials: 'omit',
    });
    const wasPrivate = answer.url.startsWith('https:') || isLoopback(new URL(answer.url).hostname);
    if (!answer.ok || !wasPrivate) return undefined;
    const text = await answer.text();
    return text.length > BYTES_MAX ? undefined : text;
  } catch {
    return undefined;
  }
}

function linksOfJson(text: string): string[] {
  let meta: unknown;
  try {
    meta = JSON.parse(text);
  } catch {
    return [];
  }
  const links = isObject(meta) && Array.isArray(meta['links']) ? (meta['links'] as unknown[]) : [];
  return links
    .filter(isObject)
    .filter((link) => link['rel'] === REL)
    .flatMap(({ href }) => (typeof href === 'string' ? [href] : []));
}

function linksOfXml(text: string, parse: DiscoverOptions['parse']): string[] {
  try {
    const xrd = parse(text);
    if (xrd === 'excess') return [];
    return childrenOf(xrd, 'Link', NS_XRD)
      .filter(({ attrs }) => attrs['rel'] === REL)
      .flatMap(({ attrs }) => attrs['href'] ?? []);
  } catch {
    return [];
  }
}

function isUsable(href: string): boolean {
  if (!URL.canParse(href)) return false;
  const { protocol, hostname } = new URL(href);
  return protocol === 'wss:' || (protocol === 'ws:' && isLoopback(hostname));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/**
 * The server that this client came from.
 * Reads `/config.json`: its domain, its channel service and whether accounts can be made.
 * Does not speak to it otherwise (state/session.ts).
 * Always: the client works without it, for any server.
 * Before: main.tsx. After: state/session.ts.
 */
import { signal } from '@preact/signals';
import { isRecord } from './kept.ts';

export interface Site {
  readonly domain?: string;
  readonly service?: string;
  readonly websocket?: string;
  readonly registration?: 'invite' | 'open' | 'closed';
  readonly version?: string;
}

export const site = signal<Site>({});

export async function readSite(): Promise<void> {
  try {
    const answer = await fetch('/config.json', { credentials: 'omit' });
    const value: unknown = await answer.json();
    if (answer.ok && isRecord(value)) site.value = parse(value);
  } catch {
    // Served by something else, or offline: whoever signs in says where.
  }
}

function parse(value: Record<string, unknown>): Site {
  const found: Record<string, string> = {};
  for (const key of ['domain', 'service', 'websocket', 'registration', 'version']) {
    const text = value[key];
    if (typeof text === 'string') found[key] = text;
  }
  return found;
}

/** Is this a file that was uploaded to this page's own server, and nothing else that it may be asked for? */
export function isOwnFile(text: string): boolean {
  const { origin, pathname, search } = new URL(text);
  const { websocket } = site.value;
  const told =
    websocket === undefined ? undefined : new URL(websocket.replace(/^ws/, 'http'), location.href).origin;
  return (
    (origin === location.origin || origin === told) && /^\/upload\/[\w.-]+$/.test(pathname) && search === ''
  );
}

/** The WebSocket of this page's own server, if it has told one: on the page's own host, whatever name that has. */
export function ownEndpoint(): string | undefined {
  const { websocket } = site.value;
  if (websocket === undefined) return undefined;
  const url = new URL(websocket, location.href);
  if (isThisMachine(url.hostname) && url.host !== location.host) {
    // The server knows itself by another name than the one under which this page was reached.
    url.protocol = location.protocol;
    url.host = location.host;
  }
  if (url.protocol.startsWith('http')) url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}

function isThisMachine(hostname: string): boolean {
  return /^(localhost|127\.[\d.]+|\[::1\])$/.test(hostname);
}

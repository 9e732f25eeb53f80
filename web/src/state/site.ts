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
  /** Where the files are that people have uploaded. */
  readonly uploads?: string;
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
  for (const key of ['domain', 'service', 'websocket', 'uploads', 'registration', 'version']) {
    const text = value[key];
    if (typeof text === 'string') found[key] = text;
  }
  return found;
}

/** Is this a file that was uploaded to this page's own server, and nothing else that it may be asked for? */
export function isOwnFile(text: string): boolean {
  const { uploads } = site.value;
  if (uploads === undefined) return false;
  const [file, folder] = [new URL(text), new URL(uploads, location.href)];
  const isThere = file.origin === folder.origin && file.pathname.startsWith(folder.pathname);
  return isThere && /^[\w.-]+$/.test(file.pathname.slice(folder.pathname.length)) && file.search === '';
}

/** The WebSocket of this page's own server, if it has told one; a path is on the page's own host. */
export function ownEndpoint(): string | undefined {
  const { websocket } = site.value;
  if (websocket === undefined) return undefined;
  const url = new URL(websocket, location.href);
  if (url.protocol.startsWith('http')) url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}

/**
 * XEP-0490 1.0.1: how far this user has read, when a conversation is opened.
 * Fetches the list once for all conversations that ask for it at the same time.
 * Does not follow it (live-channel.ts and live-private.ts listen).
 * Always: a server that keeps no such list is no mistake.
 * Before: xep/0490-displayed/client.ts. After: client/live-channel.ts.
 */
import { listDisplayed } from '../xep/0490-displayed/client.ts';
import type { Client } from './client.ts';
import { together } from './together.ts';

/** The archive id up to which the user has read in this chat; undefined where nobody knows. */
export async function displayedIn(client: Client, chat: string): Promise<string | undefined> {
  const all = await together(client, 'listDisplayed', () => listDisplayed(client)).catch(() => []);
  return all.find((displayed) => displayed.chat === chat)?.id;
}

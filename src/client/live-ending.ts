/**
 * Why is the user not in a channel any more?
 * Finds out what can be known after the channel, or the account's list, has said that it is over.
 * Does not notice that by itself (live-channel.ts does).
 * Always: asks only what anybody may ask; where the channel does not tell, the user was removed.
 * Before: xep/0369-core/client.ts. After: client/live-channel.ts.
 */
import type { Mode } from '../mix.ts';
import { refusalIn } from '../stanza/error.ts';
import { discoverInfo } from '../xep/0030-disco/client.ts';
import { modeIn } from '../xep/0404-anon/wire.ts';
import type { Client } from './client.ts';
import type { LiveEnd } from './live.ts';

/** What a channel tells somebody who has just ceased to be in it; `before` is the mode while the user was. */
export async function reasonOfEnd(
  client: Client,
  channel: string,
  before: Mode | undefined,
): Promise<LiveEnd> {
  try {
    const mode = modeIn((await discoverInfo(client, channel)).forms);
    return mode !== undefined && before !== undefined && mode !== before
      ? { reason: 'mode-changed', mode }
      : { reason: 'removed' };
  } catch (error) {
    const condition = refusalIn(error)?.condition;
    if (condition === 'forbidden') return { reason: 'banned' };
    // Of a channel that is listed nowhere, strangers are not told either.
    return { reason: condition === 'gone' ? 'destroyed' : 'removed' };
  }
}

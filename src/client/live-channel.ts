/**
 * A channel, kept up to date.
 * Puts together its messages, participants and information.
 * Does nothing yet.
 * Always: as of live.ts.
 * Before: client/live.ts. After: client/live-private.ts.
 */
import type { Client } from './client.ts';
import type { LiveChannel, LiveOptions } from './live.ts';

/** Opens a channel that the user has joined. */
export function openChannel(
  _client: Client,
  _channel: string,
  _options: LiveOptions & { readonly self?: string } = {},
): LiveChannel {
  throw new Error('to come');
}

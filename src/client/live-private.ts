/**
 * A private conversation, kept up to date.
 * Puts together its messages.
 * Does nothing yet.
 * Always: as of live.ts.
 * Before: client/live.ts. After: client/live-channel.ts.
 */
import type { Client } from './client.ts';
import type { LiveOptions, LivePrivate } from './live.ts';

/** Opens the private conversation with a participant of a channel. */
export function openPrivate(
  _client: Client,
  _channel: string,
  _participantId: string,
  _options: LiveOptions = {},
): LivePrivate {
  throw new Error('to come');
}

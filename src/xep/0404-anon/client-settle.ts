/**
 * Decision D-15: preferences that were asked for in a join, but may have been lost on the way.
 * Sends preferences, once or again until the channel says that they hold.
 * Does not join (xep/0405-pam/client.ts).
 * Always: stops at a refusal that trying again does not mend, and when the client is closed.
 * Before: xep/0404-anon/wire.ts. After: xep/0404-anon/client.ts, xep/0405-pam/client.ts.
 */
import type { Client } from '../../client/client.ts';
import type { Preferences } from '../../mix.ts';
import { isLasting } from '../../stanza/error.ts';
import type { XmlElement } from '../../xml/element.ts';
import { unlessBad } from '../../stanza/codec.ts';
import {
  buildPreferences,
  buildUserPreference,
  DEFAULT_PREFERENCES,
  parseUserPreference,
  readPreferences,
} from './wire.ts';

/** The values of a channel's own preferences, by the names of their fields. */
export type CustomValues = Readonly<Record<string, readonly string[]>>;

const WAIT_MS = 1_000;
const WAIT_MAX_MS = 60_000;
/** How often a channel may take a form and say something else. */
const CONTRADICTIONS_MAX = 3;

/** Do the preferences that the channel told say what was wanted? */
export function hold(told: Partial<Preferences>, wanted: Partial<Preferences>): boolean {
  const keys = Object.keys(wanted) as (keyof Preferences)[];
  return keys.every((key) => wanted[key] === undefined || told[key] === wanted[key]);
}

/**
 * Sends the preferences until they hold.
 * @throws StanzaError where the channel refuses them; Error where it takes them and says something else; what
 * `client.request` throws once the client is closed
 */
export async function settlePreferences(
  client: Client,
  channel: string,
  wanted: Partial<Preferences>,
  custom?: CustomValues,
): Promise<Preferences> {
  let contradictions = 0;
  for (let waitMs = WAIT_MS; ; waitMs = Math.min(waitMs * 2, WAIT_MAX_MS)) {
    try {
      const told = await changePreferences(client, channel, wanted, custom);
      if (hold(told, wanted)) return { ...DEFAULT_PREFERENCES, ...told };
      contradictions += 1;
      if (contradictions >= CONTRADICTIONS_MAX)
        throw new Error('the channel takes the preferences, but they do not hold');
    } catch (error) {
      if (contradictions >= CONTRADICTIONS_MAX || client.state.is === 'closed' || isLasting(error))
        throw error;
    }
    await patience(client, waitMs);
  }
}

/** Sets preferences; the answer has only what the channel told. */
export async function changePreferences(
  client: Client,
  channel: string,
  change: Partial<Preferences>,
  custom?: CustomValues,
): Promise<Partial<Preferences>> {
  const form = buildPreferences(change, 'submit', custom);
  return preferencesTold(await client.request('set', channel, buildUserPreference(form)));
}

/** The preferences in an answer. */
export function preferencesTold(answer: XmlElement | undefined): Partial<Preferences> {
  const form = answer && unlessBad(() => parseUserPreference(answer));
  return form === undefined ? {} : readPreferences(form);
}

/** Waits so long, or until the client is closed. */
async function patience(client: Client, ms: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const stop = client.on('state', ({ is }) => {
      if (is === 'closed') done();
    });
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      stop();
      resolve();
    }
  });
}

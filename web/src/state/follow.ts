/**
 * What happens for the whole time that somebody is signed in.
 * Starts following channels, private conversations and invitations when a session begins, and ends it with it.
 * Does not sign in (state/session.ts).
 * Always: nothing of one account is left when another signs in.
 * Before: state/session.ts. After: state/channels.ts.
 */
import { effect, untracked } from '@preact/signals';
import { enableCarbons, type Client } from 'vizard';
import { followUploads } from './attachments.ts';
import { followBlocked } from './blocked.ts';
import { followChannels } from './channels.ts';
import { closeDialog } from './dialogs.ts';
import { forgetDrafts } from './draft.ts';
import { followInvitations } from './invitations.ts';
import { followPrivates } from './privates.ts';
import { services } from './services.ts';
import { session } from './session.ts';

export function startFollowing(): void {
  effect(() => {
    const { client } = session.value ?? {};
    if (client === undefined) return undefined;
    const stops = untracked(() => [
      followChannels(client),
      followPrivates(client),
      followInvitations(client),
      followUploads(client),
      followBlocked(client),
      followOtherDevices(client),
    ]);
    return () =>
      untracked(() => {
        for (const stop of stops) stop();
        services.value = undefined;
        forgetDrafts();
        closeDialog();
      });
  });
}

/** Private messages that another device sends are copied to this one, where the server can. */
function followOtherDevices(client: Client): () => void {
  const ask = (): void => void enableCarbons(client).catch(() => undefined);
  const stop = client.on('fresh', ask);
  if (client.state.is === 'online') ask();
  return stop;
}

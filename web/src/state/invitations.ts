/**
 * XEP-0407 §5: invitations to channels that came in.
 * Owns the list of those that were neither taken nor put away.
 * Does not join (views/join-view.tsx).
 * Always: whoever has joined a channel sees no invitation to it any more.
 * Before: state/session.ts. After: views/sidebar.tsx.
 */
import { signal } from '@preact/signals';
import { onInvitation, type Client, type Invitation } from 'vizard';

export const invitations = signal<readonly Invitation[]>([]);

export function followInvitations(client: Client): () => void {
  const stop = onInvitation(client, (invitation) => {
    const others = invitations.value.filter(({ channel }) => channel !== invitation.channel);
    invitations.value = [...others, invitation];
  });
  return () => {
    stop();
    invitations.value = [];
  };
}

export function invitationTo(channel: string): Invitation | undefined {
  return invitations.value.find((invitation) => invitation.channel === channel);
}

export function putAway(channel: string): void {
  invitations.value = invitations.value.filter((invitation) => invitation.channel !== channel);
}

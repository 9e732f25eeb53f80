/**
 * XEP-0407 §5: invitations to channels that came in.
 * Owns the list of those that were neither taken nor put away.
 * Does not join (views/join-view.tsx).
 * Always: whoever has joined a channel sees no invitation to it any more.
 * Before: state/session.ts. After: views/sidebar.tsx.
 */
import { signal } from '@preact/signals';
import { onInvitation, type Client, type Invitation } from 'vizard';

/** What came, and from whom: somebody else's address, which is held in memory only. */
export interface Received {
  readonly channel: string;
  readonly invitation: Invitation;
  readonly from: string;
  readonly body: string | undefined;
}

export const invitations = signal<readonly Received[]>([]);

export function followInvitations(client: Client): () => void {
  const stop = onInvitation(client, (invitation, { from, body }) => {
    const { channel } = invitation;
    const others = invitations.value.filter((one) => one.channel !== channel);
    invitations.value = [...others, { channel, invitation, from, body }];
  });
  return () => {
    stop();
    invitations.value = [];
  };
}

export function invitationTo(channel: string): Received | undefined {
  return invitations.value.find((one) => one.channel === channel);
}

export function putAway(channel: string): void {
  invitations.value = invitations.value.filter((one) => one.channel !== channel);
}

/**
 * Leaving a channel, and closing one for good.
 * Says what stays behind, and does it.
 * Does not delete what was said by others.
 * Always: closing for good asks for the channel's name.
 * Before: parts/dialog-frame.tsx. After: views/manage-view.tsx.
 */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { destroyChannel, leave } from 'vizard';
import { DialogFrame } from '../parts/dialog-frame.tsx';
import { Field, Form } from '../parts/form.tsx';
import { closeRoom, nameOf, type Room } from '../state/channels.ts';
import { closeDialog } from '../state/dialogs.ts';
import { go } from '../state/route.ts';
import { session } from '../state/session.ts';

export function LeaveDialog({ room }: { readonly room: Room }): JSX.Element {
  const name = nameOf(room.channel);
  const isLastOwner = room.role.value === 'owner' && room.config.value?.owners.length === 1;
  const submit = async (): Promise<void> => {
    const { client } = session.value ?? {};
    if (client === undefined) return;
    await leave(client, room.channel);
    closeDialog();
    go({ at: 'home' });
    closeRoom(room.channel);
  };
  return (
    <DialogFrame title={`Leave ${name}?`}>
      <Form submit="Leave" onSubmit={submit} isDangerous>
        <p>
          You get no more messages from it. What you wrote stays, under your name and mask. If you come back,
          you have the same mask.
        </p>
        {isLastOwner && <p class="note">You are its only owner, and stay that when you leave.</p>}
      </Form>
    </DialogFrame>
  );
}

export function DestroyDialog({ room }: { readonly room: Room }): JSX.Element {
  const name = nameOf(room.channel);
  const typed = useSignal('');
  const submit = async (): Promise<void> => {
    const { client } = session.value ?? {};
    if (client === undefined) return;
    await destroyChannel(client, room.channel);
    closeDialog();
    go({ at: 'home' });
    closeRoom(room.channel);
  };
  return (
    <DialogFrame title={`Close ${name} for good?`}>
      <Form submit="Close it for good" onSubmit={submit} isDangerous isDisabled={typed.value.trim() !== name}>
        <p>Everybody is removed, and all messages are deleted on the server. This cannot be undone.</p>
        <Field
          label={`To go on, write “${name}”`}
          value={typed.value}
          onValue={(value) => (typed.value = value)}
          isFirst
        />
      </Form>
    </DialogFrame>
  );
}

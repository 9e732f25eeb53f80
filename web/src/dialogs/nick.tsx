/**
 * XEP-0369 §7.1.4: another name in a channel.
 * Asks for the name and sends it.
 * Does not decide whether it is free: the channel does.
 * Always: the mask stays, and it is said that it does.
 * Before: parts/form.tsx. After: dialogs/preferences.tsx.
 */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { setNick } from 'vizard';
import { DialogFrame } from '../parts/dialog-frame.tsx';
import { Field, Form } from '../parts/form.tsx';
import { Mask } from '../parts/mask.tsx';
import { nameOf, type Room } from '../state/channels.ts';
import { closeDialog } from '../state/dialogs.ts';
import { notify } from '../state/notices.ts';
import { session } from '../state/session.ts';

export function NickDialog({ room }: { readonly room: Room }): JSX.Element {
  const nick = useSignal(room.self.value.nick ?? '');
  const id = room.selfId.value;
  const submit = async (): Promise<void> => {
    const { client } = session.value ?? {};
    if (client === undefined) return;
    const name = nick.value.trim();
    const used = await setNick(client, room.channel, name === '' ? undefined : name);
    closeDialog();
    notify(`You are called ${used} in ${nameOf(room.channel)} now.`);
  };
  return (
    <DialogFrame title={`My name in ${nameOf(room.channel)}`}>
      <Form submit="Save" onSubmit={submit}>
        {id !== undefined && (
          <p class="row">
            <Mask id={id} />{' '}
            <span class="soft">Your mask stays the same, so people know that it is still you.</span>
          </p>
        )}
        <Field
          label="Name"
          value={nick.value}
          onValue={(value) => (nick.value = value)}
          lengthMax={100}
          isFirst
          hint="Left empty, the channel makes one up."
        />
      </Form>
    </DialogFrame>
  );
}

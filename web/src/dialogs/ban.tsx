/**
 * XEP-0406 §3.4: keeping somebody out of a channel.
 * Names the person by mask and name, and bans them by their participant id.
 * Does not show their address: it need not be known for this.
 * Always: it is said that they see that they were removed.
 * Before: dialogs/person.tsx. After: views/manage-access.tsx.
 */
import type { JSX } from 'preact';
import { ban } from 'vizard';
import { DialogFrame } from '../parts/dialog-frame.tsx';
import { Form } from '../parts/form.tsx';
import { Mask } from '../parts/mask.tsx';
import { nameOf, type Room } from '../state/channels.ts';
import { closeDialog } from '../state/dialogs.ts';
import { notify } from '../state/notices.ts';
import { session } from '../state/session.ts';

export function BanDialog({ room, id }: { readonly room: Room; readonly id: string }): JSX.Element {
  const nick = room.participants.value.get(id)?.nick ?? 'this person';
  const submit = async (): Promise<void> => {
    const { client } = session.value ?? {};
    if (client === undefined) return;
    await ban(client, room.channel, { id });
    closeDialog();
    notify(`${nick} is banned from ${nameOf(room.channel)}.`);
  };
  return (
    <DialogFrame title={`Ban ${nick}?`}>
      <Form submit="Ban" onSubmit={submit} isDangerous>
        <p class="row">
          <Mask id={id} />
          <span>
            {nick} is removed and cannot come back with the same address. You find the address in the list of
            those who are banned.
          </span>
        </p>
      </Form>
    </DialogFrame>
  );
}

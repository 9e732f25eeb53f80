/**
 * Bringing others into a channel.
 * Shows the channel's link and its QR code, and sends an invitation to an address, as to a channel or, where
 * that cannot be read there, as to a room (XEP-0407 §6, XEP-0408 §3).
 * Does not let anybody in: the channel does.
 * Always: says what an invitation shows of the one who sends it.
 * Before: parts/qr.tsx. After: state/invitations.ts.
 */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { inviteTo } from 'vizard';
import { DialogFrame } from '../parts/dialog-frame.tsx';
import { Field, Form } from '../parts/form.tsx';
import { Icon } from '../parts/icon.tsx';
import { QrCode } from '../parts/qr.tsx';
import { nameOf, type Room } from '../state/channels.ts';
import { attempt, notify } from '../state/notices.ts';
import { pathOf } from '../state/route.ts';
import { session } from '../state/session.ts';

export function ShareDialog({ room }: { readonly room: Room }): JSX.Element {
  const { channel } = room;
  const link = `${location.origin}${pathOf({ at: 'join', channel })}`;
  return (
    <DialogFrame title={`Invite to ${nameOf(channel)}`}>
      <div class="share">
        <QrCode text={link} name={`QR code of the link to ${nameOf(channel)}`} />
        <div class="stack tight grow">
          <p>Whoever opens this link can join, if the channel lets them. The link says nothing of you.</p>
          <p class="address share-link">{link}</p>
          <div class="row wrap">
            <button
              type="button"
              class="button"
              onClick={() => void attempt(() => navigator.clipboard.writeText(link), 'The link is copied.')}
            >
              <Icon name="copy" /> Copy the link
            </button>
            <a class="button" href={`xmpp:${encodeURI(channel)}?join`}>
              Open in another app
            </a>
          </div>
        </div>
      </div>
      <InviteForm channel={channel} />
    </DialogFrame>
  );
}

function InviteForm({ channel }: { readonly channel: string }): JSX.Element {
  const address = useSignal('');
  const words = useSignal('');
  const { account = '' } = session.value ?? {};
  const submit = async (): Promise<void> => {
    const { client } = session.value ?? {};
    if (client === undefined) return;
    const invitee = address.value.trim();
    const body = words.value.trim();
    await inviteTo(client, channel, invitee, body === '' ? undefined : body);
    address.value = '';
    words.value = '';
    notify(`${invitee} is invited.`);
  };
  return (
    <details class="more">
      <summary>Invite one person by address</summary>
      <Form submit="Send the invitation" onSubmit={submit}>
        <p class="note open small">
          The person you invite sees your address, {account}, and that you are in this channel.
        </p>
        <Field
          label="Their address"
          value={address.value}
          onValue={(value) => (address.value = value)}
          isRequired
          placeholder="friend@their.server"
        />
        <Field
          label="A few words"
          value={words.value}
          onValue={(value) => (words.value = value)}
          lengthMax={300}
        />
      </Form>
    </details>
  );
}

/**
 * Taking back an own message, and removing somebody else's for everybody.
 * Says what stays in its place, and does it.
 * Does not draw what stays (parts/message.tsx).
 * Always: it is said that people may have read it already.
 * Before: parts/message-menu.tsx. After: parts/message.tsx.
 */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { fileOf, moderate, type LiveMessage } from 'vizard';
import { DialogFrame } from '../parts/dialog-frame.tsx';
import { Field, Form } from '../parts/form.tsx';
import type { Room } from '../state/channels.ts';
import { closeDialog } from '../state/dialogs.ts';
import type { Conversation } from '../state/live.ts';
import { session } from '../state/session.ts';

interface RetractProps {
  readonly conversation: Conversation;
  readonly message: LiveMessage;
}

export function RetractDialog({ conversation, message }: RetractProps): JSX.Element {
  const submit = async (): Promise<void> => {
    if (message.id !== undefined) await conversation.live.retract(message.id);
    closeDialog();
  };
  return (
    <DialogFrame title="Take this message back?">
      <Form submit="Take it back" onSubmit={submit} isDangerous>
        <blockquote>{message.body}</blockquote>
        <p>In its place everybody sees that a message was taken back. People may have read it already.</p>
        {fileOf(message) !== undefined && (
          <p>The file itself stays on the server until its time has come, for those who have its address.</p>
        )}
      </Form>
    </DialogFrame>
  );
}

export function ModerateDialog({
  room,
  message,
}: {
  readonly room: Room;
  readonly message: LiveMessage;
}): JSX.Element {
  const reason = useSignal('');
  const submit = async (): Promise<void> => {
    const { client } = session.value ?? {};
    if (client === undefined || message.id === undefined) return;
    const why = reason.value.trim();
    await moderate(client, room.channel, message.id, why === '' ? undefined : why);
    closeDialog();
  };
  return (
    <DialogFrame title="Remove this message for everybody?">
      <Form submit="Remove it" onSubmit={submit} isDangerous>
        <blockquote>{message.body}</blockquote>
        <p>
          In its place everybody sees that a moderator removed a message of{' '}
          {message.sender.nick ?? 'somebody'}.
        </p>
        <Field
          label="Reason"
          value={reason.value}
          onValue={(value) => (reason.value = value)}
          lengthMax={300}
          isFirst
          hint="Everybody can read it. It can be left empty."
        />
      </Form>
    </DialogFrame>
  );
}

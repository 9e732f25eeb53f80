/**
 * Files beside the text that is being written.
 * Shows each with how far it is, and says before it is sent what the others get of it; takes files that are dropped.
 * Does not send them (state/attachments.ts).
 * Always: what is said here is what happens: names stay, pictures are drawn anew, all else goes as it is.
 * Before: state/attachments.ts. After: parts/composer.tsx.
 */
import { useSignal, type ReadonlySignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import {
  attach,
  attachmentsOf,
  detach,
  isSendable,
  sendAttachments,
  uploadService,
  type Attachment,
} from '../state/attachments.ts';
import type { Conversation } from '../state/live.ts';
import { session } from '../state/session.ts';
import { IconButton } from './icon-button.tsx';
import { Thumbnail } from './thumbnail.tsx';

export function AttachButton({ conversation }: { readonly conversation: string }): JSX.Element | null {
  const field = useRef<HTMLInputElement>(null);
  if (uploadService.value === undefined) return null;
  return (
    <>
      <IconButton icon="clip" name="Attach a file" onClick={() => field.current?.click()} />
      <input
        ref={field}
        type="file"
        multiple
        hidden
        onChange={(event) => {
          attach(conversation, event.currentTarget.files ?? []);
          event.currentTarget.value = '';
        }}
      />
    </>
  );
}

/** What was copied as text too, such as a part of a table, is pasted as text. */
export function pasteFiles(conversation: string, event: ClipboardEvent): void {
  const { files, types } = event.clipboardData ?? {};
  if (files === undefined || files.length === 0 || types?.includes('text/plain') === true) return;
  if (uploadService.value === undefined) return;
  event.preventDefault();
  attach(conversation, files);
}

/** Files can be dropped anywhere on the page; otherwise the browser would open them in its place. */
export function useDrop(conversation: string): ReadonlySignal<boolean> {
  const isOver = useSignal(false);
  useEffect(() => {
    const over = (event: DragEvent): void => {
      if (event.dataTransfer?.types.includes('Files') !== true) return;
      event.preventDefault();
      isOver.value = uploadService.value !== undefined;
    };
    const leave = (event: DragEvent): void => {
      if (event.relatedTarget === null) isOver.value = false;
    };
    const drop = (event: DragEvent): void => {
      const { files } = event.dataTransfer ?? {};
      isOver.value = false;
      if (files === undefined || files.length === 0) return;
      event.preventDefault();
      if (uploadService.value !== undefined) attach(conversation, files);
    };
    document.addEventListener('dragover', over);
    document.addEventListener('dragleave', leave);
    document.addEventListener('drop', drop);
    return () => {
      document.removeEventListener('dragover', over);
      document.removeEventListener('dragleave', leave);
      document.removeEventListener('drop', drop);
    };
  }, [conversation, isOver]);
  return isOver;
}

export function Attachments({ conversation }: { readonly conversation: Conversation }): JSX.Element | null {
  const list = attachmentsOf(conversation.key).value;
  if (list.length === 0) return null;
  return (
    <section class="attachments stack tight" aria-label="Files to send">
      <ul class="list">
        {list.map((one) => (
          <Row key={one.key} attachment={one} conversation={conversation} />
        ))}
      </ul>
      <div class="small soft stack tight">{wordsAbout(list)}</div>
      {list.some(isSendable) && (
        <div>
          <button type="button" class="button main" onClick={() => void sendAttachments(conversation)}>
            {list.length > 1 ? `Send ${list.length} files` : 'Send the file'}
          </button>
        </div>
      )}
    </section>
  );
}

function wordsAbout(list: readonly Attachment[]): JSX.Element[] {
  const words = [
    `Nobody gets a file’s name. Its address shows that it lies on ${session.value?.client.domain}, your server.`,
  ];
  if (list.some(({ isPicture }) => isPicture.value))
    words.push(
      'Pictures are drawn anew: place, time and device, which cameras write into them, are not sent, and what moves stands still.',
    );
  if (list.some(({ isPicture, body }) => !isPicture.value && body.value !== undefined))
    words.push('Other files go as they are. Documents can name their author, films and sounds their place.');
  return words.map((text) => <p key={text}>{text}</p>);
}

function Row({
  attachment,
  conversation,
}: {
  readonly attachment: Attachment;
  readonly conversation: Conversation;
}): JSX.Element {
  const { name, body, isPicture } = attachment;
  return (
    <li class="row">
      {isPicture.value && body.value !== undefined && <Thumbnail file={body.value} />}
      <div class="grow">
        <p class="attachment-name">{name}</p>
        <Fate attachment={attachment} />
      </div>
      <IconButton
        icon="close"
        name={`Do not send ${name}`}
        onClick={() => detach(conversation.key, attachment)}
      />
    </li>
  );
}

function Fate({ attachment }: { readonly attachment: Attachment }): JSX.Element | null {
  const state = attachment.state.value;
  switch (state.is) {
    case 'preparing':
      return <p class="small soft">Getting ready …</p>;
    case 'ready':
      return null;
    case 'waiting':
      return <p class="small soft">Waiting …</p>;
    case 'sending':
      return <progress value={state.share} max={1} aria-label={`Sending ${attachment.name}`} />;
    case 'failed':
      return (
        <p class="small failed" role="alert">
          Not sent: {state.problem}
        </p>
      );
  }
}

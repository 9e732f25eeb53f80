/**
 * Where one writes.
 * Takes the text, what it answers or corrects, and the mentions, and gives the message to the conversation.
 * Does not complete names (parts/mention-list.tsx) nor find addresses (privacy/addresses.ts).
 * Always: a text that holds an address is sent only after the person said so; nothing typed is lost by being offline.
 * Before: state/draft.ts. After: parts/mention-list.tsx, parts/attachments.tsx.
 */
import { effect, untracked, useSignal, type Signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { fileOf } from 'vizard';
import { addressesIn, type FoundAddress } from '../privacy/addresses.ts';
import { attachmentsOf, isSendable, sendAttachments, type Attachment } from '../state/attachments.ts';
import { rooms } from '../state/channels.ts';
import { dialog } from '../state/dialogs.ts';
import { clearDraft, draftOf, outgoingOf, startEdit, type Draft } from '../state/draft.ts';
import type { Conversation } from '../state/live.ts';
import { session } from '../state/session.ts';
import { settings } from '../state/settings.ts';
import { Icon } from './icon.tsx';
import { AboutBar, leaveAbout } from './about-bar.tsx';
import { AddressWarning } from './address-warning.tsx';
import { AttachButton, Attachments, pasteFiles, useDrop } from './attachments.tsx';
import { MentionList, useMentions } from './mention-list.tsx';

interface Props {
  readonly conversation: Conversation;
  readonly placeholder: string;
  readonly isPrivate: boolean;
}

export function Composer({ conversation, placeholder, isPrivate }: Props): JSX.Element {
  const draft = draftOf(conversation.key);
  const field = useRef<HTMLTextAreaElement>(null);
  const found = useSignal<readonly FoundAddress[]>([]);
  const tell = (isTyping: boolean): void => {
    if (settings.value.typing) conversation.live.setTyping(isTyping);
  };
  const mentions = useMentions(draft, conversation, isPrivate, field);
  const isOver = useDrop(conversation.key);
  useFocus(draft, field);
  const send = (isSure = false): void => {
    if (draft.text.value.trim() !== '') {
      found.value = isSure ? [] : shownBy(draft.text.value);
      if (found.value.length > 0) return;
      conversation.live.send(outgoingOf(draft));
      clearDraft(draft);
      tell(false);
    }
    void sendAttachments(conversation);
    field.current?.focus();
  };
  const onInput = (event: InputEvent & { readonly currentTarget: HTMLTextAreaElement }): void => {
    draft.text.value = event.currentTarget.value;
    // It was about another text.
    found.value = [];
    tell(draft.text.value !== '');
    mentions.look();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.isComposing || mentions.onKey(event)) return;
    if (isForSending(event)) send();
    else if (!actOnKey(event.key, draft, conversation)) return;
    event.preventDefault();
  };
  return (
    <form
      class={`composer ${isOver.value ? 'dropping' : ''}`}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <AddressWarning
        found={found.value}
        isPrivate={isPrivate}
        onSend={() => send(true)}
        onBack={() => backTo(found, field.current)}
      />
      <AboutBar draft={draft} />
      <MentionList mentions={mentions} />
      <Attachments conversation={conversation} />
      <div class="composer-row">
        <textarea
          ref={field}
          rows={1}
          aria-label={placeholder}
          placeholder={placeholder}
          value={draft.text.value}
          aria-autocomplete="list"
          {...mentions.aria.value}
          onInput={onInput}
          onKeyDown={onKeyDown}
          onPaste={(event) => pasteFiles(conversation.key, event)}
        />
        <AttachButton conversation={conversation.key} />
        <SendButton draft={draft} files={attachmentsOf(conversation.key).value} />
      </div>
    </form>
  );
}

/** The addresses that somebody would see. */
function shownBy(text: string): readonly FoundAddress[] {
  return addressesIn(text, session.value?.account ?? '', [...(rooms.value?.keys() ?? [])]);
}

function isForSending({ key, shiftKey, ctrlKey }: KeyboardEvent): boolean {
  return key === 'Enter' && !shiftKey && (settings.value.enterSends || ctrlKey);
}

/** @returns whether the key was for this */
function actOnKey(key: string, draft: Draft, conversation: Conversation): boolean {
  if (key === 'Escape' && draft.about.value !== undefined) leaveAbout(draft);
  else if (key === 'ArrowUp' && draft.text.value === '') editLast(conversation);
  else return false;
  return true;
}

function SendButton({
  draft,
  files,
}: {
  readonly draft: Draft;
  readonly files: readonly Attachment[];
}): JSX.Element {
  const isDisabled = draft.text.value.trim() === '' && !files.some(isSendable);
  return (
    <button type="submit" class="icon-button send" aria-label="Send" title="Send" disabled={isDisabled}>
      <Icon name="send" />
    </button>
  );
}

/** With a real keyboard the field is ready at once; on a phone it would cover the messages. */
function useFocus(draft: Draft, field: { readonly current: HTMLTextAreaElement | null }): void {
  useLayoutEffect(() => {
    if (matchMedia('(hover: hover)').matches && dialog.peek() === undefined) field.current?.focus();
  }, [field]);
  // At once, not when the page is drawn next: the key that follows may be for the text already.
  useLayoutEffect(
    () =>
      effect(() => {
        if (draft.focus.value > 0) untracked(() => takeFocus(field));
      }),
    [draft, field],
  );
}

function takeFocus(field: { readonly current: HTMLTextAreaElement | null }): void {
  field.current?.focus();
  // Where a dialog is closing, it has to be gone first. Otherwise the focus may be elsewhere again by then.
  if (document.activeElement !== field.current) requestAnimationFrame(() => field.current?.focus());
}

function backTo(found: Signal<readonly FoundAddress[]>, field: HTMLElement | null): void {
  found.value = [];
  field?.focus();
}

function editLast(conversation: Conversation): void {
  const last = conversation.messages.value.findLast(
    (one) => one.isOwn && one.retracted === undefined && one.body !== undefined && fileOf(one) === undefined,
  );
  // What is on its way cannot be corrected yet, and the one before it is not what is meant.
  if (last?.id !== undefined) startEdit(conversation.key, last);
}

/**
 * Where one writes.
 * Takes the text, what it answers or corrects, and the mentions, and gives the message to the conversation.
 * Does not complete names (parts/mention-list.tsx) nor find addresses (privacy/addresses.ts).
 * Always: a text that holds an address is sent only after the person said so; nothing typed is lost by being offline.
 * Before: state/draft.ts. After: parts/mention-list.tsx.
 */
import { useSignal, useSignalEffect, type Signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { addressesIn, type FoundAddress } from '../privacy/addresses.ts';
import { rooms } from '../state/channels.ts';
import { dialog } from '../state/dialogs.ts';
import { clearDraft, draftOf, outgoingOf, startEdit, type Draft } from '../state/draft.ts';
import type { Conversation } from '../state/live.ts';
import { session } from '../state/session.ts';
import { settings } from '../state/settings.ts';
import { Icon } from './icon.tsx';
import { IconButton } from './icon-button.tsx';
import { AddressWarning } from './address-warning.tsx';
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
  useFocus(draft, field);
  const send = (isSure = false): void => {
    if (draft.text.value.trim() === '') return;
    found.value = isSure
      ? []
      : addressesIn(draft.text.value, session.value?.account ?? '', [...(rooms.value?.keys() ?? [])]);
    if (found.value.length > 0) return;
    conversation.live.send(outgoingOf(draft));
    clearDraft(draft);
    tell(false);
    field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.isComposing || mentions.onKey(event)) return;
    const isSending =
      event.key === 'Enter' && !event.shiftKey && (settings.value.enterSends || event.ctrlKey);
    if (isSending) send();
    else if (event.key === 'Escape' && draft.about.value !== undefined) leaveAbout(draft);
    else if (event.key === 'ArrowUp' && draft.text.value === '') editLast(conversation);
    else return;
    event.preventDefault();
  };
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {found.value.length > 0 && (
        <AddressWarning
          found={found.value}
          isPrivate={isPrivate}
          onSend={() => send(true)}
          onBack={() => backTo(found, field.current)}
        />
      )}
      <AboutBar draft={draft} />
      <MentionList mentions={mentions} />
      <div class="composer-row">
        <textarea
          ref={field}
          rows={1}
          aria-label={placeholder}
          placeholder={placeholder}
          value={draft.text.value}
          aria-autocomplete="list"
          {...mentions.aria.value}
          onInput={(event) => {
            draft.text.value = event.currentTarget.value;
            // It was about another text.
            found.value = [];
            tell(draft.text.value !== '');
            mentions.look();
          }}
          onKeyDown={onKeyDown}
        />
        <SendButton isDisabled={draft.text.value.trim() === ''} />
      </div>
    </form>
  );
}

function SendButton({ isDisabled }: { readonly isDisabled: boolean }): JSX.Element {
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
  useSignalEffect(() => {
    if (draft.focus.value === 0) return;
    field.current?.focus();
    // Where a dialog is closing, it has to be gone first. Otherwise the focus may be elsewhere again by then.
    if (document.activeElement !== field.current) requestAnimationFrame(() => field.current?.focus());
  });
}

function backTo(found: Signal<readonly FoundAddress[]>, field: HTMLElement | null): void {
  found.value = [];
  field?.focus();
}

function leaveAbout(draft: Draft): void {
  if (draft.about.value?.is === 'edit') clearDraft(draft);
  draft.about.value = undefined;
}

function editLast(conversation: Conversation): void {
  const last = conversation.messages.value.findLast(
    ({ isOwn, retracted, body }) => isOwn && retracted === undefined && body !== undefined,
  );
  // What is on its way cannot be corrected yet, and the one before it is not what is meant.
  if (last?.id !== undefined) startEdit(conversation.key, last);
}

function AboutBar({ draft }: { readonly draft: Draft }): JSX.Element | null {
  const about = draft.about.value;
  if (about === undefined) return null;
  const { message, is } = about;
  return (
    <div class="about">
      <Icon name={is === 'edit' ? 'edit' : 'reply'} />
      <p class="grow">
        <span class="small">
          {is === 'edit' ? 'Correcting' : `Reply to ${message.sender.nick ?? 'somebody'}`}
        </span>
        <span class="about-text">{message.body}</span>
      </p>
      <IconButton
        icon="close"
        name={is === 'edit' ? 'Do not correct' : 'Do not reply'}
        onClick={() => leaveAbout(draft)}
      />
    </div>
  );
}

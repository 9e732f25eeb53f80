/**
 * What can be done with a message.
 * Shows a menu of acts, or the reactions to choose from, beside the message.
 * Does not do them (state/acts.ts, dialogs/).
 * Always: only acts that this person may do, as far as that is known here.
 * Before: parts/popover.tsx. After: dialogs/moderate.tsx.
 */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { fileOf, type LiveMessage } from 'vizard';
import type { Role } from '../privacy/words.ts';
import { COMMON_REACTIONS, react } from '../state/acts.ts';
import { roomOf } from '../state/channels.ts';
import { openDialog } from '../state/dialogs.ts';
import { startEdit, startReply } from '../state/draft.ts';
import type { Conversation } from '../state/live.ts';
import { attempt } from '../state/notices.ts';
import { go } from '../state/route.ts';
import { Icon, type IconName } from './icon.tsx';
import { Popover } from './popover.tsx';

export interface OpenMenu {
  readonly message: LiveMessage;
  readonly at: Element;
  readonly kind: 'menu' | 'reactions';
}

interface Props {
  readonly open: OpenMenu;
  readonly conversation: Conversation;
  readonly isPrivate: boolean;
  readonly onClose: () => void;
}

export function MessageMenu({ open, conversation, isPrivate, onClose }: Props): JSX.Element {
  const { message, at, kind } = open;
  if (kind === 'reactions')
    return (
      <Popover at={at} name="React" role="dialog" onClose={onClose}>
        <ReactionChoice
          onChoose={(emoji) => {
            react(conversation, message, emoji);
            onClose();
          }}
        />
      </Popover>
    );
  const role = roomOf(conversation.channel)?.role.peek() ?? 'participant';
  return (
    <Popover at={at} name="What to do with this message" role="menu" onClose={onClose}>
      {actsOn(message, conversation, isPrivate ? undefined : role).map(({ icon, name, isDangerous, act }) => (
        <button
          key={name}
          type="button"
          role="menuitem"
          class={isDangerous === true ? 'danger' : ''}
          onClick={() => {
            onClose();
            act();
          }}
        >
          <Icon name={icon} /> {name}
        </button>
      ))}
    </Popover>
  );
}

function ReactionChoice({ onChoose }: { readonly onChoose: (emoji: string) => void }): JSX.Element {
  const other = useSignal('');
  return (
    <div class="reaction-choice">
      {COMMON_REACTIONS.map((emoji) => (
        <button key={emoji} type="button" aria-label={`React with ${emoji}`} onClick={() => onChoose(emoji)}>
          {emoji}
        </button>
      ))}
      <form
        class="row"
        onSubmit={(event) => {
          event.preventDefault();
          const emoji = other.value.trim();
          if (emoji !== '') onChoose(emoji);
        }}
      >
        <input
          aria-label="Another emoji"
          placeholder="Another emoji"
          maxLength={20}
          value={other.value}
          onInput={(event) => (other.value = event.currentTarget.value)}
        />
      </form>
    </div>
  );
}

interface Act {
  readonly icon: IconName;
  readonly name: string;
  readonly isDangerous?: boolean;
  readonly act: () => void;
}

/** `role` is undefined in a private conversation, in which nobody moderates. */
function actsOn(message: LiveMessage, conversation: Conversation, role: Role | undefined): Act[] {
  const { channel, key } = conversation;
  const { sender, isOwn, body = '' } = message;
  const acts: Act[] = [
    { icon: 'reply', name: 'Reply', act: () => startReply(key, message) },
    {
      icon: 'copy',
      name: 'Copy the text',
      act: () => void attempt(() => navigator.clipboard.writeText(body), 'Copied.'),
    },
  ];
  if (isOwn && fileOf(message) === undefined)
    acts.push({ icon: 'edit', name: 'Correct', act: () => startEdit(key, message) });
  if (isOwn)
    acts.push({
      icon: 'remove',
      name: 'Take back',
      isDangerous: true,
      act: () => openDialog({ is: 'retract', conversation, message }),
    });
  if (role === undefined || isOwn) return acts;
  acts.push(
    { icon: 'mask', name: 'Who is this?', act: () => openDialog({ is: 'person', channel, id: sender.id }) },
    { icon: 'lock', name: 'Write in private', act: () => go({ at: 'private', channel, id: sender.id }) },
  );
  if (role !== 'participant')
    acts.push(
      {
        icon: 'remove',
        name: 'Remove for everybody',
        isDangerous: true,
        act: () => openDialog({ is: 'moderate', channel, message }),
      },
      {
        icon: 'ban',
        name: 'Ban this person',
        isDangerous: true,
        act: () => openDialog({ is: 'ban', channel, id: sender.id }),
      },
    );
  return acts;
}

/**
 * XEP-0404 §3.1: the four choices about oneself, as a form.
 * Shows the choice about the address openly, and the other three behind one line.
 * Does not send them (views/join-view.tsx, dialogs/preferences.tsx).
 * Always: each choice stands with what it does in this channel.
 * Before: privacy/choices.ts. After: views/join-view.tsx.
 */
import type { JSX } from 'preact';
import type { Preferences } from 'vizard';
import { addressChoices, CARD_CHOICES, MESSAGE_CHOICES, PRESENCE_CHOICES } from '../privacy/choices.ts';
import type { KnownMode } from '../privacy/words.ts';
import { Choices } from './form.tsx';

export const DEFAULT_PREFERENCES: Preferences = {
  jidVisibility: 'default',
  privateMessages: 'allow',
  vCard: 'block',
  presence: 'share',
};

interface Props {
  readonly mode: KnownMode;
  readonly address: string;
  readonly value: Preferences;
  readonly onValue: (value: Preferences) => void;
  readonly isOpen?: boolean;
}

export function PreferenceChoices({ mode, address, value, onValue, isOpen }: Props): JSX.Element {
  return (
    <>
      <Choices
        legend={`Your address, ${address}`}
        choices={addressChoices(mode, address)}
        value={value.jidVisibility}
        onValue={(jidVisibility) => onValue({ ...value, jidVisibility })}
      />
      <details class="more" open={isOpen ?? false}>
        <summary>Private messages, profile, being online</summary>
        <div class="stack">
          <Choices
            legend="Private messages"
            choices={MESSAGE_CHOICES}
            value={value.privateMessages}
            onValue={(privateMessages) => onValue({ ...value, privateMessages })}
          />
          <Choices
            legend="Profile of your account"
            choices={CARD_CHOICES}
            value={value.vCard}
            onValue={(vCard) => onValue({ ...value, vCard })}
          />
          <Choices
            legend="Being online"
            choices={PRESENCE_CHOICES}
            value={value.presence}
            onValue={(presence) => onValue({ ...value, presence })}
          />
        </div>
      </details>
    </>
  );
}

/**
 * What is answered or corrected, above the text that is being written.
 * Shows the beginning of it, and the way out.
 * Does not begin an answer or a correction (state/draft.ts).
 * Always: whoever leaves a correction has an empty text again.
 * Before: state/draft.ts. After: parts/composer.tsx.
 */
import type { JSX } from 'preact';
import { clearDraft, type Draft } from '../state/draft.ts';
import { inOneLine } from '../text/said.ts';
import { Icon } from './icon.tsx';
import { IconButton } from './icon-button.tsx';

export function AboutBar({ draft }: { readonly draft: Draft }): JSX.Element | null {
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
        <span class="about-text">{inOneLine(message)}</span>
      </p>
      <IconButton
        icon="close"
        name={is === 'edit' ? 'Do not correct' : 'Do not reply'}
        onClick={() => leaveAbout(draft)}
      />
    </div>
  );
}

export function leaveAbout(draft: Draft): void {
  if (draft.about.value?.is === 'edit') clearDraft(draft);
  draft.about.value = undefined;
}

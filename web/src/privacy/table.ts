/**
 * Who sees what of a person in a channel, as a table.
 * Owns the answers for address, name, presence, profile, typing and reading, by mode and preferences.
 * Does not know people or channels.
 * Always: owners and administrators see the address in every mode (XEP-0404 §2.5).
 * Before: privacy/words.ts. After: dialogs/privacy.tsx.
 */
import type { Preferences } from 'vizard';
import { isShownBy, type KnownMode } from './words.ts';

export interface Row {
  readonly what: string;
  readonly people: string;
  readonly owners: string;
}

const YES = 'yes';
const NO = 'no';

export function whoSeesWhat(
  mode: KnownMode,
  { jidVisibility, presence, vCard, privateMessages }: Preferences,
  { typing, markers }: { readonly typing: boolean; readonly markers: boolean },
): Row[] {
  const address = mode === undefined ? 'maybe' : yesOrNo(isShownBy(mode, jidVisibility));
  const both = (what: string, shown: boolean): Row => ({
    what,
    people: yesOrNo(shown),
    owners: yesOrNo(shown),
  });
  return [
    { what: 'Your address', people: address, owners: YES },
    both('Your name and mask here', true),
    both('Your messages', true),
    both('Whether you are online', presence === 'share'),
    both('Your profile', vCard === 'allow'),
    both('That you are writing', typing),
    both('How far you have read', markers),
    {
      what: 'May write to you in private',
      people: yesOrNo(privateMessages === 'allow'),
      owners: yesOrNo(privateMessages === 'allow'),
    },
    {
      what: 'That it is you in another channel',
      people: address === NO ? NO : 'maybe',
      owners: 'if they own both',
    },
  ];
}

function yesOrNo(is: boolean): string {
  return is ? YES : NO;
}

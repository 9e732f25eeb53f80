/**
 * XEP-0404 §3.1: what a person can choose about themself in a channel, in plain words.
 * Owns the choices of the preference form, and what each does in the channel as it is now.
 * Does not send anything (dialogs/preferences.tsx).
 * Always: a choice that shows something says so in `warning`; a choice that the channel refuses is marked.
 * Before: privacy/words.ts. After: dialogs/preferences.tsx.
 */
import { isPossible, isShownBy, type KnownMode, type Preference } from './words.ts';
import type { Preferences } from 'vizard';

export interface Choice<Value extends string> {
  readonly value: Value;
  readonly label: string;
  /** What it does here. */
  readonly effect: string;
  /** Set where it shows something of the person. */
  readonly warning?: string;
  readonly isPossible: boolean;
}

const LABELS: Readonly<Record<Preference, string>> = {
  default: 'Leave it to the channel',
  'prefer not': 'Hide it where I may choose',
  never: 'Never show it',
  prefer: 'Show it where I may choose',
  always: 'Always show it',
};

const ORDER: readonly Preference[] = ['default', 'never', 'prefer not', 'prefer', 'always'];

const REFUSED: Readonly<Partial<Record<Preference, string>>> = {
  never: 'Not possible here: this channel shows all addresses.',
  always: 'Not possible here: this channel hides all addresses.',
};

/** The choices about one's address in a channel of this mode. */
export function addressChoices(mode: KnownMode, address: string): Choice<Preference>[] {
  return ORDER.map((value) => {
    const possible = isPossible(mode, value);
    const effect = possible ? effectOf(mode, value) : (REFUSED[value] ?? '');
    const isShown = possible && (mode === undefined || isShownBy(mode, value));
    const warning = isShown ? { warning: `Everybody here will see ${address}.` } : {};
    return { value, label: LABELS[value], effect, isPossible: possible, ...warning };
  });
}

function effectOf(mode: KnownMode, value: Preference): string {
  if (mode === undefined) return 'This channel does not say what it does with addresses.';
  const now = isShownBy(mode, value) ? 'Shown now' : 'Hidden now';
  const later: Readonly<Record<Preference, string>> = {
    default: 'follows the channel: shown only if the owners make it show all addresses',
    'prefer not': 'stays hidden, unless the owners make the channel show all addresses',
    never: 'if the channel ever shows all addresses, you are removed first',
    prefer: 'shown wherever the channel lets people choose',
    always: 'if the channel ever hides all addresses, you are removed',
  };
  return `${now}; ${later[value]}.`;
}

export const MESSAGE_CHOICES: readonly Choice<Preferences['privateMessages']>[] = [
  {
    value: 'allow',
    label: 'People here may write to me in private',
    effect: 'It goes through the channel, and shows nobody’s address.',
    isPossible: true,
  },
  {
    value: 'block',
    label: 'No private messages',
    effect: 'People here cannot write to you alone. You can still write to them.',
    isPossible: true,
  },
];

export const CARD_CHOICES: readonly Choice<Preferences['vCard']>[] = [
  {
    value: 'block',
    label: 'Keep my profile to myself',
    effect: 'Nobody here can open the profile of your account.',
    isPossible: true,
  },
  {
    value: 'allow',
    label: 'People here may open my profile',
    effect: 'Your picture and all that your profile says.',
    warning:
      'Your profile may hold your name, your picture or your address. It can tell people here who you are.',
    isPossible: true,
  },
];

export const PRESENCE_CHOICES: readonly Choice<Preferences['presence']>[] = [
  {
    value: 'share',
    label: 'Show when I am online',
    effect: 'People here see whether you are there, away or busy.',
    isPossible: true,
  },
  {
    value: 'not share',
    label: 'Do not show when I am online',
    effect: 'You are listed, without a sign of whether you are there.',
    isPossible: true,
  },
];

/** What somebody would show by going from one set of preferences to another, in sentences; empty for nothing. */
export function revealedBy(
  mode: KnownMode,
  before: Preferences | undefined,
  after: Preferences,
  address: string,
): string[] {
  const sentences: string[] = [];
  const wasShown = before !== undefined && (mode === undefined || isShownBy(mode, before.jidVisibility));
  if (!wasShown && (mode === undefined || isShownBy(mode, after.jidVisibility)))
    sentences.push(
      mode === undefined
        ? `People here may see your address, ${address}.`
        : `Everybody here will see your address, ${address}.`,
    );
  if (after.vCard === 'allow' && before?.vCard !== 'allow')
    sentences.push('People here can open your profile. What it says may tell them who you are.');
  return sentences;
}

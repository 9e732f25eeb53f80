/**
 * XEP-0404 §2.2, §3.1 in plain words: who sees whose address.
 * Owns the sentences for each mode, preference and role, as tables, so that none can be missing.
 * Does not know channels or people, nor decide anything: the service does (channel/visibility.ts).
 * Always: a sentence never promises more than the service does; where a mode is unknown, the worst is assumed.
 * Before: src/mix.ts. After: privacy/choices.ts, parts/privacy-badge.tsx.
 */
import type { Mode, Preferences } from 'vizard';

export type Preference = Preferences['jidVisibility'];
export type Role = 'owner' | 'administrator' | 'participant';
/** A channel's mode; undefined where the channel says nothing of it. */
export type KnownMode = Mode | undefined;
export type Tone = 'masked' | 'open' | 'unknown';

export interface PrivacyWords {
  readonly tone: Tone;
  /** For the badge. */
  readonly label: string;
  /** Who sees my address. */
  readonly own: string;
  /** Whose addresses I see. */
  readonly others: string;
  /** What a change of the channel would do to me. */
  readonly later: string;
}

const KEPT = 'The channel’s owners and administrators do.';
const AS_CHOSEN = `Nobody here sees your address, as you chose. ${KEPT}`;
const EVERYBODY = 'Everybody here sees your address.';
const CHOSEN = 'Everybody here sees your address, because you chose to show it.';
const NOT_HERE = 'You cannot be here with this choice.';

/** Who sees the address of somebody with this preference. */
const OWN: Readonly<Record<Mode, Readonly<Record<Preference, string>>>> = {
  'jid-hidden': {
    default: `Nobody here sees your address. ${KEPT}`,
    'prefer not': `Nobody here sees your address. ${KEPT}`,
    never: `Nobody here sees your address. ${KEPT}`,
    prefer: `Nobody here sees your address. ${KEPT}`,
    always: NOT_HERE,
  },
  'jid-maybe-visible': {
    default: `Nobody here sees your address, unless you choose to show it. ${KEPT}`,
    'prefer not': AS_CHOSEN,
    never: AS_CHOSEN,
    prefer: CHOSEN,
    always: CHOSEN,
  },
  'jid-visible': {
    default: EVERYBODY,
    'prefer not': `${EVERYBODY} You would rather hide it, but this channel shows all addresses.`,
    never: NOT_HERE,
    prefer: EVERYBODY,
    always: EVERYBODY,
  },
};

const REMOVED_FIRST =
  'If the owners ever make the channel show addresses, you are removed from it first. Yours is not shown.';
const SHOWN_TOO = 'If the owners ever make the channel show all addresses, yours is shown too.';
const REMOVED_IF_HIDDEN =
  'If the owners hide all addresses, you are removed from the channel, because you chose to be shown always.';
const REMEMBERED = 'What people have seen, they may remember.';

const LATER: Readonly<Record<Mode, Readonly<Record<Preference, string>>>> = {
  'jid-hidden': {
    default: SHOWN_TOO,
    'prefer not': SHOWN_TOO,
    never: REMOVED_FIRST,
    prefer: 'If the owners ever let people show their addresses, yours is shown at once, as you chose.',
    always: NOT_HERE,
  },
  'jid-maybe-visible': {
    default: SHOWN_TOO,
    'prefer not': SHOWN_TOO,
    never: REMOVED_FIRST,
    prefer: `If the owners hide all addresses, yours is hidden too. ${REMEMBERED}`,
    always: REMOVED_IF_HIDDEN,
  },
  'jid-visible': {
    default: `If the owners hide addresses, yours is hidden from then on. ${REMEMBERED}`,
    'prefer not': `If the owners hide addresses, yours is hidden from then on. ${REMEMBERED}`,
    never: NOT_HERE,
    prefer: `If the owners hide all addresses, yours is hidden too. ${REMEMBERED}`,
    always: REMOVED_IF_HIDDEN,
  },
};

const LOOK_UP = 'You can look up everybody’s address; other people here cannot.';
const OTHERS: Readonly<Record<Mode, { readonly plain: string; readonly raised: string }>> = {
  'jid-hidden': { plain: 'You see masks and names, and nobody’s address.', raised: LOOK_UP },
  'jid-maybe-visible': {
    plain: 'You see the addresses of those who chose to show them.',
    raised: `You see the addresses of those who chose to show them. ${LOOK_UP}`,
  },
  'jid-visible': { plain: 'You see everybody’s address.', raised: 'You see everybody’s address.' },
};

const UNKNOWN: PrivacyWords = {
  tone: 'unknown',
  label: 'Not known',
  own: 'This channel does not say whether it hides addresses. Take it that everybody here sees yours.',
  others: 'You see the addresses that the channel shows.',
  later: 'The channel makes no promise.',
};

export function privacyWords(mode: KnownMode, preference: Preference, role: Role): PrivacyWords {
  if (mode === undefined) return UNKNOWN;
  const isOpen = isShownBy(mode, preference);
  return {
    tone: isOpen ? 'open' : 'masked',
    label: isOpen ? 'Address shown' : 'Masked',
    own: ofRole(OWN[mode][preference], role),
    others: role === 'participant' ? OTHERS[mode].plain : OTHERS[mode].raised,
    later: LATER[mode][preference],
  };
}

/** What the mode means for everybody, for a list of channels and for whoever thinks of joining. */
export const MODE_WORDS: Readonly<Record<Mode, { readonly label: string; readonly meaning: string }>> = {
  'jid-hidden': {
    label: 'Masked',
    meaning: 'Nobody sees anybody’s address. The owners and administrators do.',
  },
  'jid-maybe-visible': {
    label: 'Masked unless you choose',
    meaning: 'Each person chooses whether others see their address. The owners and administrators see all.',
  },
  'jid-visible': { label: 'Addresses shown', meaning: 'Everybody sees everybody’s address.' },
};

/** The service's rule, said again for the colour of the badge; words.test.ts holds it against the service's own. */
export function isShownBy(mode: Mode, preference: Preference): boolean {
  if (mode === 'jid-visible') return true;
  return mode === 'jid-maybe-visible' && (preference === 'prefer' || preference === 'always');
}

/** Can somebody with this preference be in a channel of this mode? */
export function isPossible(mode: KnownMode, preference: Preference): boolean {
  if (mode === 'jid-visible') return preference !== 'never';
  return mode !== 'jid-hidden' || preference !== 'always';
}

/** An owner is one of those who see: told as “the other owners”. */
function ofRole(sentence: string, role: Role): string {
  return role === 'participant'
    ? sentence
    : sentence.replace(KEPT, 'The other owners and administrators do.');
}

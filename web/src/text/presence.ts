/**
 * Whether somebody is there, in words.
 * Says each value of presence (RFC 6121 §4.7.2.1) as people say it.
 * Does not know people.
 * Always: undefined where nothing is known or somebody is not there; silence says neither.
 * Before: text/dates.ts. After: parts/people-list.tsx.
 */

const WORDS: Readonly<Record<string, string>> = {
  online: 'Here',
  chat: 'Here, glad to talk',
  away: 'Away',
  xa: 'Away for long',
  dnd: 'Busy',
};

export function presenceWords(presence: string | undefined): string | undefined {
  return presence === undefined ? undefined : WORDS[presence];
}

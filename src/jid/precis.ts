/**
 * RFC 8264 (2017-10, PRECIS) and RFC 8265 (2017-10): which characters a name may hold, and its one canonical form.
 * Derives a character's class from Unicode; enforces UsernameCaseMapped (local parts) and OpaqueString (resources).
 * Does not know JIDs (prep.ts), domains (idna.ts) or nicknames (nickname.ts).
 * Always: enforcing twice gives what enforcing once gave; a string that would not come to rest is refused.
 * Before: jid/jid.ts. After: jid/idna.ts.
 */
import bidiModule from 'bidi-js';
import { toASCII } from 'tr46';

/** RFC 8264 §8. FREE_PVAL of the document is 'free': allowed in free text, not in identifiers. */
export type Derived = 'valid' | 'free' | 'context' | 'disallowed' | 'unassigned';
export type StringClass = 'identifier' | 'freeform';

/** What is wrong with a string; undefined when nothing is. */
export type Problem =
  | 'empty'
  | 'disallowed character'
  | 'character out of context'
  | 'mixed directions'
  | 'not stable'
  | undefined;

// RFC 8264 §9.6 (Exceptions, F).
const exceptionValid = /[\u00df\u03c2\u06fd\u06fe\u0f0b\u3007]/u;
const exceptionContext = /[\u00b7\u0375\u05f3\u05f4\u30fb\u0660-\u0669\u06f0-\u06f9]/u;
const exceptionDisallowed = /[\u0640\u07fa\u3031-\u3035\u303b]|\u302e|\u302f/u;
const unassigned = /(?!\p{Noncharacter_Code_Point})\p{Cn}/u;
const oldHangulJamo = /[\u1100-\u11ff\ua960-\ua97c\ud7b0-\ud7c6\ud7cb-\ud7fb]/u;
const ignorable = /[\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\p{Cc}]/u;
const letterDigit = /[\p{Ll}\p{Lu}\p{Lo}\p{Nd}\p{Lm}\p{Mn}\p{Mc}]/u;
const freeOnly = /[\p{Lt}\p{Nl}\p{No}\p{Me}\p{Zs}\p{S}\p{P}]/u;

/** The class of one character, by the steps of RFC 8264 §8 in their order. Never throws. */
export function derivedProperty(character: string): Derived {
  if (character >= '!' && character <= '~' && character.length === 1) return 'valid';
  if (exceptionValid.test(character)) return 'valid';
  if (exceptionContext.test(character)) return 'context';
  if (exceptionDisallowed.test(character)) return 'disallowed';
  if (unassigned.test(character)) return 'unassigned';
  if (character === '\u200c' || character === '\u200d') return 'context';
  if (oldHangulJamo.test(character) || ignorable.test(character)) return 'disallowed';
  if (character.normalize('NFKC') !== character) return 'free';
  if (letterDigit.test(character)) return 'valid';
  return freeOnly.test(character) ? 'free' : 'disallowed';
}

/** Does every character of `text` belong to the class, in the place where it stands (RFC 8264 §4, RFC 5892 §A)? */
export function classProblem(text: string, stringClass: StringClass): Problem {
  for (const character of text) {
    const derived = derivedProperty(character);
    if (derived === 'disallowed' || derived === 'unassigned') return 'disallowed character';
    if (derived === 'free' && stringClass === 'identifier') return 'disallowed character';
    if (derived === 'context' && !isInContext(character, text)) return 'character out of context';
  }
  return undefined;
}

/** RFC 8265 §3.3: the form of a user name in which case and width make no difference. */
export function enforceUsername(text: string): { text: string; problem: Problem } {
  const settled = settle(text, (name) => mapWidth(name).toLowerCase().normalize('NFC'));
  if (settled === undefined) return { text, problem: 'not stable' };
  const problem = settled === '' ? 'empty' : (classProblem(settled, 'identifier') ?? bidiProblem(settled));
  return { text: settled, problem };
}

/** RFC 8265 §4.2: the form of a string of free text that keeps case. */
export function enforceOpaque(text: string): { text: string; problem: Problem } {
  const settled = settle(text, (name) => mapSpaces(name).normalize('NFC'));
  if (settled === undefined) return { text, problem: 'not stable' };
  return { text: settled, problem: settled === '' ? 'empty' : classProblem(settled, 'freeform') };
}

/** RFC 8264 §7: a profile is applied again until nothing changes, three times at most; else undefined. */
export function settle(text: string, apply: (text: string) => string): string | undefined {
  let before = text;
  for (let round = 0; round < 4; round++) {
    const after = apply(before);
    if (after === before) return after;
    before = after;
  }
  return undefined;
}

/** Every space of Unicode becomes the plain one. */
export function mapSpaces(text: string): string {
  return text.replace(/\p{Zs}/gu, ' ');
}

/** Full-width and half-width forms become the characters that they are forms of. */
function mapWidth(text: string): string {
  // U+FFE3 alone has a second, other compatibility mapping behind its width mapping.
  return text.replace(/[\u3000\uff01-\uffee]/g, (wide) =>
    wide === '\uffe3' ? '\u00af' : wide.normalize('NFKC'),
  );
}

/** RFC 5892 appendix A. Where the rule looks at a neighbour, every occurrence must have it. */
function isInContext(character: string, text: string): boolean {
  switch (character) {
    case '\u200c':
    case '\u200d':
      return areJoinersInContext(text);
    case '\u00b7':
      return !/(?<!l)\u00b7|\u00b7(?!l)/.test(text);
    case '\u0375':
      return !/\u0375(?!\p{Script=Greek})/u.test(text);
    case '\u05f3':
    case '\u05f4':
      return !/(?<!\p{Script=Hebrew})[\u05f3\u05f4]/u.test(text);
    case '\u30fb':
      return /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u.test(text);
    default:
      // Arabic-Indic digits and extended ones do not mix.
      return !(/[\u0660-\u0669]/.test(text) && /[\u06f0-\u06f9]/.test(text));
  }
}

/** JavaScript does not know joining types; tr46 does, and applies the same two rules to the labels of a domain. */
function areJoinersInContext(text: string): boolean {
  return toASCII(text.replace(/[^\p{L}\p{M}\u200c\u200d]+/gu, '.'), { checkJoiners: true }) !== null;
}

// Its types describe an ES module; Node loads the CommonJS one, whose export is the function itself.
const bidi = (bidiModule as unknown as typeof bidiModule.default)();
const rightToLeftBlocks = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

function bidiClass(character: string): string {
  const name = bidi.getBidiCharTypeName(character);
  // The table of bidi-js is older than that of the runtime: what it does not know it calls L.
  if (name !== 'L' || !rightToLeftBlocks.test(character)) return name;
  return /\p{Mn}/u.test(character) ? 'NSM' : 'R';
}

/** The Bidi Rule of RFC 5893 §2, for strings that hold a right-to-left character. */
export function bidiProblem(text: string): Problem {
  if (/^[ -~]*$/.test(text)) return undefined;
  const classes = Array.from(text, bidiClass);
  if (!classes.some((name) => name === 'R' || name === 'AL' || name === 'AN')) return undefined;
  const row = ` ${classes.join(' ')}`;
  const isRightToLeft =
    /^ (R|AL)\b/.test(row) &&
    /^( (R|AL|AN|EN|ES|CS|ET|ON|BN|NSM))+$/.test(row) &&
    /( R| AL| EN| AN)( NSM)*$/.test(row) &&
    !(/ EN\b/.test(row) && / AN\b/.test(row));
  // A left-to-right string may hold none of R, AL and AN (rule 5), and one of them is there.
  return isRightToLeft ? undefined : 'mixed directions';
}

/**
 * Vizard's extension to XEP-0404 MIX-ANON 0.3.1 §2.2: what would a change of mode do?
 * Reads and writes the question and its answer.
 * Does not count (channel/dry-run.ts does) nor change anything.
 * Always: the mode is spelt with D-02's second set; an answer has all three counts.
 * Before: stanza/codec.ts. After: xep/0404-anon/wire.ts.
 */
import type { Mode } from '../../mix.ts';
import { checkName, parseUnsigned, requiredAttr } from '../../stanza/codec.ts';
import { refuse } from '../../stanza/error.ts';
import { el, type XmlElement } from '../../xml/element.ts';

export const NS_MODE_CHANGE = 'urn:vizard:mode-change:0';

/** What would become of the participants. */
export interface DryRun {
  /** Would be removed, since their preference does not admit the mode (D-08). */
  readonly leaving: number;
  /** Would stay, and be shown to the others, which they are not now. */
  readonly shown: number;
  /** Would stay, and be hidden from the others, which they are not now. */
  readonly hidden: number;
}

const MODES: readonly Mode[] = ['jid-hidden', 'jid-maybe-visible', 'jid-visible'];

/** `<dry-run/>`: the question, or with counts the answer. */
export function buildDryRun(mode: Mode, counts?: DryRun): XmlElement {
  const { leaving, shown, hidden } = counts ?? {};
  return el('dry-run', NS_MODE_CHANGE, {
    mode,
    leaving: leaving?.toString(),
    shown: shown?.toString(),
    hidden: hidden?.toString(),
  });
}

/** Reads either; bad-request without a mode and for a number that is none, not-acceptable for a mode that there is not. */
export function parseDryRun(element: XmlElement): {
  readonly mode: Mode;
  readonly counts: DryRun | undefined;
} {
  checkName(element, 'dry-run', NS_MODE_CHANGE);
  const named = requiredAttr(element, 'mode');
  const mode = MODES.find((each) => each === named);
  if (mode === undefined) throw refuse('not-acceptable', 'There is no such mode.');
  if (element.attrs['leaving'] === undefined) return { mode, counts: undefined };
  const [leaving = 0, shown = 0, hidden = 0] = ['leaving', 'shown', 'hidden'].map((name) =>
    parseUnsigned(requiredAttr(element, name)),
  );
  return { mode, counts: { leaving, shown, hidden } };
}

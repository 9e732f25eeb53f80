/**
 * XEP-0308, 0424, 0425, 0444: what later messages do to an earlier one.
 * Keeps corrections, retractions and reactions by the message that they speak of, also before that is loaded: history
 * is loaded backwards.
 * Does not keep messages (live-timeline.ts).
 * Always: of one author's words on one message the newest counts, in whatever order they come; how many are kept is
 * bounded.
 * Before: client/live-item.ts. After: client/live-view.ts.
 */
import type { Item, Meaning } from './live-item.ts';

export interface Placed {
  /** Its place in the conversation: larger is later. */
  readonly order: number;
  readonly item: Item;
}

/** What was said of one message, by author. */
export interface Effect {
  readonly corrections: Map<string, Placed>;
  readonly retractions: Map<string, Placed & { readonly reason: string | undefined }>;
  readonly reactions: Map<string, Placed & { readonly emojis: readonly string[] }>;
}

export class Effects {
  readonly #byTarget = new Map<string, Effect>();
  readonly #targetsMax: number;

  constructor(targetsMax: number) {
    this.#targetsMax = targetsMax;
  }

  of(ref: string): Effect | undefined {
    return this.#byTarget.get(ref);
  }

  /** Notes it, and returns the message that it speaks of; undefined where it speaks of none or says nothing new. */
  add(item: Item, meaning: Meaning, order: number): string | undefined {
    if (meaning.is === 'message' || meaning.is === 'nothing') return undefined;
    const effect = this.#at(meaning.target);
    const placed = { order, item };
    const isNew =
      meaning.is === 'correction'
        ? put(effect.corrections, item.author, placed)
        : meaning.is === 'retraction'
          ? put(effect.retractions, item.author, { ...placed, reason: meaning.reason })
          : put(effect.reactions, item.author, { ...placed, emojis: meaning.emojis });
    return isNew ? meaning.target : undefined;
  }

  /** Forgets what speaks of messages that are not loaded, the oldest first, where it is too much. */
  trim(isLoaded: (ref: string) => boolean): void {
    if (this.#byTarget.size <= this.#targetsMax) return;
    for (const target of [...this.#byTarget.keys()]) {
      if (this.#byTarget.size <= this.#targetsMax) return;
      if (!isLoaded(target)) this.#byTarget.delete(target);
    }
  }

  clear(): void {
    this.#byTarget.clear();
  }

  #at(target: string): Effect {
    const known = this.#byTarget.get(target);
    if (known !== undefined) return known;
    const effect: Effect = { corrections: new Map(), retractions: new Map(), reactions: new Map() };
    this.#byTarget.set(target, effect);
    return effect;
  }
}

function put<Value extends Placed>(map: Map<string, Value>, author: string, value: Value): boolean {
  const before = map.get(author);
  if (before !== undefined && before.order >= value.order) return false;
  map.set(author, value);
  return true;
}

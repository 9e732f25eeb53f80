/**
 * The messages of a conversation in the order of its archive.
 * Takes pages of history at either end and live messages at the new one, and keeps the list that is shown.
 * Does not fetch (live-history.ts) nor send (live-outgoing.ts).
 * Always: nothing twice, whatever comes twice; appending costs the same however long the list is; beyond `messagesMax`
 * the oldest make room.
 * Before: client/live-view.ts. After: client/live-history.ts.
 */
import type { LiveMessage } from './live.ts';
import { Effects } from './live-effects.ts';
import { meaningOf, type Item, type Meaning } from './live-item.ts';
import { viewOf, type Surroundings } from './live-view.ts';

interface Row {
  readonly key: string;
  /** Larger is later; history that is loaded afterwards gets what is smaller than all. */
  readonly order: number;
  item: Item;
  readonly meaning: Meaning;
}

/** What is not in the list yet. */
export interface Expected {
  readonly view: LiveMessage;
  /** As `reserve` gave it; undefined: at the end. */
  readonly place: number | undefined;
}

/** How much the list may exceed its limit before it is cut: cutting one by one would cost too much. */
const SLACK = 1.1;

export class Timeline {
  readonly #around: Surroundings;
  readonly #messagesMax: number;
  readonly #effects: Effects;
  #rows: Row[] = [];
  #byRef = new Map<string, Row>();
  #byArchiveId = new Map<string, Row>();
  /** Those of which the archive's id is not known yet, by author and ref. */
  readonly #local = new Map<string, Row>();
  /** Those of the rows that are shown, and how. */
  #listed: Row[] = [];
  #views: LiveMessage[] = [];
  #snapshot: readonly LiveMessage[] | undefined;
  #first = 0;
  #last = 0;
  #keys = 0;
  #isComplete = false;
  /** Counts how often everything was thrown away. */
  epoch = 0;

  constructor(around: Surroundings, messagesMax: number) {
    this.#around = around;
    this.#messagesMax = messagesMax;
    this.#effects = new Effects(2 * messagesMax);
  }

  /** Does it begin where the archive begins? */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  get isFull(): boolean {
    return this.#rows.length >= this.#messagesMax;
  }

  /** The archive's ids of the oldest and the newest row that has one. */
  get oldest(): string | undefined {
    return this.#rows.find(({ item }) => item.archiveId !== undefined)?.item.archiveId;
  }

  get newest(): string | undefined {
    return this.#rows.findLast(({ item }) => item.archiveId !== undefined)?.item.archiveId;
  }

  /** How many messages are shown. */
  get length(): number {
    return this.#listed.length;
  }

  /** The list; a new one after each change. */
  get views(): readonly LiveMessage[] {
    return (this.#snapshot ??= this.#views.slice());
  }

  /** The newest message that is shown and that somebody can speak of. */
  get lastItem(): Item | undefined {
    return this.#listed.at(-1)?.item;
  }

  item(ref: string): Item | undefined {
    return this.#byRef.get(ref)?.item;
  }

  /** The id by which others speak of the message that has this id in the archive. */
  refOf(archiveId: string): string | undefined {
    return this.#byArchiveId.get(archiveId)?.item.ref;
  }

  /** Is the second later than the first? undefined where one of them is not loaded. */
  isLater(first: string, second: string): boolean | undefined {
    const [a, b] = [this.#byRef.get(first), this.#byRef.get(second)];
    return a === undefined || b === undefined ? undefined : b.order > a.order;
  }

  /** Takes what is newer than everything there is. `keyOf` gives a message the key that it had while it was sent. */
  append(items: readonly Item[], keyOf: (item: Item) => string | undefined = () => undefined): void {
    for (const item of items) {
      if (this.#isKnown(item)) continue;
      const row = this.#row(item, keyOf(item), ++this.#last);
      this.#rows.push(row);
      this.#index(row);
      if (this.#isListed(row)) this.#list([row], 'end');
    }
    if (this.#rows.length > this.#messagesMax * SLACK) this.#cut();
  }

  /** A place behind everything that is there now, for something of which it is not known yet whether it will be there. */
  reserve(): number {
    return ++this.#last;
  }

  /** Puts something at a place that was reserved, though other things have come since. */
  insert(item: Item, key: string, place: number): void {
    if (this.#isKnown(item)) return;
    const row = this.#row(item, key, place);
    this.#rows.splice(behind(this.#rows, place), 0, row);
    this.#index(row);
    if (!this.#isListed(row)) return;
    const at = behind(this.#listed, place);
    this.#listed.splice(at, 0, row);
    this.#views.splice(at, 0, this.#view(row));
    this.#snapshot = undefined;
  }

  /** The list, with what will be in it: at the place that was reserved, or else at the end. */
  joined(waiting: readonly Expected[]): readonly LiveMessage[] {
    if (waiting.length === 0) return this.views;
    const list = this.#views.slice();
    for (const { view, place } of waiting.toReversed())
      if (place !== undefined) list.splice(behind(this.#listed, place), 0, view);
    return [...list, ...waiting.flatMap(({ view, place }) => (place === undefined ? [view] : []))];
  }

  /** Takes an older page, of which `isFirst` says that the archive begins with it. */
  prepend(items: readonly Item[], isFirst: boolean): void {
    const fresh = items.filter((item) => !this.#isKnown(item));
    this.#first -= fresh.length;
    const rows = fresh.map((item, at) => this.#row(item, undefined, this.#first + at));
    this.#rows = [...rows, ...this.#rows];
    for (const row of rows) this.#index(row);
    if (isFirst) this.#isComplete = true;
    if (isFirst) this.#relist();
    else
      this.#list(
        rows.filter((row) => this.#isListed(row)),
        'beginning',
      );
  }

  /** Forgets everything, to begin anew. */
  clear(): void {
    this.#rows = [];
    this.#byRef = new Map();
    this.#byArchiveId = new Map();
    this.#local.clear();
    this.#effects.clear();
    this.#isComplete = false;
    this.epoch += 1;
    this.#relist();
  }

  /** Something that is shown with this message has changed. */
  refresh(ref: string): void {
    const row = this.#byRef.get(ref);
    const at = row === undefined ? -1 : this.#placeOf(row);
    if (row === undefined || at < 0) return;
    this.#views[at] = this.#view(row);
    this.#snapshot = undefined;
  }

  refreshAll(): void {
    this.#relist();
  }

  /** Is it there already? What came without its archive's id learns it by this. */
  #isKnown(item: Item): boolean {
    const { archiveId } = item;
    if (archiveId !== undefined && this.#byArchiveId.has(archiveId)) return true;
    const local = this.#local.get(localKey(item));
    if (local === undefined || archiveId === undefined) return local !== undefined;
    local.item = { ...local.item, archiveId };
    this.#local.delete(localKey(item));
    this.#byArchiveId.set(archiveId, local);
    return true;
  }

  #row(item: Item, key: string | undefined, order: number): Row {
    return { key: key ?? `m${++this.#keys}`, order, item, meaning: meaningOf(item) };
  }

  #index(row: Row): void {
    const { item, meaning, order } = row;
    if (item.archiveId === undefined) this.#local.set(localKey(item), row);
    else this.#byArchiveId.set(item.archiveId, row);
    if (meaning.is === 'message' || meaning.is === 'correction') this.#byRef.set(item.ref, row);
    const target = this.#effects.add(item, meaning, order);
    if (target !== undefined) this.refresh(target);
  }

  /** A correction is shown in the place of the original; by itself only where that is gone from the archive. */
  #isListed({ meaning }: Row): boolean {
    if (meaning.is === 'message') return true;
    return meaning.is === 'correction' && this.#isComplete && !this.#byRef.has(meaning.target);
  }

  #view({ key, item }: Row): LiveMessage {
    return viewOf(key, item, this.#effects.of(item.ref), this.#around);
  }

  #list(rows: readonly Row[], where: 'beginning' | 'end'): void {
    const views = rows.map((row) => this.#view(row));
    if (where === 'end') {
      this.#listed.push(...rows);
      this.#views.push(...views);
    } else {
      this.#listed = [...rows, ...this.#listed];
      this.#views = [...views, ...this.#views];
    }
    this.#snapshot = undefined;
  }

  #relist(): void {
    this.#listed = this.#rows.filter((row) => this.#isListed(row));
    this.#views = this.#listed.map((row) => this.#view(row));
    this.#snapshot = undefined;
  }

  /** Where the row stands in the list; -1 where it is not shown. The list is in the order of the rows. */
  #placeOf({ order }: Row): number {
    let [low, high] = [0, this.#listed.length - 1];
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const found = this.#listed[middle]?.order ?? 0;
      if (found === order) return middle;
      if (found < order) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }

  #cut(): void {
    const gone = this.#rows.splice(0, this.#rows.length - this.#messagesMax);
    for (const { item } of gone) {
      if (item.archiveId === undefined) this.#local.delete(localKey(item));
      else this.#byArchiveId.delete(item.archiveId);
      this.#byRef.delete(item.ref);
    }
    this.#isComplete = false;
    this.#effects.trim((ref) => this.#byRef.has(ref));
    this.#relist();
  }
}

/** Where something of this order belongs. */
function behind(rows: readonly Row[], place: number): number {
  return rows.findLastIndex(({ order }) => order < place) + 1;
}

function localKey({ author, ref }: Item): string {
  return `${author} ${ref}`;
}

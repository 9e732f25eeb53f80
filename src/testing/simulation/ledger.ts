/**
 * What everybody was told, for the invariants of a simulation.
 * Owns for each account the order of the channel's messages, the presences last shown, answers and errors; and a log
 * of every stanza in the order in which it was received.
 * Does not judge (checks.ts), but for the addresses, which the leak scanner sees first.
 * Always: an epoch ends where stanzas may have been lost; within one, nothing may come twice.
 * Before: testing/leak.ts. After: testing/simulation/checks.ts.
 */
import { NS as NS_IDS } from '../../xep/0359-ids/wire.ts';
import { child, childText, elements, type XmlElement } from '../../xml/element.ts';
import { serialize } from '../../xml/write.ts';
import { LeakScanner } from '../leak.ts';
import type { Watcher } from '../stage.ts';
import { RoomLedger } from './inside.ts';

/** A message of a channel as it reached an account. */
export interface Heard {
  readonly id: string;
  readonly epoch: number;
}

/** The presences that an account was shown of a channel. */
export interface View {
  /** Those last seen available, by encoded address. */
  readonly available: Set<string>;
  /** False where it may have subscribed anew, and so need not have been shown those who were there. */
  isWhole: boolean;
}

const SEPARATOR = ' ';

export class Ledger implements Watcher {
  readonly scanner = new LeakScanner();
  readonly inside = new RoomLedger();
  /** The log: one line for each stanza that somebody received. */
  readonly lines: string[] = [];
  /** Archived messages by channel and bare address, as they came. */
  readonly heard = new Map<string, Heard[]>();
  /** Archive ids by the texts of the messages. */
  readonly idsByText = new Map<string, string>();
  readonly #views = new Map<string, View>();
  /** How often a request was answered, and conditions of refusal, by asker and id. */
  readonly answers = new Map<string, number>();
  readonly refused = new Map<string, string>();
  /** Results by asker and id. */
  readonly results = new Map<string, XmlElement>();
  epoch = 0;

  onBytes(text: string): void {
    this.scanner.onBytes(text);
  }

  onSent(bare: string, stanza: XmlElement): void {
    this.scanner.onSent(bare, stanza);
  }

  onRead(bare: string, stanza: XmlElement): void {
    this.scanner.onRead(bare, stanza);
  }

  onReceived(bare: string, stanza: XmlElement): void {
    this.scanner.onReceived(bare, stanza);
    this.lines.push(serialize(stanza));
    const { from = '', id = '', type } = stanza.attrs;
    const channel = channelOf(from);
    if (type === 'error') {
      const error = child(stanza, 'error');
      const [condition] = error === undefined ? [] : elements(error);
      this.refused.set(key(bare, id), condition?.name ?? '');
    }
    if (stanza.name === 'iq' && (type === 'result' || type === 'error')) {
      this.answers.set(key(bare, id), (this.answers.get(key(bare, id)) ?? 0) + 1);
      if (type === 'result') this.results.set(key(bare, id), stanza);
    } else if (isForClient(stanza)) {
      this.inside.onReceived(stanza, this.epoch);
      const text = childText(stanza, 'body');
      const stanzaId = child(stanza, 'stanza-id', NS_IDS)?.attrs['id'];
      if (text !== undefined && stanzaId !== undefined) this.idsByText.set(text, stanzaId);
    } else if (stanza.name === 'message' && type === 'groupchat') this.#hear(bare, channel, stanza);
    else if (stanza.name === 'presence' && from.includes('#')) this.#see(bare, channel, stanza);
  }

  view(bare: string, channel: string): View {
    const known = this.#views.get(key(bare, channel));
    if (known !== undefined) return known;
    const made: View = { available: new Set(), isWhole: true };
    this.#views.set(key(bare, channel), made);
    return made;
  }

  /** The account has subscribed to presences, for the first time or again: what it saw before says nothing. */
  forgetView(bare: string, channel: string, isWhole: boolean): void {
    const view = this.view(bare, channel);
    view.available.clear();
    view.isWhole = isWhole;
  }

  heardBy(bare: string, channel: string): Heard[] {
    const known = this.heard.get(key(bare, channel));
    if (known !== undefined) return known;
    const made: Heard[] = [];
    this.heard.set(key(bare, channel), made);
    return made;
  }

  #hear(bare: string, channel: string, stanza: XmlElement): void {
    const ids = elements(stanza).filter(({ name, ns }) => name === 'stanza-id' && ns === NS_IDS);
    const [stanzaId] = ids;
    const { id = '' } = stanza.attrs;
    if (stanzaId === undefined) return;
    if (ids.length !== 1 || stanzaId.attrs['id'] !== id || stanzaId.attrs['by'] !== channel)
      throw new Error(`a message with strange ids: ${serialize(stanza)}`);
    this.heardBy(bare, channel).push({ id, epoch: this.epoch });
    const text = childText(stanza, 'body');
    if (text !== undefined) this.idsByText.set(text, id);
  }

  #see(bare: string, channel: string, stanza: XmlElement): void {
    const { from = '', type } = stanza.attrs;
    const { available } = this.view(bare, channel);
    if (type === undefined) available.add(from);
    else if (type === 'unavailable') available.delete(from);
  }
}

/** What a room says goes to clients, what a channel's nodes say to accounts. */
function isForClient({ name, attrs: { from = '', to = '', type } }: XmlElement): boolean {
  const isOfRoom = !from.includes('#') && to.includes('/');
  return isOfRoom && (name === 'presence' || (name === 'message' && type === 'groupchat'));
}

export function key(...parts: readonly string[]): string {
  return parts.join(SEPARATOR);
}

/** The bare address of the channel in `channel`, `channel/id`, `id#channel` and `id#channel/resource`. */
export function channelOf(from: string): string {
  const [bare = ''] = from.split('/', 1);
  return bare.slice(bare.indexOf('#') + 1);
}

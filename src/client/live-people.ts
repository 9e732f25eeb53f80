/**
 * XEP-0369 §4.7.3, XEP-0403 0.3.2: who takes part in a channel, and who of them is there.
 * Keeps the participants by id, and puts the presences of a participant's clients together into one.
 * Does not fetch or listen (live-channel.ts).
 * Always: one map for good, whose values are replaced; what was told during a fetch is newer than what is fetched.
 * Before: xep/0403-presence/client.ts. After: client/live-channel.ts.
 */
import type { Participant } from '../xep/0369-core/client-message.ts';
import type { ChannelPresence, Show } from '../xep/0403-presence/client.ts';
import type { LiveParticipant } from './live.ts';

/** More clients of one participant are not told apart. */
const CLIENTS_MAX = 32;
/** Presences of people who are not in the list are kept for when it comes, but not more of them. */
const STRANGERS_MAX = 20_000;

/** From the most to the least ready to talk. */
const ORDER: readonly Show[] = ['chat', 'online', 'dnd', 'away', 'xa'];

interface ClientPresence {
  readonly show: Show;
  readonly status: string | undefined;
}

export class People {
  readonly participants = new Map<string, LiveParticipant>();
  readonly #clients = new Map<string, Map<string, ClientPresence>>();
  /** Who was told of while the list is being fetched; undefined: it is not. */
  #told: Set<string> | undefined;
  #tellsPresence = false;

  /** The stream is new: nobody's presence is known. */
  forgetPresence(): void {
    this.#clients.clear();
    for (const [id, participant] of this.participants)
      if (participant.presence !== undefined) this.#put(id, participant);
  }

  /** The list is going to be fetched. */
  begin(): void {
    this.#told = new Set();
  }

  /** The list. Those who are not on it have gone, unless they were told of meanwhile. */
  fetched(list: readonly Participant[]): void {
    const told = this.#told ?? new Set();
    this.#told = undefined;
    const ids = new Set(list.map(({ id }) => id));
    for (const id of [...this.participants.keys()])
      if (!ids.has(id) && !told.has(id)) this.participants.delete(id);
    for (const participant of list) if (!told.has(participant.id)) this.#put(participant.id, participant);
  }

  changed(participant: Participant): void {
    this.#told?.add(participant.id);
    this.#put(participant.id, participant);
  }

  gone(id: string): void {
    this.#told?.add(id);
    this.participants.delete(id);
    this.#clients.delete(id);
  }

  /** Returns whether that is news. */
  presence({ id, address, show, status }: ChannelPresence): boolean {
    this.#tellsPresence = true;
    const clients = this.#clients.get(id) ?? new Map<string, ClientPresence>();
    if (show === 'offline') clients.delete(address);
    else if (clients.has(address) || clients.size < CLIENTS_MAX) clients.set(address, { show, status });
    if (clients.size === 0) this.#clients.delete(id);
    else if (this.#clients.has(id) || this.#clients.size < STRANGERS_MAX) this.#clients.set(id, clients);
    const participant = this.participants.get(id);
    if (participant === undefined) return false;
    this.#put(id, participant);
    return true;
  }

  /** Puts the participant in, with the presence that is known. */
  #put(id: string, { nick, address }: Participant): void {
    const best = this.#best(id);
    const presence = best?.show ?? (this.#tellsPresence ? 'offline' : undefined);
    this.participants.set(id, {
      id,
      ...(nick === undefined ? {} : { nick }),
      ...(address === undefined ? {} : { address }),
      ...(presence === undefined ? {} : { presence }),
      ...(best?.status === undefined ? {} : { status: best.status }),
    });
  }

  #best(id: string): ClientPresence | undefined {
    let best: ClientPresence | undefined;
    for (const client of this.#clients.get(id)?.values() ?? [])
      if (best === undefined || ORDER.indexOf(client.show) < ORDER.indexOf(best.show)) best = client;
    return best;
  }
}

/**
 * XEP-0045 Multi-User Chat 1.35.5 (2026-05-03): what clients in rooms were told, for the invariants of a simulation.
 * Owns for each client and room whether it believes to be in, whom it sees there, and what it heard since it came.
 * Does not judge (check-rooms.ts) nor look at what subscribers of nodes are told (ledger.ts).
 * Always: it believes what a client would believe that knows nothing but what it received.
 * Before: testing/simulation/ledger.ts. After: testing/simulation/check-rooms.ts.
 */
import { parseUser, STATUS, userIn } from '../../xep/0045-muc/wire.ts';
import { occupantId } from '../../xep/0421-occupant/wire.ts';
import { child, elements, type XmlElement } from '../../xml/element.ts';
import { serialize } from '../../xml/write.ts';

/** A message as it reached a client. */
export interface HeardInside {
  readonly id: string;
  readonly epoch: number;
}

/** What a client knows of a room. */
export interface Inside {
  isIn: boolean;
  /** Under which nick it is there, or wants to be. */
  nick: string;
  /** Occupant ids by nick, its own included. */
  readonly seen: Map<string, string>;
  /** In which life of the service each of them was seen: after a crash, what was told before is told again, in order. */
  readonly epochs: Map<string, number>;
  /** False from the moment at which it asks to be let in until it has been told everything. */
  isWhole: boolean;
  readonly heard: HeardInside[];
  /** Two people under one nick, where that was seen. */
  clash: string | undefined;
}

const STANZA_ID = 'urn:xmpp:sid:0';

export class RoomLedger {
  readonly #insides = new Map<string, Inside>();

  of(client: string, room: string): Inside {
    const key = `${client} ${room}`;
    const known = this.#insides.get(key);
    if (known !== undefined) return known;
    const made: Inside = {
      isIn: false,
      nick: '',
      seen: new Map(),
      epochs: new Map(),
      isWhole: false,
      heard: [],
      clash: undefined,
    };
    this.#insides.set(key, made);
    return made;
  }

  /** A client asks to be let in, as far as it knows for the first time. */
  entering(client: string, room: string, nick: string): void {
    const inside = this.of(client, room);
    if (!inside.isIn) inside.nick = nick;
    inside.isWhole = false;
    inside.seen.clear();
  }

  /** A stanza from a room to one of the clients in it. */
  onReceived(stanza: XmlElement, epoch: number): void {
    const { from = '', to = '', type } = stanza.attrs;
    const [room = ''] = from.split('/', 1);
    if (!to.includes('/') || room.includes('#') || type === 'error') return;
    const inside = this.of(to, room);
    if (stanza.name === 'presence') this.#see(inside, from.slice(room.length + 1), stanza, epoch);
    else if (stanza.name === 'message' && type === 'groupchat') this.#hear(inside, stanza, epoch);
  }

  #see(inside: Inside, nick: string, stanza: XmlElement, epoch: number): void {
    const x = userIn(elements(stanza));
    const id = occupantId(stanza.children);
    if (x === undefined || id === undefined) throw new Error(`no presence of a room: ${serialize(stanza)}`);
    const { statuses = [] } = parseUser(x);
    const isSelf = statuses.includes(STATUS.self);
    if (stanza.attrs['type'] !== 'unavailable') {
      const former = inside.epochs.get(nick) === epoch ? inside.seen.get(nick) : undefined;
      if (former !== undefined && former !== id) inside.clash = serialize(stanza);
      inside.seen.set(nick, id);
      inside.epochs.set(nick, epoch);
      if (isSelf) Object.assign(inside, { isIn: true, nick });
      return;
    }
    inside.seen.delete(nick);
    if (!isSelf || statuses.includes(STATUS.renamed)) return;
    Object.assign(inside, { isIn: false, isWhole: false });
    inside.seen.clear();
  }

  #hear(inside: Inside, stanza: XmlElement, epoch: number): void {
    if (child(stanza, 'subject', 'jabber:client') !== undefined && child(stanza, 'body') === undefined)
      inside.isWhole = true;
    const id = child(stanza, 'stanza-id', STANZA_ID)?.attrs['id'];
    const isHistory = child(stanza, 'delay', 'urn:xmpp:delay') !== undefined;
    if (id !== undefined && !isHistory) inside.heard.push({ id, epoch });
  }
}

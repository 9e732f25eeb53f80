/**
 * RFC 7622 (2015-09), XEP-0403 MIX-PRESENCE 0.3.2 §3.2, XEP-0045 1.35.5 §4.1: whom a stanza is for.
 * Owns the reading of `from` and `to`: the service, a channel, an occupant of one by its nick, or an encoded JID, by
 * the first '#' (D-21).
 * Does not know which channels and participants exist.
 * Always: what comes out is prepared; a `from` becomes a RealJid at once.
 * Before: transport/transport.ts. After: service/router.ts.
 */
import { LRUCache } from 'lru-cache';
import { formatJid, type Jid } from '../jid/jid.ts';
import { parseJid } from '../jid/prep.ts';
import type { ChannelName, ParticipantId, PublicJid } from '../jid/public-jid.ts';
import { RealJid } from '../jid/real-jid.ts';
import type { Address } from '../xep/extension.ts';

/** How many addresses are remembered, so that busy senders are not prepared again for each stanza. */
const REMEMBERED = 10_000;

export interface Addressee {
  readonly address: Address;
  readonly self: PublicJid;
}

export class AddressBook {
  readonly #domain: string;
  readonly #senders = new LRUCache<string, RealJid>({ max: REMEMBERED });
  readonly #addressees = new LRUCache<string, Addressee>({ max: REMEMBERED });

  constructor(domain: string) {
    this.#domain = domain;
  }

  /** @throws JidError for text that is no address. */
  sender(text: string): RealJid {
    const known = this.#senders.get(text);
    if (known !== undefined) return known;
    const jid = RealJid.of(parseJid(text));
    this.#senders.set(text, jid);
    return jid;
  }

  /** Undefined where the address is not of our domain. @throws JidError for text that is no address. */
  addressee(text: string): Addressee | undefined {
    const known = this.#addressees.get(text);
    if (known !== undefined) return known;
    const jid = parseJid(text);
    if (jid.domain !== this.#domain) return undefined;
    const addressee = { address: addressOf(jid), self: formatJid(jid) as PublicJid };
    this.#addressees.set(text, addressee);
    return addressee;
  }
}

function addressOf({ local, resource }: Jid): Address {
  if (local === undefined) return { kind: 'service' };
  const hash = local.indexOf('#');
  if (hash < 0) {
    const channel = local as ChannelName;
    return resource === undefined
      ? { kind: 'channel', channel }
      : { kind: 'occupant', channel, nick: resource };
  }
  const id = local.slice(0, hash) as ParticipantId;
  return { kind: 'participant', channel: local.slice(hash + 1) as ChannelName, id, resource };
}

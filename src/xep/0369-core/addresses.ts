/**
 * XEP-0369 MIX-CORE 0.14.6 §3, XEP-0404 MIX-ANON 0.3.1 §2.3: the addresses of a channel, as a client writes and reads them.
 * Makes the address of a sender and of a participant out of a channel and an id, and takes them apart.
 * Does not prepare addresses (jid/prep.ts does, whose tables would be most of a browser's bundle).
 * Always: a local part with '#' is a participant's, and is split at the first one (D-21).
 * Before: xml/element.ts. After: xep/0369-core/client-message.ts.
 */

/** What stands behind an encoded address. */
export interface Encoded {
  readonly channel: string;
  readonly participantId: string;
  /** Stands for one client of the participant; undefined: the participant as such. */
  readonly resource: string | undefined;
}

/**
 * The address of a participant, or of one of its clients (XEP-0403 §3.2): for blocking, cards, private messages.
 * @param resource stands for one client of the participant
 * @example
 * console.log(encodedAddress('coven@mix.example', 'x7k2')); // x7k2#coven@mix.example
 */
export function encodedAddress(channel: string, participantId: string, resource?: string): string {
  return `${participantId}#${channel}${resource === undefined ? '' : `/${resource}`}`;
}

/**
 * Takes such an address apart.
 * @returns undefined for any other address
 * @example
 * console.log(parseEncoded('x7k2#coven@mix.example')?.channel); // coven@mix.example
 */
export function parseEncoded(address: string): Encoded | undefined {
  const found = /^([^#@/]+)#([^@/]+@[^/]+)(?:\/(.*))?$/s.exec(address);
  const [, participantId, channel, resource] = found ?? [];
  return participantId === undefined || channel === undefined
    ? undefined
    : { channel, participantId, resource };
}

/** `channel@domain/id`: the sender of a message, and the author whom a reply answers (XEP-0369 §7.1.6). */
export function senderAddress(channel: string, participantId: string): string {
  return `${channel}/${participantId}`;
}

/** The participant id in the address of a sender, or in an encoded one, of this channel; undefined for any other address. */
export function participantIdIn(address: string, channel: string): string | undefined {
  if (address.startsWith(`${channel}/`)) return address.slice(channel.length + 1);
  const encoded = parseEncoded(address);
  return encoded?.channel === channel ? encoded.participantId : undefined;
}

/** The part before the resource. */
export function bareOf(address: string): string {
  const slash = address.indexOf('/');
  return slash < 0 ? address : address.slice(0, slash);
}

/**
 * The address of a channel in the form in which stanzas bear it, so that it can be compared.
 * @throws TypeError unless it is `channel@service`
 */
export function channelAddress(text: string): string {
  const address = text.trim().normalize('NFKC').toLowerCase();
  if (!/^[^@/#\s]+@[^@/\s]+$/.test(address))
    throw new TypeError('the address of a channel is channel@service');
  return address;
}

/** The service of a channel, or the domain of any address. */
export function domainOf(address: string): string {
  const bare = bareOf(address);
  return bare.slice(bare.indexOf('@') + 1);
}

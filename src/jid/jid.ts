/**
 * RFC 7622 (2015-09): the parts of an XMPP address.
 * Owns Jid, a plain prepared address in three parts, and the way between its text and its parts.
 * Does not prepare or check the parts (prep.ts); does not hide anything (real-jid.ts).
 * Always: `resource` and `local` are undefined when absent, never empty; an error about an address does not show it.
 * Before: xml/element.ts. After: jid/prep.ts.
 */

export interface Jid {
  readonly local: string | undefined;
  readonly domain: string;
  readonly resource: string | undefined;
}

/** The text of a JID: `local@domain/resource`. */
export function formatJid(jid: Jid): string {
  const bare = jid.local === undefined ? jid.domain : `${jid.local}@${jid.domain}`;
  return jid.resource === undefined ? bare : `${bare}/${jid.resource}`;
}

export type JidPart = 'local part' | 'domain' | 'resource' | 'nickname';

/** A text that is no address, or no nickname. Says what is wrong with which part and repeats nothing of it. */
export class JidError extends Error {
  readonly part: JidPart;

  constructor(part: JidPart, problem: string) {
    super(`${part}: ${problem}`);
    this.name = 'JidError';
    this.part = part;
  }
}

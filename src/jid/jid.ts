/**
 * RFC 7622 (2015-09): the parts of an XMPP address.
 * Owns Jid, a plain prepared address in three parts, and the way between its text and its parts.
 * Does not prepare or check the parts (prep.ts); does not hide anything (real-jid.ts).
 * Always: `resource` and `local` are undefined when absent, never empty.
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

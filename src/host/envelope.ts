/**
 * RFC 6120 §8.1 (2011-03): a stanza and its two addresses.
 * Keeps `from` and `to` as prepared JIDs beside the stanza whose attributes say the same.
 * Does not decide where it goes (router.ts).
 * Always: the attributes and the JIDs agree.
 * Before: jid/prep.ts. After: host/router.ts.
 */
import { formatJid, type Jid } from '../jid/jid.ts';
import { parseJid } from '../jid/prep.ts';
import { buildError, type Refusal } from '../stanza/error.ts';
import { NS_CLIENT } from '../stanza/stanza.ts';
import { buildDelay } from '../xep/0203-delay/wire.ts';
import { el, type XmlElement, type XmlNode } from '../xml/element.ts';

export interface Envelope {
  readonly stanza: XmlElement;
  readonly from: Jid;
  readonly to: Jid;
}

/** The address, prepared; undefined where the text is none. */
export function tryJid(text: string): Jid | undefined {
  try {
    return parseJid(text);
  } catch {
    return undefined;
  }
}

/** The account's or the channel's address. */
export function bareOf(jid: Jid): Jid {
  return jid.resource === undefined ? jid : { ...jid, resource: undefined };
}

export function bareText(jid: Jid): string {
  return formatJid(bareOf(jid));
}

/** The stanza, sent from there to there. */
export function addressed(stanza: XmlElement, from: Jid, to: Jid): Envelope {
  return {
    stanza: { ...stanza, attrs: { ...stanza.attrs, from: formatJid(from), to: formatJid(to) } },
    from,
    to,
  };
}

/** The stanza with another `to`; everything else stays as it is. */
export function readdressed(stanza: XmlElement, to: string): XmlElement {
  return { ...stanza, attrs: { ...stanza.attrs, to } };
}

/** XEP-0203: the stanza, which came at that time; `by` says so. */
export function delayed(stanza: XmlElement, at: number, by: string): XmlElement {
  return { ...stanza, children: [...stanza.children, buildDelay(at, by)] };
}

/** A new stanza. */
export function compose(
  name: 'iq' | 'message' | 'presence',
  from: Jid,
  to: Jid,
  attrs: Readonly<Record<string, string | undefined>> = {},
  children: readonly (XmlNode | undefined)[] = [],
): Envelope {
  return addressed(el(name, NS_CLIENT, attrs, children), from, to);
}

/** The answer to an IQ: its addresses swapped, its id kept. */
export function resultOf({ stanza, from, to }: Envelope, payload: XmlElement | undefined): Envelope {
  return compose('iq', to, from, { type: 'result', id: stanza.attrs['id'] }, [payload]);
}

/** The error that answers a stanza; it repeats nothing of the payload. */
export function errorOf({ stanza, from, to }: Envelope, refusal: Refusal): Envelope {
  const kind = stanza.name === 'message' || stanza.name === 'presence' ? stanza.name : 'iq';
  return compose(kind, to, from, { type: 'error', id: stanza.attrs['id'] }, [
    refusal.details.beside,
    buildError(refusal),
  ]);
}

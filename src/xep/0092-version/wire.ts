/**
 * XEP-0092 Software Version 1.1 (2007-02-15): which program is it?
 * Reads and writes the query and its answer.
 * Does not know our version (service/ does); channels do not answer (GEN-45).
 * Always: name and version are there.
 * Before: stanza/stanza.ts. After: service/extensions.ts.
 */
import { checkName, requiredChild } from '../../stanza/codec.ts';
import { childText, el, text, type XmlElement } from '../../xml/element.ts';

export const NS = 'jabber:iq:version';

export interface Version {
  readonly name: string;
  readonly version: string;
  readonly os?: string | undefined;
}

/** Asks for name and version (§3). */
export function buildVersionQuery(): XmlElement {
  return el('query', NS);
}

/** The answer (§3). */
export function buildVersion({ name, version, os }: Version): XmlElement {
  return el('query', NS, {}, [
    el('name', NS, {}, [name]),
    el('version', NS, {}, [version]),
    os === undefined ? undefined : el('os', NS, {}, [os]),
  ]);
}

/** Reads the answer; bad-request where name or version is missing. */
export function parseVersion(query: XmlElement): Version {
  checkName(query, 'query', NS);
  return {
    name: text(requiredChild(query, 'name')),
    version: text(requiredChild(query, 'version')),
    os: childText(query, 'os'),
  };
}

/**
 * RFC 7622 (2015-09): preparation and comparison of XMPP addresses.
 * Turns text into a Jid of canonical parts, so that two addresses are the same exactly when their texts are.
 * Does not hide anything (real-jid.ts) nor know channels (public-jid.ts); XEP-0106 escapes are plain characters here.
 * Always: preparing a prepared part gives it back; no part is empty or longer than 1023 bytes.
 * Before: jid/idna.ts. After: jid/real-jid.ts.
 */
import { utf8Length } from '../xml/write.ts';
import { prepareDomain } from './idna.ts';
import { JidError, type Jid, type JidPart } from './jid.ts';
import { enforceOpaque, enforceUsername } from './precis.ts';

export { JidError } from './jid.ts';

/** RFC 7622 §3.1: the most bytes of each part. */
const partBytesMax = 1023;
// Lower-case ASCII without the characters that a local part excludes: already canonical.
const plainLocal = /^[!#-%(-.0-9;=?[-~]+$/;
const plainResource = /^[ -~]+$/;
const excludedFromLocal = /["&'/:<>@]/;

/** The address that `text` is. Throws JidError, which names the part and the problem but not the text. */
export function parseJid(text: string): Jid {
  const slash = text.indexOf('/');
  const bare = slash < 0 ? text : text.slice(0, slash);
  const at = bare.indexOf('@');
  return {
    local: at < 0 ? undefined : prepLocal(bare.slice(0, at)),
    domain: prepDomain(at < 0 ? bare : bare.slice(at + 1)),
    resource: slash < 0 ? undefined : prepResource(text.slice(slash + 1)),
  };
}

/** The canonical form of a local part (RFC 7622 §3.3). Throws JidError. */
export function prepLocal(text: string): string {
  if (plainLocal.test(text) && text.length <= partBytesMax) return text;
  checkWork(text, 'local part');
  const { text: local, problem } = enforceUsername(text);
  if (problem !== undefined) throw new JidError('local part', problem);
  if (excludedFromLocal.test(local)) throw new JidError('local part', 'disallowed character');
  return bounded(local, 'local part');
}

/** The canonical form of a domain (RFC 7622 §3.2): U-labels in lower case, or an IP address. Throws JidError. */
export function prepDomain(text: string): string {
  if (text === '') throw new JidError('domain', 'empty');
  checkWork(text, 'domain');
  return bounded(prepareDomain(text), 'domain');
}

/** The canonical form of a resource (RFC 7622 §3.4). Throws JidError. */
export function prepResource(text: string): string {
  if (plainResource.test(text) && text.length <= partBytesMax) return text;
  checkWork(text, 'resource');
  const { text: resource, problem } = enforceOpaque(text);
  if (problem !== undefined) throw new JidError('resource', problem);
  return bounded(resource, 'resource');
}

/** Canonical forms are at most a few times shorter than what was given: anything longer is not worth the work. */
function checkWork(text: string, part: JidPart): void {
  if (text.length > 4 * partBytesMax) throw new JidError(part, 'too long');
}

function bounded(text: string, part: JidPart): string {
  if (text.length * 3 > partBytesMax && utf8Length(text) > partBytesMax) throw new JidError(part, 'too long');
  return text;
}

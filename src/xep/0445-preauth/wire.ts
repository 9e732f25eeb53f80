/**
 * XEP-0445 Pre-Authenticated In-Band Registration 0.2.0 (2020-11-24), XEP-0401 §3.1: a token for one account.
 * Reads and writes the request that shows a token, the stream feature, and the link that carries one.
 * Does not judge a token (host/invite.ts).
 * Always: a token is not empty.
 * Before: xep/0077-register/wire.ts. After: client/register.ts, host/stream-registration.ts.
 */
import { checkName, requiredAttr } from '../../stanza/codec.ts';
import { el, type XmlElement } from '../../xml/element.ts';

/** The request has the namespace of XEP-0379, whose tokens these are. */
export const NS = 'urn:xmpp:pars:0';
export const NS_FEATURE = 'urn:xmpp:ibr-token:0';

/** Shows the token, before the account is asked for (§4). */
export function buildPreauth(token: string): XmlElement {
  return el('preauth', NS, { token });
}

/** Reads that; bad-request where there is no token. */
export function parsePreauth(preauth: XmlElement): string {
  checkName(preauth, 'preauth', NS);
  return requiredAttr(preauth, 'token');
}

/** The stream feature (§3). */
export function buildPreauthFeature(): XmlElement {
  return el('register', NS_FEATURE);
}

/** The link with which a client makes an account at the domain (§2.2). */
export function formatRegisterUri(domain: string, token: string): string {
  return `xmpp:${domain}?register;preauth=${encodeURIComponent(token)}`;
}

/** Reads such a link; undefined where it is another one. */
export function parseRegisterUri(
  uri: string,
): { readonly domain: string; readonly token: string } | undefined {
  const [, domain, token] = /^xmpp:([^?;/@]+)\?register;(?:[^;]*;)*?preauth=([^;]+)/i.exec(uri) ?? [];
  if (domain === undefined || token === undefined) return undefined;
  try {
    return { domain, token: decodeURIComponent(token) };
  } catch {
    return undefined;
  }
}

/**
 * RFC 7622 §3.2 with IDNA2008 (RFC 5890 to 5893) by way of UTS #46: the domain of an address.
 * Brings a host name to its U-labels and an IP address to its shortest form; refuses what DNS could not hold.
 * Does not look anything up.
 * Always: two spellings of one domain (A-label, U-label, capitals, a dot at the end) come out as the same string.
 * Before: jid/precis.ts. After: jid/prep.ts.
 */
import { toASCII, toUnicode } from 'tr46';
import { JidError } from './jid.ts';
import { classProblem } from './precis.ts';

const plainDomain = /^[a-z\d](?:[a-z\d-]*[a-z\d])?(?:\.[a-z\d](?:[a-z\d-]*[a-z\d])?)*$/;
const dotAtEnd = /[.\u3002\uff0e\uff61]$/;
const ipv4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;
const checks = { checkHyphens: true, checkBidi: true, checkJoiners: true, useSTD3ASCIIRules: true };
const labelBytesMax = 63;
const domainBytesMax = 253;

/** The canonical form of a domain part. Throws JidError. */
export function prepareDomain(text: string): string {
  const domain = text.replace(dotAtEnd, '');
  if (domain.startsWith('[')) return ipv6(domain);
  if (/(?:^|\.)\d+$/.test(domain)) {
    // As in WHATWG URL: a name whose last label is a number can only be an address.
    if (!ipv4.test(domain)) throw new JidError('domain', 'not an IPv4 address');
    return domain;
  }
  return isPlain(domain) ? domain : international(domain);
}

/** Is it lower-case ASCII that IDNA would leave as it is? Labels with `--` go the long way. */
function isPlain(domain: string): boolean {
  return (
    domain.length <= domainBytesMax &&
    plainDomain.test(domain) &&
    !domain.includes('--') &&
    (domain.length <= labelBytesMax || domain.split('.').every((label) => label.length <= labelBytesMax))
  );
}

function international(domain: string): string {
  // Far above what any spelling of 253 bytes needs; bounds the work.
  if (domain.length > 4 * domainBytesMax) throw new JidError('domain', 'too long');
  const { domain: unicode, error } = toUnicode(domain, checks);
  if (error || toASCII(domain, { ...checks, verifyDNSLength: true }) === null) {
    throw new JidError('domain', 'not a domain name');
  }
  // UTS #46 lets symbols pass that IDNA2008 does not; its letters are the identifier class.
  const problem = unicode
    .split('.')
    .map((label) => classProblem(label, 'identifier'))
    .find((one) => one !== undefined);
  if (problem !== undefined) throw new JidError('domain', problem);
  if (/(?:^|\.)\d+$/.test(unicode)) throw new JidError('domain', 'not a domain name');
  return unicode;
}

function ipv6(domain: string): string {
  if (/^\[[\da-f:.]{2,45}\]$/i.test(domain)) {
    try {
      return new URL(`http://${domain}`).hostname;
    } catch {
      // Falls through: it only looked like one.
    }
  }
  throw new JidError('domain', 'not an IPv6 address');
}

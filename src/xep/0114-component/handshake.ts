/**
 * XEP-0114 Jabber Component Protocol 1.6 (2012-01-25) §3: the proof that we know the secret.
 * Computes it. SHA-1 is what the document asks for; the secret has to be long, and the link on a trusted network.
 * Does not write it as XML (wire.ts).
 * Always: lower-case hexadecimal of the UTF-8 of both strings, the stream's id first.
 * Before: xep/0114-component/wire.ts. After: transport/session.ts.
 */
import { createHash } from 'node:crypto';

/** The text of `<handshake/>` for a stream with this id. */
export function handshakeDigest(streamId: string, secret: string): string {
  return createHash('sha1')
    .update(streamId + secret, 'utf8')
    .digest('hex');
}

/**
 * RFC 6120 §5 and §13.7 (2011-03): the host's certificate.
 * Reads certificate and key from their PEM files, says what is wrong with them, and takes renewed ones into use.
 * Does not speak TLS (stream-tcp.ts, host.ts).
 * Always: what is in use fits together, and files that do not never replace it; nothing older than TLS 1.2 is spoken;
 * no message holds anything of the key.
 * Before: host/listen.ts. After: host/stream-tcp.ts.
 */
import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { createSecureContext, type SecureContext } from 'node:tls';
import { domainToASCII } from 'node:url';
import { HostRefused } from './listen.ts';

/** PEM files. */
export interface CertificateFiles {
  /** The certificate, followed by those that lead from it to its authority. */
  readonly certificate: string;
  readonly key: string;
}

/** What TLS is spoken with. */
export interface TlsOptions {
  readonly cert: string;
  readonly key: string;
  readonly minVersion: 'TLSv1.2';
}

interface Loaded {
  readonly options: TlsOptions;
  readonly context: SecureContext;
  readonly own: X509Certificate;
}

export class Certificate {
  readonly #files: CertificateFiles;
  #stamp: string;
  #loaded: Loaded;

  /** Throws HostRefused when the files cannot be used. */
  constructor(files: CertificateFiles) {
    this.#files = files;
    this.#stamp = stampOf(files);
    this.#loaded = load(files);
  }

  get options(): TlsOptions {
    return this.#loaded.options;
  }

  get context(): SecureContext {
    return this.#loaded.context;
  }

  /** Until when it is valid. */
  get validTo(): Date {
    return new Date(this.#loaded.own.validTo);
  }

  /** Takes the files into use again if they have changed; says whether it did. Throws HostRefused, once for each change. */
  refresh(): boolean {
    const stamp = stampOf(this.#files);
    if (stamp === this.#stamp) return false;
    this.#stamp = stamp;
    this.#loaded = load(this.#files);
    return true;
  }

  /** Why clients will not accept it for this domain; undefined where they will, as far as can be seen from here. */
  complaint(domain: string, now: number): string | undefined {
    const { own } = this.#loaded;
    const the = `[host] tls_certificate: the certificate in ${this.#files.certificate}`;
    const [from, to] = [new Date(own.validFrom), new Date(own.validTo)];
    if (now > to.getTime()) return `${the} has expired on ${dayOf(to)}`;
    if (now < from.getTime()) return `${the} is not valid before ${dayOf(from)}`;
    // Clients look at these names alone, and no longer at the subject.
    if (own.checkHost(domainToASCII(domain), { subject: 'never' }) !== undefined) return undefined;
    const names = own.subjectAltName?.replaceAll('DNS:', '') ?? 'no domain at all';
    return `${the} is not for ${domain}, but for ${names}`;
  }
}

export function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}

function load(files: CertificateFiles): Loaded {
  const cert = read('tls_certificate', files.certificate);
  const key = read('tls_key', files.key);
  const own = attempt(
    `[host] tls_certificate: ${files.certificate} holds no certificate in PEM form`,
    () => new X509Certificate(cert),
  );
  const privateKey = attempt<KeyObject>(
    `[host] tls_key: ${files.key} holds no private key in PEM form, or one that asks for a passphrase`,
    () => createPrivateKey(key),
  );
  if (!own.checkPrivateKey(privateKey)) {
    throw new HostRefused(
      `[host] tls_key: the key in ${files.key} does not belong to the certificate in ${files.certificate}`,
    );
  }
  const options: TlsOptions = { cert, key, minVersion: 'TLSv1.2' };
  const context = attempt(
    `[host] tls_certificate: ${files.certificate} and its key cannot be used for TLS, ` +
      'as their kind or their size is one that is no longer trusted',
    () => createSecureContext(options),
  );
  return { options, context, own };
}

function read(key: 'tls_certificate' | 'tls_key', path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    const why: Readonly<Record<string, string>> = {
      ENOENT: 'it does not exist',
      EACCES: 'this user may not read it',
      EISDIR: 'it is a folder',
    };
    throw new HostRefused(`[host] ${key}: ${path} cannot be read: ${why[code] ?? code}`, {
      cause: error,
    });
  }
}

function attempt<Result>(complaint: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw new HostRefused(complaint, { cause: error });
  }
}

/** Changes when a file does; a file that is not there is a change as well. */
function stampOf({ certificate, key }: CertificateFiles): string {
  return [certificate, key]
    .map((path) => {
      const stat = statSync(path, { throwIfNoEntry: false });
      return stat === undefined ? 'none' : `${stat.ino} ${stat.size} ${stat.mtimeMs}`;
    })
    .join(', ');
}

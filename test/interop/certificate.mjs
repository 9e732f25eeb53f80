/**
 * A certificate for `localhost`, and the authority that signed it.
 * Owns both files; makes them with OpenSSL's command, as an operator would.
 * Does not tell anybody to trust the authority: clients are given it.
 * Always: of one day; the keys go away with the lab's folder.
 * Before: lab.mjs. After: client.mjs.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Makes them in the lab's folder. `names` are those that it is for. Returns two paths, and the text of the authority's. */
export function makeCertificate(lab, names = ['localhost']) {
  const path = (name) => join(lab.dir, name);
  const openssl = (...args) => execFileSync('openssl', args, { cwd: lab.dir, stdio: 'pipe' });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl('req', '-x509', ...newKey, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '1', '-subj', '/CN=Lab');
  openssl('req', ...newKey, '-keyout', 'server.key', '-out', 'server.csr', '-subj', `/CN=${names[0]}`);
  writeFileSync(path('san'), `subjectAltName=${names.map((name) => `DNS:${name}`).join(',')}\n`);
  const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '1', '-extfile', 'san'];
  openssl('x509', '-req', '-in', 'server.csr', '-out', 'server.pem', ...signed);
  writeFileSync(
    path('chain.pem'),
    readFileSync(path('server.pem'), 'utf8') + readFileSync(path('ca.pem'), 'utf8'),
  );
  return {
    certificate: path('chain.pem'),
    key: path('server.key'),
    caFile: path('ca.pem'),
    ca: readFileSync(path('ca.pem'), 'utf8'),
  };
}

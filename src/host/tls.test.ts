import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { connect as connectPlain } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { child, elements, text, type XmlElement } from '../xml/element.ts';
import { Certificate, type CertificateFiles } from './certificate.ts';
import { Client, openStage, PASSWORD, type Stage } from './stage.ts';

const folder = mkdtempSync(join(tmpdir(), 'vizard-tls-'));
const NS_TLS = 'urn:ietf:params:xml:ns:xmpp-tls';
let stage: Stage | undefined;
afterEach(async () => {
  await stage?.stop();
  stage = undefined;
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A key and a certificate of its own signature. Node can make none by itself. */
function make(name: string, domain: string, ...more: string[]): CertificateFiles {
  const files = { certificate: join(folder, `${name}.crt`), key: join(folder, `${name}.key`) };
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-sha256'];
  const subject = ['-subj', `/CN=${domain}`, '-addext', `subjectAltName=DNS:${domain}`];
  const out = ['-keyout', files.key, '-out', files.certificate];
  execFileSync('openssl', ['req', '-x509', ...kind, ...subject, ...out, ...more], { stdio: 'pipe' });
  return files;
}

function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'pipe' });
    return true;
  } catch {
    if (process.env['CI'] !== undefined) throw new Error('openssl is needed for the tests of TLS');
    console.warn('SKIPPED: all tests of TLS, since there is no openssl to make certificates with');
    return false;
  }
}

const read = (path: string) => readFileSync(path, 'utf8');

/** What a client of this certificate's authority gets at a path. */
async function fetchSecurely(url: string, ca: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { ca, agent: false }, (response) => {
      let body = '';
      response.on('data', (data: Buffer) => (body += data.toString()));
      response.on('end', () => resolve(body));
    }).on('error', reject);
  });
}

describe.skipIf(!hasOpenssl())('with a certificate', () => {
  const files = make('localhost', 'localhost');
  const ca = read(files.certificate);
  const mechanismsOf = (features: XmlElement) =>
    elements(child(features, 'mechanisms', 'urn:ietf:params:xml:ns:xmpp-sasl') ?? features).map(text);

  test('over TCP, STARTTLS comes before the log-in, and all of it happens within', async () => {
    stage = await openStage({ tls: files });
    await stage.host.accounts.add('hag66', PASSWORD);
    const client = await new Client().overTcp(stage.host.tcpAddress);
    const features = await client.open();
    expect(elements(features).map(({ name, ns }) => [name, ns])).toEqual([['starttls', NS_TLS]]);
    expect(child(child(features, 'starttls', NS_TLS)!, 'required')).toBeDefined();
    expect(elements(await client.authenticate('hag66', PASSWORD)).map(({ name }) => name)).toEqual([
      'encryption-required',
    ]);
    await client.startTls(ca);
    expect(mechanismsOf(await client.open())).toEqual(['SCRAM-SHA-256', 'SCRAM-SHA-1', 'PLAIN']);
    expect((await client.authenticate('hag66', PASSWORD, 'PLAIN')).name).toBe('success');
    await client.open();
    await client.bind('cauldron');
    client.send("<message to='hag66@localhost/cauldron' type='chat'><body>through TLS</body></message>");
    await client.inbox.take(({ name }) => name === 'message');
  });

  test('over TCP, TLS may be there from the first byte, on the same port (XEP-0368)', async () => {
    stage = await openStage({ tls: files });
    await stage.host.accounts.add('hag66', PASSWORD);
    const client = await new Client().overTcp(stage.host.tcpAddress);
    await client.secure(ca);
    expect(mechanismsOf(await client.open())).toEqual(['SCRAM-SHA-256', 'SCRAM-SHA-1', 'PLAIN']);
    expect((await client.authenticate('hag66', PASSWORD, 'PLAIN')).name).toBe('success');
    await client.open();
    await client.bind('cauldron');
    client.send(
      `<message to='hag66@localhost/cauldron' type='chat'><body>${'x'.repeat(50_000)}</body></message>`,
    );
    await client.inbox.take(({ name }) => name === 'message');
  });

  test('a second starttls, and one where there is no certificate, fail and end the stream', async () => {
    stage = await openStage({ tls: files });
    const client = await new Client().overTcp(stage.host.tcpAddress);
    await client.open();
    await client.startTls(ca);
    await client.open();
    client.send(`<starttls xmlns='${NS_TLS}'/>`);
    await client.inbox.take(({ name, ns }) => name === 'failure' && ns === NS_TLS);
    await client.inbox.ended();
    await stage.stop();
    stage = await openStage();
    const other = await new Client().overTcp(stage.host.tcpAddress);
    await other.open();
    other.send(`<starttls xmlns='${NS_TLS}'/>`);
    await other.inbox.take(({ name, ns }) => name === 'failure' && ns === NS_TLS);
    await other.inbox.ended();
  });

  test('what somebody puts in clear behind the starttls has no effect within TLS', async () => {
    stage = await openStage({ tls: files });
    const [, port = ''] = stage.host.tcpAddress.split(':');
    const plain = connectPlain(Number(port), '127.0.0.1');
    const header =
      "<stream:stream to='localhost' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>";
    const auth = "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='X'/>";
    plain.write(`${header}<starttls xmlns='${NS_TLS}'/>${auth}${header}${auth}`);
    let said = '';
    await new Promise<void>((resolve) => {
      plain.on('data', (data: Buffer) => {
        said += data.toString();
        if (said.includes('<proceed')) resolve();
      });
    });
    plain.removeAllListeners('data');
    const secure = connectTls({ socket: plain, ca, servername: 'localhost' });
    await new Promise<void>((resolve, reject) => secure.once('secureConnect', resolve).once('error', reject));
    expect(secure.getProtocol()).toBe('TLSv1.3');
    said = '';
    secure.on('data', (data: Buffer) => (said += data.toString()));
    secure.write(header);
    await expect.poll(() => said).toContain('</stream:features>');
    expect(said).toContain('PLAIN');
    expect(said).not.toContain('invalid-mechanism');
    secure.destroy();
  });

  test('TLS 1.1 is refused, and so is noise in place of TLS; others are served meanwhile', async () => {
    stage = await openStage({ tls: files });
    for (const break_ of [
      (socket: ReturnType<typeof connectPlain>) => void socket.write('no TLS at all\n'.repeat(50)),
      (socket: ReturnType<typeof connectPlain>) => {
        const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' } as const;
        connectTls({ socket, ca, servername: 'localhost', ...old }).on('error', () => undefined);
      },
      (socket: ReturnType<typeof connectPlain>) => socket.destroy(),
    ]) {
      const [, port = ''] = stage.host.tcpAddress.split(':');
      const socket = connectPlain(Number(port), '127.0.0.1').on('error', () => undefined);
      socket.write(
        `<stream:stream to='localhost' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'><starttls xmlns='${NS_TLS}'/>`,
      );
      await new Promise<void>((resolve) => {
        socket.on('data', (data: Buffer) => {
          if (data.toString().includes('<proceed')) resolve();
        });
      });
      socket.removeAllListeners('data');
      break_(socket);
      if (!socket.destroyed) await new Promise((resolve) => socket.on('close', resolve));
    }
    const client = await new Client().overTcp(stage.host.tcpAddress);
    await client.open();
    await client.startTls(ca);
    await client.open();
  });

  test('HTTP is HTTPS, WebSocket is within it, and invites, pages and discovery name the domain', async () => {
    stage = await openStage({ tls: files });
    await stage.host.accounts.add('hag66', PASSWORD);
    const { httpUrl } = stage.host;
    expect(httpUrl).toMatch(/^https:\/\/localhost:\d+$/);
    expect(stage.host.createInvite()).toContain(`${httpUrl}/invite/`);
    const [, port = ''] = stage.host.tcpAddress.split(':');
    const page = await fetchSecurely(httpUrl, ca);
    expect(page).toContain(`localhost:${port}`);
    expect(page).toContain('with STARTTLS');
    expect(await fetchSecurely(`${httpUrl}/.well-known/host-meta.json`, ca)).toContain(
      `${httpUrl.replace('https', 'wss')}/xmpp-websocket`,
    );
    await expect(fetch(httpUrl.replace('https', 'http'))).rejects.toThrow();
    const client = await new Client().overWebSocket(httpUrl, ca);
    expect(mechanismsOf(await client.open())).toContain('PLAIN');
    expect((await client.authenticate('hag66', PASSWORD)).name).toBe('success');
  });

  test('it listens at addresses that others can reach; behind a proxy as well, HTTP stays plain', async () => {
    const any = { host: '0.0.0.0', port: 0 };
    stage = await openStage({ tls: files, tcp: any, http: any });
    expect(stage.host.httpUrl).toMatch(/^https:/);
    await stage.stop();
    stage = await openStage({ tls: files, behindTlsProxy: true });
    expect(stage.host.httpUrl).toBe('https://localhost');
    const client = await new Client().overTcp(stage.host.tcpAddress);
    expect(child(await client.open(), 'starttls', NS_TLS)).toBeDefined();
  });

  test('a renewed certificate is taken into use without a restart; a broken one is not', async () => {
    const used = make('used', 'localhost');
    const next = make('next', 'localhost');
    const warnings: string[] = [];
    const quiet = () => undefined;
    const warn = (_fields: object, sentence: string) => void warnings.push(sentence);
    stage = await openStage({ tls: used, log: { debug: quiet, info: quiet, warn, error: warn } });
    const { httpUrl } = stage.host;
    const before = read(used.certificate);
    writeFileSync(used.certificate, 'no certificate');
    await expect.poll(() => warnings).toEqual([expect.stringContaining('the one before stays in use')]);
    await fetchSecurely(httpUrl, before);
    cpSync(next.key, used.key);
    cpSync(next.certificate, used.certificate);
    await expect
      .poll(() => fetchSecurely(httpUrl, read(next.certificate)).catch(String), { timeout: 5_000 })
      .toContain('<html');
    const client = await new Client().overTcp(stage.host.tcpAddress);
    await client.open();
    await client.startTls(read(next.certificate));
    await client.open();
  });

  test('what is wrong with the files is said, with the key of the config', () => {
    const other = make('other', 'example.org');
    const secret = join(folder, 'secret.key');
    execFileSync('openssl', ['ec', '-in', files.key, '-aes128', '-passout', 'pass:x', '-out', secret], {
      stdio: 'pipe',
    });
    for (const [certificate, key, complaint] of [
      ['/none', files.key, /^\[host\] tls_certificate: \/none cannot be read: it does not exist$/],
      [files.certificate, folder, /^\[host\] tls_key: .* cannot be read: it is a folder$/],
      [files.key, files.key, /^\[host\] tls_certificate: .*localhost\.key holds no certificate in PEM form$/],
      [files.certificate, files.certificate, /^\[host\] tls_key: .* holds no private key in PEM form, or/],
      [files.certificate, secret, /^\[host\] tls_key: .* or one that asks for a passphrase$/],
      [files.certificate, other.key, /^\[host\] tls_key: the key in .* does not belong to the certificate/],
    ] as const) {
      expect(() => new Certificate({ certificate, key })).toThrow(complaint);
    }
  });

  test('what clients will not like is said: another name, not yet, no longer', () => {
    const day = 86_400_000;
    const now = Date.now();
    const certificate = new Certificate(make('names', 'xn--mller-kva.example'));
    expect(certificate.complaint('müller.example', now)).toBeUndefined();
    expect(certificate.complaint('example.org', now)).toMatch(
      /is not for example\.org, but for xn--mller-kva\.example$/,
    );
    expect(certificate.complaint('müller.example', now + 31 * day)).toMatch(
      /has expired on \d{4}-\d\d-\d\d$/,
    );
    expect(certificate.complaint('müller.example', now - day)).toMatch(
      /is not valid before \d{4}-\d\d-\d\d$/,
    );
  });
});

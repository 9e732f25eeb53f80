/**
 * Prosody (Debian's) without any MIX support of its own: the server on which clients speak to the channel themselves.
 * Owns its configuration, its start and its accounts.
 * Does not start Vizard (vizard.mjs) and does not speak XMPP (story.py does).
 * Always: no delegation, no privilege, no plug-in: what an operator has who only adds a Component section.
 * Before: lab.mjs. After: run.mjs.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { accepting, freePorts } from './lab.mjs';

export const PACKAGES = ['prosody'];

/**
 * Starts Prosody for `localhost`; a component may attach as `domain`. With a certificate (`tls`, see certificate.mjs) clients
 * may use TLS, must on the port `tls`, and find what they find on servers of today: WebSocket and XEP-0198. `more` are
 * lines for the end of its configuration.
 */
export async function startProsody(lab, { domain, secret, tls, more = '' }) {
  const [c2s, component, http, tlsPort] = await freePorts(4);
  const dir = join(lab.dir, 'prosody');
  for (const folder of ['data', 'certs']) mkdirSync(join(dir, folder), { recursive: true });
  const config = join(dir, 'prosody.cfg.lua');
  writeFileSync(
    config,
    `run_as_root = true
pidfile = "${join(dir, 'prosody.pid')}"
data_path = "${join(dir, 'data')}"
certificates = "${join(dir, 'certs')}"
log = { info = "*console" }
interfaces = { "127.0.0.1" }
c2s_ports = { ${c2s} }
s2s_ports = {}
component_interfaces = { "127.0.0.1" }
component_ports = { ${component} }
modules_disabled = { "s2s"${tls === undefined ? ', "tls"' : ''} }
modules_enabled = { "saslauth", "roster", "disco", "ping", "carbons", "pep", "mam", "blocklist"${tls === undefined ? '' : ', "tls", "smacks", "websocket"'} }
${tls === undefined ? '' : secured(http, tlsPort, tls)}c2s_require_encryption = ${tls !== undefined}
allow_unencrypted_plain_auth = true
authentication = "internal_plain"
storage = "internal"
default_archive_policy = true
VirtualHost "localhost"
Component "${domain}"
  component_secret = "${secret}"
${more}`,
  );
  const register = (user, password) =>
    execFileSync('prosodyctl', ['--config', config, 'register', user, 'localhost', password], {
      stdio: 'pipe',
    });
  const server = lab.start('prosody', 'prosody', ['-F', '--config', config]);
  await accepting(c2s, server);
  await accepting(component, server);
  return { c2s, component, tls: tlsPort, webSocket: `ws://127.0.0.1:${http}/xmpp-websocket`, register };
}

function secured(http, tlsPort, { certificate, key }) {
  return `http_ports = { ${http} }
https_ports = {}
http_interfaces = { "127.0.0.1" }
consider_websocket_secure = true
c2s_direct_tls_ports = { ${tlsPort} }
c2s_direct_tls_interfaces = { "127.0.0.1" }
smacks_hibernation_time = 5
ssl = { certificate = "${certificate}", key = "${key}" }
`;
}

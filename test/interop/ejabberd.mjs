/**
 * ejabberd (Debian's) with mod_mix_pam, as the server that Vizard attaches to.
 * Owns its configuration, its start and its accounts.
 * Does not start Vizard (vizard.mjs) and does not speak XMPP (the Python plays do).
 * Always: one listener for one component domain (several would share all their domains); no Erlang distribution, no epmd.
 * Before: lab.mjs. After: run.mjs.
 */
/* global AbortSignal, fetch */
import { mkdirSync, readdirSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { accepting, freePorts } from './lab.mjs';

export const PACKAGES = ['ejabberd'];

/**
 * Starts ejabberd for `localhost`; a component may attach as `domain`. `modules` adds lines under `modules:`. With a
 * certificate (`tls`, see certificate.mjs) clients may use TLS, and must on the port `tls`. `passwords` is the format in
 * which they are kept.
 */
export async function startEjabberd(lab, { domain, secret, modules = '', tls, passwords = 'plain' }) {
  const [c2s, component, http, tlsPort] = await freePorts(4);
  const dir = join(lab.dir, 'ejabberd');
  mkdirSync(join(dir, 'db'), { recursive: true });
  mkdirSync(join(dir, 'log'));
  const config = join(dir, 'ejabberd.yml');
  writeFileSync(
    config,
    `hosts: [localhost]
loglevel: info
auth_method: [internal]
auth_password_format: ${passwords}
listen:
  - {port: ${c2s}, ip: 127.0.0.1, module: ejabberd_c2s, ${tls === undefined ? 'starttls: false' : 'starttls_required: true'}, max_stanza_size: 262144, access: c2s}
  - {port: ${component}, ip: 127.0.0.1, module: ejabberd_service, hosts: {${domain}: {password: ${secret}}}}
  - {port: ${http}, ip: 127.0.0.1, module: ejabberd_http, request_handlers: {/api: mod_http_api, /ws: ejabberd_http_ws}}
${tls === undefined ? '' : secured(tlsPort, tls)}access_rules: {c2s: [allow]}
api_permissions: {"loopback": {who: [ip: 127.0.0.1/8], what: ["*"]}}
modules:
  mod_disco: {}
  mod_ping: {}
  mod_roster: {}
  mod_caps: {}
  mod_carboncopy: {}
  mod_mam: {default: always, assume_mam_usage: true}
  mod_offline: {}
  mod_mix_pam: {}
  mod_stream_mgmt: {resume_timeout: 5}
${modules}`,
  );
  const server = lab.start(
    'ejabberd',
    'erl',
    ['+K', 'true', '-noinput', '-mnesia', 'dir', `"${join(dir, 'db')}"`, '-pa', ebin(), '-s', 'ejabberd'],
    {
      env: {
        ...process.env,
        EJABBERD_CONFIG_PATH: config,
        EJABBERD_LOG_PATH: join(dir, 'log', 'ejabberd.log'),
        SPOOL_DIR: join(dir, 'db'),
        HOME: dir,
      },
    },
  );
  await accepting(c2s, server);
  await accepting(http, server);
  const webSocket = `ws://127.0.0.1:${http}/ws`;
  return {
    c2s,
    component,
    tls: tlsPort,
    webSocket,
    register: (user, password) => register(http, user, password),
  };
}

function secured(port, { certificate, key }) {
  return `  - {port: ${port}, ip: 127.0.0.1, module: ejabberd_c2s, tls: true, access: c2s}
certfiles: ["${certificate}", "${key}"]
`;
}

function ebin() {
  for (const triplet of readdirSync('/usr/lib')) {
    const library = join('/usr/lib', triplet);
    if (!triplet.includes('-linux-')) continue;
    for (const name of readdirSync(library).filter((entry) => entry.startsWith('ejabberd-'))) {
      if (existsSync(join(library, name, 'ebin', 'ejabberd.beam'))) return join(library, name, 'ebin');
    }
  }
  throw new Error('the ejabberd package is installed, but its ebin folder was not found below /usr/lib');
}

async function register(http, user, password) {
  const answer = await fetch(`http://127.0.0.1:${http}/api/register`, {
    method: 'POST',
    body: JSON.stringify({ user, host: 'localhost', password }),
    signal: AbortSignal.timeout(5000),
  });
  if (!answer.ok) throw new Error(`ejabberd refused to register ${user}: ${await answer.text()}`);
}

/**
 * `npm run test:interop`: Vizard against real servers and a real client library, from outside.
 * Owns the order of the runs, the total at the end and the exit status.
 * Does not configure a server (ejabberd.mjs, vizard.mjs) nor check the protocol (story.py, crash.py, home.py).
 * Always: says in plain words what it could not do, never skips in silence; stops all that it started, also when interrupted.
 * Before: lab.mjs, ejabberd.mjs, vizard.mjs, crash.mjs. After: nothing.
 *
 *     node test/interop/run.mjs [ejabberd] [crash] [host] [judges] [resume] [prosody] [client] [channels]
 *                              [rooms] [screens] [web]                       all when none is named
 */
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeCertificate } from './certificate.mjs';
import { crash } from './crash.mjs';
import * as ejabberd from './ejabberd.mjs';
import { PYTHON_PACKAGES, install, openLab } from './lab.mjs';
import * as prosody from './prosody.mjs';
import { build, linesNaming, startComponent, startHost } from './vizard.mjs';

const LIMIT = 1_200_000;
const SECRET = 'secret';
/** For those who make their account themselves, which asks for more. */
const LONG_SECRET = 'order in the court';
const DOMAIN = 'mix.localhost';
/** The accounts of story.py; the parts that may be in no log. */
const NAMES = ['crowqueen-zp4', 'hagwitch-kq7', 'toadwitch-vn2'];
/** Those of home.py. */
const NEIGHBOURS = ['ravenneigh-hb5', 'catneigh-mk8'];
/** The accounts of newcomer.py, in no log either. */
const NEWCOMERS = ['midwife-xc5', 'seawitch-pt8', 'imp-ju3'];
/** Those of judges/. */
const JUDGES = ['bailiff-tc1', 'usher-st2', 'clerk-sp3', 'squire-ws4'];
const PAGES = ['page-nb5', 'page-nb6', 'page-nb7'];
/** The guests of rooms.py, beside NAMES. */
const GUESTS = ['woodguest-rw3', 'castleguest-fd6'];
const DEVICES = ['throneres-o9', 'secretres-x1', 'hiddenres-y2'];

/** The servers that Vizard attaches to. */
const BEHIND = { prosody: prosody.startProsody, ejabberd: ejabberd.startEjabberd };

const runs = {
  /** The story behind ejabberd, which joins for its users by mod_mix_pam. */
  async ejabberd(lab) {
    const server = await ejabberd.startEjabberd(lab, { domain: DOMAIN, secret: SECRET });
    for (const name of NAMES) await server.register(name, SECRET);
    const vizard = startComponent(lab, { domain: DOMAIN, port: server.component, secret: SECRET });
    const told = await story(lab, 'ejabberd', server.c2s);
    return sum(told, await endsWell(vizard));
  },

  /** Three times a thousand messages, and Vizard killed in the middle of each. */
  async crash(lab) {
    const server = await ejabberd.startEjabberd(lab, { domain: DOMAIN, secret: SECRET });
    for (const name of NAMES) await server.register(name, SECRET);
    // what the three send is more than one person may by default
    const limits = 'stanzas_per_second = 10000\nstanzas_burst = 10000';
    const attach = () =>
      startComponent(lab, { domain: DOMAIN, port: server.component, secret: SECRET, limits });
    return crash(lab, { attach, c2s: server.c2s, domain: DOMAIN, password: SECRET });
  },

  /** Newcomers with the links of the first start; the story against the embedded server; what that does for its users besides. */
  async host(lab) {
    const host = await startHost(lab);
    const { first, invite } = await host.links();
    const args = ['--port', String(host.c2s), '--first', first, '--invite', invite];
    const came = await lab.play('newcomer.py', args);
    for (const name of NAMES) host.register(name, SECRET);
    const told = await story(lab, 'host', host.c2s);
    for (const name of NEIGHBOURS) host.register(name, SECRET);
    const neighbours = ['--port', String(host.c2s), '--password', SECRET, ...NEIGHBOURS];
    const atHome = await lab.play('home.py', neighbours);
    return sum(came, told, atHome, await endsWell(host.server));
  },

  /** The embedded server judged by JavaScript libraries, without and with a certificate. */
  async judges(lab) {
    const host = await startHost(lab);
    for (const name of JUDGES) host.register(name, LONG_SECRET);
    const args = ['--tcp', String(host.c2s), '--http', String(host.http), '--password', LONG_SECRET];
    const more = [host.invite(), host.invite()].flatMap((token) => ['--invite', token]);
    for (const name of PAGES) more.push('--newcomer', name);
    const judged = await lab.play('judges/judges.mjs', [...args, ...more, ...JUDGES]);
    const ended = await endsWell(host.server);
    return sum(judged, ended, await judgesWithin(lab));
  },

  /** A client of the embedded server, within TLS, that loses its connection again and again. */
  async resume(lab) {
    const tls = makeCertificate(lab);
    const host = await startHost(lab, tls);
    for (const name of NAMES) host.register(name, SECRET);
    const args = ['--port', String(host.c2s), '--certificate', tls.caFile, '--password', SECRET];
    const told = await lab.play('resume.py', args);
    return sum(told, await endsWell(host.server));
  },

  /** The same story behind a server that knows nothing of MIX. */
  async prosody(lab) {
    const server = await prosody.startProsody(lab, { domain: DOMAIN, secret: SECRET });
    for (const name of NAMES) server.register(name, SECRET);
    const vizard = startComponent(lab, { domain: DOMAIN, port: server.component, secret: SECRET });
    const told = await story(lab, 'prosody', server.c2s);
    return sum(told, await endsWell(vizard));
  },

  /** The client library against each of the three, by every way to connect that they have. */
  async client(lab) {
    const { playClient } = await import('./client.mjs');
    const certificate = makeCertificate(lab);
    const names = NAMES.slice(0, 2);
    const options = { domain: DOMAIN, secret: SECRET, tls: certificate };
    const play = (server, { c2s, tls, webSocket }) => {
      const way = (name, url) => ({
        name,
        port: new URL(url).port,
        endpoint: (port) => url.replace(/:\d+/, `:${port}`),
        isTls: !url.startsWith('ws:'),
      });
      const ways = [way('STARTTLS', `tcp://127.0.0.1:${c2s}`), way('WebSocket', webSocket)];
      if (tls !== undefined) ways.push(way('TLS', `tcps://127.0.0.1:${tls}`));
      return playClient({ server, names, password: SECRET, ways, ca: certificate.ca });
    };
    const host = await startHost(lab, certificate, { VIZARD_HOST_LIMITS__RESUME_MS: '5000' });
    for (const name of names) host.register(name, SECRET);
    const counts = [await play('host', host)];
    for (const [name, start] of Object.entries(BEHIND)) {
      const server = await start(lab, options);
      for (const account of names) await server.register(account, SECRET);
      counts.push(await play(name, server));
    }
    return sum(...counts);
  },

  /** The client library in channels, behind each of the three. */
  async channels(lab) {
    const { playChannels } = await import('./channels.mjs');
    const names = NAMES.slice(0, 2);
    const play = (server, port, quirks) =>
      playChannels({ server, port, names, password: SECRET, service: DOMAIN, quirks });
    const host = await startHost(lab);
    for (const name of names) host.register(name, SECRET);
    const counts = [await play('host', host.c2s, { hasParticipants: true, dropsForms: false })];
    await host.server.stop();
    const behind = [
      ['ejabberd', ejabberd.startEjabberd, { hasParticipants: true, dropsForms: true }],
      ['prosody', prosody.startProsody, { hasParticipants: false, dropsForms: false }],
    ];
    for (const [name, start, quirks] of behind) {
      const server = await start(lab, { domain: DOMAIN, secret: SECRET });
      for (const account of names) await server.register(account, SECRET);
      const vizard = startComponent(lab, { domain: DOMAIN, port: server.component, secret: SECRET, name });
      counts.push(await play(name, server.c2s, quirks));
      await vizard.stop();
    }
    return sum(...counts);
  },

  /** Clients of rooms (slixmpp's xep_0045) in a channel, behind both servers and stand-alone. */
  async rooms(lab) {
    const counts = [];
    const play = async (name, port, vizard) => {
      const args = ['--server', name, '--port', String(port), '--service', DOMAIN, '--password', SECRET];
      counts.push(await lab.play('rooms.py', args), await endsWell(vizard));
    };
    for (const [name, start] of Object.entries(BEHIND)) {
      const server = await start(lab, { domain: DOMAIN, secret: SECRET });
      for (const account of [...NAMES, ...GUESTS]) await server.register(account, SECRET);
      const vizard = startComponent(lab, { domain: DOMAIN, port: server.component, secret: SECRET, name });
      await play(name, server.c2s, vizard);
    }
    const host = await startHost(lab);
    for (const account of [...NAMES, ...GUESTS]) host.register(account, SECRET);
    await play('host', host.c2s, host.server);
    return sum(...counts);
  },

  /** Clients of rooms that people use (Profanity, poezio), looked at in their terminals, behind both servers. */
  async screens(lab) {
    const counts = [];
    const tls = makeCertificate(lab);
    for (const [name, start] of Object.entries(BEHIND)) {
      const server = await start(lab, { domain: DOMAIN, secret: SECRET, tls });
      for (const account of [...NAMES, ...GUESTS]) await server.register(account, SECRET);
      const vizard = startComponent(lab, { domain: DOMAIN, port: server.component, secret: SECRET, name });
      const args = [
        '--server',
        name,
        '--port',
        String(server.c2s),
        '--service',
        DOMAIN,
        '--password',
        SECRET,
      ];
      args.push('--certificate', tls.caFile);
      if (process.env.SCREENS !== undefined) args.push('--keep', resolve(process.env.SCREENS));
      counts.push(await lab.play('screens.py', args, { limit: 180_000 }), await endsWell(vizard));
    }
    return sum(...counts);
  },

  /** The web client beside ejabberd, served by something that knows files only. */
  async web(lab) {
    const { playWeb } = await import('./web.mjs');
    const names = NAMES.slice(0, 2);
    // With passwords in the clear ejabberd makes a salt for each log-in, so that what a page keeps opens nothing.
    const options = { domain: DOMAIN, secret: SECRET, passwords: 'scram' };
    const server = await ejabberd.startEjabberd(lab, options);
    for (const name of names) await server.register(name, SECRET);
    const vizard = startComponent(lab, { domain: DOMAIN, port: server.component, secret: SECRET });
    const played = await playWeb({
      webSocket: server.webSocket,
      service: DOMAIN,
      names,
      password: SECRET,
    });
    return sum(played, await endsWell(vizard));
  },
};

/** TLS, for the same accounts. */
async function judgesWithin(lab) {
  const tls = makeCertificate(lab);
  const host = await startHost(lab, tls);
  const args = ['--tcp', String(host.c2s), '--http', String(host.http), '--password', LONG_SECRET];
  const env = { NODE_EXTRA_CA_CERTS: tls.caFile };
  const judged = await lab.play('judges/secure.mjs', [...args, ...JUDGES], { env });
  return sum(judged, await endsWell(host.server));
}

function story(lab, server, port) {
  const args = ['--server', server, '--port', String(port), '--service', DOMAIN, '--password', SECRET];
  return lab.play('story.py', args);
}

/** What can be seen of a process at its end: that it ends on SIGTERM, and that its log names nobody. */
async function endsWell(server) {
  const end = await server.stop('SIGTERM', 10_000);
  const named = linesNaming(server, [
    ...NAMES,
    ...NEWCOMERS,
    ...NEIGHBOURS,
    ...GUESTS,
    ...JUDGES,
    ...PAGES,
    ...DEVICES,
  ]);
  return sum(
    check(end.status === 0, 'SIGTERM ends Vizard cleanly within 10 s', JSON.stringify(end)),
    check(named.length === 0, 'the log at level info names nobody (D-91)', named.slice(0, 5).join('\n')),
  );
}

function check(holds, sentence, received) {
  console.log(`${holds ? 'ok' : 'not ok'} - ${sentence}${holds ? '' : `\n    received: ${received}`}`);
  return { passed: holds ? 1 : 0, failed: holds ? 0 : 1 };
}

function sum(...counts) {
  return counts.reduce((a, b) => ({ passed: a.passed + b.passed, failed: a.failed + b.failed }));
}

let total = { passed: 0, failed: 0 };
let open;

const PACKAGES = {
  ejabberd: ejabberd.PACKAGES,
  crash: ejabberd.PACKAGES,
  resume: ['openssl'],
  prosody: prosody.PACKAGES,
  client: [...ejabberd.PACKAGES, ...prosody.PACKAGES, 'openssl'],
  channels: [...ejabberd.PACKAGES, ...prosody.PACKAGES],
  rooms: [...ejabberd.PACKAGES, ...prosody.PACKAGES],
  screens: [...ejabberd.PACKAGES, ...prosody.PACKAGES, 'openssl', 'poezio', 'profanity', 'tmux'],
  web: [...ejabberd.PACKAGES, 'chromium'],
};

async function main() {
  const wanted = process.argv.slice(2);
  const unknown = wanted.find((name) => !(name in runs));
  if (unknown) throw new Error(`there is no run "${unknown}"; there are: ${Object.keys(runs).join(', ')}`);
  if (wanted.length === 0) {
    wanted.push(...Object.keys(runs));
  }
  install([...new Set([...PYTHON_PACKAGES, ...wanted.flatMap((name) => PACKAGES[name] ?? [])])]);
  build();
  limit();
  for (const name of wanted) {
    console.log(`# ${name}`);
    const lab = (open = openLab());
    let count;
    try {
      count = await runs[name](lab);
    } catch (error) {
      count = check(false, `the run "${name}" came to its end`, String(error.message));
    }
    if (count.failed > 0) console.log(lab.tails());
    await lab.close();
    total = sum(total, count);
  }
}

function end() {
  console.log(`${total.passed} passed, ${total.failed} failed`);
  process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0);
}

/** Counts from after the installation and the build, which have limits of their own. */
async function limit() {
  await sleep(LIMIT, undefined, { ref: false });
  total = sum(total, check(false, `the runs ended within ${LIMIT / 1000} s`, 'nothing more'));
  console.log(open?.tails() ?? '');
  open?.kill();
  end();
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, () => {
    open?.kill();
    process.exit(1);
  });
}
await main().catch((error) => {
  total = sum(total, check(false, 'the suite could run', error.message));
});
end();

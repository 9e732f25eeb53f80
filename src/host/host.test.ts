import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { pair } from '../transport/pair.ts';
import { openAccounts } from './accounts.ts';
import { Database } from './database.ts';
import { createHost, type HostOptions } from './host.ts';
import { Lane } from './lane.ts';
import { Client, openStage, PASSWORD, type Stage } from './stage.ts';

let folder: string;
let stage: Stage | undefined;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'vizard-host-'))));
afterEach(async () => {
  await stage?.stop();
  stage = undefined;
  rmSync(folder, { recursive: true });
});

const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

function options(changes: Partial<HostOptions> = {}): HostOptions {
  return {
    domain: 'localhost',
    serviceDomain: 'mix.localhost',
    database: join(folder, 'host.db'),
    http: { host: '127.0.0.1', port: 0 },
    tcp: { host: '127.0.0.1', port: 0 },
    registration: 'invite',
    log,
    clock: { now: () => 1_000_000 },
    link: pair().server,
    ...changes,
  };
}

test.each(['0.0.0.0', '::', '192.0.2.1', 'example.org'])(
  'without TLS the host does not listen at %s',
  async (host) => {
    await expect(createHost(options({ tcp: { host, port: 0 } }))).rejects.toThrow(
      /\[host\] tcp .*VIZARD_HOST__TCP.*behind_tls_proxy/,
    );
    await expect(createHost(options({ http: { host, port: 0 } }))).rejects.toThrow(
      /\[host\] http .*VIZARD_HOST__HTTP/,
    );
  },
);

test.each(['127.0.0.2', 'localhost', '::1'])('the host listens at %s', async (host) => {
  const one = await createHost(options({ http: { host, port: 0 } }));
  expect(one.httpUrl).toMatch(/^http:\/\/(127\.0\.0\.\d|\[::1\]):\d+$/);
  expect((await fetch(`${one.httpUrl}/healthz`)).status).toBe(200);
  await one.stop(1000);
});

test('behind a TLS proxy the host listens anywhere and names its public address', async () => {
  const any = { host: '0.0.0.0', port: 0 };
  const one = await createHost(
    options({ domain: 'chat.example', http: any, tcp: any, behindTlsProxy: true }),
  );
  expect(one.createInvite()).toMatch(/^https:\/\/chat\.example\/invite\/[\w-]{24}$/);
  await one.stop(1000);
});

async function takePort(): Promise<readonly [Server, number]> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return [server, typeof address === 'object' && address !== null ? address.port : 0];
}

test('a port that is taken is explained, and nothing stays open', async () => {
  const [server, port] = await takePort();
  const taken = { host: '127.0.0.1', port };
  const text = (key: string) =>
    new RegExp(`127\\.0\\.0\\.1:${port} is taken by another program.*\\[host\\] ${key} = `);
  await expect(createHost(options({ tcp: taken }))).rejects.toThrow(text('tcp'));
  await expect(createHost(options({ http: taken }))).rejects.toThrow(text('http'));
  server.close();
  const one = await createHost(options({ tcp: taken }));
  expect(one.tcpAddress).toBe(`127.0.0.1:${port}`);
  await one.stop(1000);
});

test('a file of a newer version is refused by name, and is left as it is', () => {
  const file = join(folder, 'host.db');
  openAccounts(file).close();
  const database = new Database(file);
  database.exec('PRAGMA user_version = 99');
  database.close();
  expect(() => openAccounts(file)).toThrow(/host\.db was written by a newer Vizard \(schema 99/);
});

test('the command line adds and removes accounts beside a running host', async () => {
  const host = await createHost(options({ limits: { housekeepingMs: 20 } }));
  const accounts = openAccounts(join(folder, 'host.db'), 1000);
  await accounts.add('hag66', PASSWORD);
  const client = await new Client().overTcp(host.tcpAddress);
  await client.open();
  expect((await client.authenticate('hag66', PASSWORD)).name).toBe('success');
  await client.open();
  await client.bind();
  expect(accounts.remove('hag66')).toBe(true);
  await client.inbox.take(({ name }) => name === 'error');
  accounts.close();
  await host.stop(1000);
});

test('the pages: start, style, discovery, health, and nothing else', async () => {
  stage = await openStage();
  const url = stage.host.httpUrl;
  const start = await fetch(url);
  expect(start.headers.get('content-security-policy')).toBe(
    "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  );
  const page = await start.text();
  for (const wanted of [
    stage.host.tcpAddress,
    `${url.replace('http', 'ws')}/xmpp-websocket`,
    'mix.localhost',
    'invite link',
  ]) {
    expect(page).toContain(wanted);
  }
  expect(page).not.toMatch(/<script|style=|onclick/);
  expect((await fetch(`${url}/style.css`)).headers.get('content-type')).toContain('text/css');
  const webSocket = `${url.replace('http', 'ws')}/xmpp-websocket`;
  const json = await fetch(`${url}/.well-known/host-meta.json`);
  expect(json.headers.get('access-control-allow-origin')).toBe('*');
  expect(await json.json()).toEqual({
    links: [{ rel: 'urn:xmpp:alt-connections:websocket', href: webSocket }],
  });
  expect(await (await fetch(`${url}/.well-known/host-meta`)).text()).toContain(
    `rel="urn:xmpp:alt-connections:websocket" href="${webSocket}"`,
  );
  expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ status: 'ok' });
  expect((await fetch(`${url}/xmpp-websocket`)).status).toBe(426);
  for (const path of ['/register', '/invite/', '/invite/unknown', '/..%2f..%2fetc/passwd', '/x']) {
    expect((await fetch(url + path)).status, path).toBe(404);
  }
});

function post(address: string, form: Record<string, string>, headers: Record<string, string> = {}) {
  return fetch(address, { method: 'POST', body: new URLSearchParams(form), headers });
}

test('an invite makes one account: the form, what it refuses, and the log-in afterwards', async () => {
  stage = await openStage();
  const invite = stage.host.createInvite();
  expect(invite.startsWith(`${stage.host.httpUrl}/invite/`)).toBe(true);
  const form = await (await fetch(invite)).text();
  expect(form).toContain(`action="${new URL(invite).pathname}"`);
  expect((await post(invite, { name: 'hag66', password: 'short' })).status).toBe(400);
  expect((await post(invite, { name: 'a b', password: PASSWORD })).status).toBe(400);
  expect((await post(invite, { password: PASSWORD })).status).toBe(400);
  const echoed = await post(invite, { name: '"><script>', password: PASSWORD });
  expect(await echoed.text()).not.toContain('<script>');
  expect((await post(invite, { name: 'hag66', password: 'x'.repeat(5000) })).status).toBe(413);
  expect(
    (await post(invite, { name: 'hag66', password: PASSWORD }, { 'sec-fetch-site': 'cross-site' })).status,
  ).toBe(403);
  expect(
    (await post(invite, { name: 'hag66', password: PASSWORD }, { origin: 'http://evil.example' })).status,
  ).toBe(403);
  await stage.host.accounts.add('hecate', PASSWORD);
  expect((await post(invite, { name: 'Hecate', password: PASSWORD })).status).toBe(409);
  const made = await post(invite, { name: 'Hag66', password: PASSWORD }, { origin: stage.host.httpUrl });
  expect(made.status).toBe(201);
  expect(await made.text()).toContain('hag66@localhost');
  expect((await fetch(invite)).status).toBe(404);
  expect((await post(invite, { name: 'other', password: PASSWORD })).status).toBe(404);
  expect(stage.host.accounts.list().map(({ name }) => name)).toEqual(['hag66', 'hecate']);
  const client = await new Client().overWebSocket(stage.host.httpUrl);
  await client.open();
  expect((await client.authenticate('hag66', PASSWORD)).name).toBe('success');
});

test('an invite holds for as many accounts as it says, and only until it expires', async () => {
  let now = 0;
  stage = await openStage({ clock: { now: () => now }, limits: { inviteDays: 2 } });
  const invite = stage.host.createInvite(2);
  expect((await post(invite, { name: 'one', password: PASSWORD })).status).toBe(201);
  expect((await post(invite, { name: 'two', password: PASSWORD })).status).toBe(201);
  expect((await post(invite, { name: 'three', password: PASSWORD })).status).toBe(404);
  const late = stage.host.createInvite();
  now = 2 * 86_400_000 - 1;
  expect((await fetch(late)).status).toBe(200);
  now++;
  expect((await fetch(late)).status).toBe(404);
});

test('two people who use one invite at once get one account', async () => {
  stage = await openStage();
  const invite = stage.host.createInvite();
  const answers = await Promise.all(
    ['one', 'two', 'three'].map((name) => post(invite, { name, password: PASSWORD })),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 404, 404]);
  expect(stage.host.accounts.list()).toHaveLength(1);
});

test('open registration needs no invite, and has a rate; closed registration takes none', async () => {
  stage = await openStage({ registration: 'open', limits: { registrationsPerMinuteMax: 2 } });
  const register = `${stage.host.httpUrl}/register`;
  expect(await (await fetch(stage.host.httpUrl)).text()).toContain('href="/register"');
  expect((await post(register, { name: 'one', password: PASSWORD })).status).toBe(201);
  expect((await post(register, { name: 'two', password: PASSWORD })).status).toBe(201);
  expect((await post(register, { name: 'three', password: PASSWORD })).status).toBe(429);
  await stage.stop();
  stage = await openStage({ registration: 'closed' });
  expect((await fetch(stage.host.createInvite())).status).toBe(404);
});

test('the lane: what a task sends leaves after the commit; a failing task changes and sends nothing', () => {
  const database = new Database(':memory:');
  database.exec('CREATE TABLE t (x INTEGER UNIQUE) STRICT');
  const lane = new Lane(database, log, 100);
  const seen: string[] = [];
  const count = () => Number(database.get('SELECT count(*) AS n FROM t')?.['n']);
  lane.post(() => {
    database.run('INSERT INTO t VALUES (1)');
    lane.after(() => seen.push(`one ${count()}`));
  });
  lane.post(
    () => {
      database.run('INSERT INTO t VALUES (2)');
      lane.after(() => seen.push('never'));
      throw new Error('mistake');
    },
    () => seen.push('failed'),
  );
  lane.post(() => {
    database.run('INSERT INTO t VALUES (3)');
    lane.after(() => {
      throw new Error('a socket');
    });
    lane.after(() => seen.push('three'));
  });
  expect(seen).toEqual([]);
  lane.flush();
  expect(seen).toEqual(['one 2', 'failed', 'three']);
  expect(database.all('SELECT x FROM t ORDER BY x').map((row) => row['x'])).toEqual([1, 3]);
});

test('the lane: what a task wants next runs when all before is out, and before all that waits', () => {
  const database = new Database(':memory:');
  const lane = new Lane(database, log, 100);
  const seen: string[] = [];
  const tell = (name: string) => () => {
    seen.push(name);
    lane.after(() => seen.push(`${name} is out`));
  };
  lane.post(tell('one'));
  lane.post(() => {
    tell('two')();
    lane.next(tell('next'));
    lane.post(tell('last'));
  });
  lane.post(tell('three'));
  lane.flush();
  expect(seen.filter((what) => !what.endsWith('out'))).toEqual(['one', 'two', 'next', 'three', 'last']);
  expect(seen.indexOf('two is out')).toBeLessThan(seen.indexOf('next'));
});

test('the lane: when the commit fails, nothing was done and everybody is told', () => {
  const database = new Database(':memory:');
  database.exec(
    'CREATE TABLE p (x INTEGER PRIMARY KEY) STRICT; CREATE TABLE c (x INTEGER REFERENCES p DEFERRABLE INITIALLY DEFERRED) STRICT',
  );
  const lane = new Lane(database, log, 100);
  const seen: string[] = [];
  const told = (name: string) => () => void seen.push(name);
  lane.post(() => {
    database.run('INSERT INTO p VALUES (1)');
    lane.after(told('never'));
  }, told('one failed'));
  lane.post(() => void database.run('INSERT INTO c VALUES (2)'), told('two failed'));
  lane.flush();
  expect(seen).toEqual(['one failed', 'two failed']);
  expect(database.all('SELECT * FROM p')).toEqual([]);
  lane.post(() => {
    database.run('INSERT INTO p VALUES (1)');
    lane.after(told('works again'));
  });
  lane.flush();
  expect(seen.at(-1)).toBe('works again');
});

test('the lane: when SQLite itself gives up the transaction, the batch is lost, and the lane goes on', () => {
  const database = new Database(':memory:');
  database.exec('CREATE TABLE t (x INTEGER) STRICT');
  const lane = new Lane(database, log, 100);
  const seen: string[] = [];
  const told = (name: string) => () => void seen.push(name);
  lane.post(() => void database.run('INSERT INTO t VALUES (1)'), told('one failed'));
  lane.post(() => {
    database.run('INSERT INTO t VALUES (2)');
    database.exec('ROLLBACK');
  }, told('two failed'));
  lane.post(() => void database.run('INSERT INTO t VALUES (3)'), told('three failed'));
  lane.flush();
  expect(seen).toEqual(['one failed', 'two failed', 'three failed']);
  lane.post(() => void database.run('INSERT INTO t VALUES (4)'), told('four failed'));
  lane.flush();
  expect(database.all('SELECT x FROM t').map((row) => row['x'])).toEqual([4]);
  expect(seen).toHaveLength(3);
});

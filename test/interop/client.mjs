/**
 * The client library against real servers: log-in, messages, lost connections.
 * Plays the same with each way to connect that a server has, through a wire that is cut in the middle.
 * Does not start servers (ejabberd.mjs, prosody.mjs, vizard.mjs).
 * Always: only the public door of the built package is used; every wait has a limit.
 * Before: proxy.mjs. After: run.mjs.
 */
/* global clearTimeout */
import { setTimeout as sleep } from 'node:timers/promises';
import { childText, connect, el } from '../../dist/node/index.js';
import { startProxy } from './proxy.mjs';

const LIMIT = 20_000;
const MESSAGES = 150;

/**
 * Plays against one server.
 * @param names two accounts, both with the password
 * @param ways each with a `name`, the `port`, and the endpoint for a port in front of it; `isTls` where it is encrypted
 * @param hasAcks whether the server has XEP-0198
 */
export async function playClient({ server, names, password, ways, ca, hasAcks }) {
  const count = { passed: 0, failed: 0 };
  for (const way of ways) {
    const proxy = await startProxy(way.port);
    const options = (name) => ({
      account: `${name}@localhost`,
      password,
      endpoint: way.endpoint(proxy.port),
      tls: { ca },
      maxWaitMs: 500,
      keepaliveMs: 4_000,
    });
    for (const [sentence, play] of Object.entries(plays)) {
      const title = `${server}, ${way.name}: ${sentence}`;
      const clients = [];
      const online = async (name) => {
        const client = await connect(options(name));
        clients.push(client);
        return client;
      };
      try {
        await limited(play({ server, way, options, names, proxy, hasAcks, online }));
        count.passed++;
        console.log(`ok - ${title}`);
      } catch (error) {
        count.failed++;
        console.log(`not ok - ${title}\n    received: ${error.stack}`);
      } finally {
        proxy.up();
        await Promise.all(clients.map((client) => client.close()));
      }
    }
    proxy.close();
  }
  return count;
}

const plays = {
  async 'a client logs in and is told what it asks'({ online, names }) {
    const client = await online(names[0]);
    const info = await client.request(
      'get',
      'localhost',
      el('query', 'http://jabber.org/protocol/disco#info'),
    );
    equal(info.name, 'query');
    await rejects(client.request('get', 'localhost', el('x', 'urn:x')), 'StanzaError');
    await client.close();
    equal(client.state.is, 'closed');
  },

  async 'a wrong password is refused once and for all'({ options, names }) {
    const failed = await rejects(connect({ ...options(names[0]), password: 'wrong' }), 'LoginRefused');
    equal(failed.condition, 'not-authorized');
  },

  async 'a certificate that nobody known has signed is refused'({ way, options, names }) {
    if (!way.isTls) return;
    const failed = await rejects(connect({ ...options(names[0]), tls: {} }), 'ConnectionLost');
    if (!/certificate/.test(failed.message)) throw failed;
  },

  async 'no message is lost or doubled when the wire is cut three times'({
    server,
    online,
    names,
    proxy,
    hasAcks,
  }) {
    const [one, two] = await Promise.all(names.map(online));
    const fresh = [0, 0];
    [one, two].forEach((client, at) => client.on('fresh', () => fresh[at]++));
    const heard = [listen(one), listen(two)];
    const fates = [];
    for (let at = 0; at < MESSAGES; at++) {
      for (const [from, to] of [
        [one, two],
        [two, one],
      ])
        fates.push(fateOf(from.send(chat(to.address, `${from.account} ${at}`))));
      if (at % 50 === 25) {
        proxy.cut();
        await Promise.all([back(one), back(two)]);
      } else if (at % 5 === 0) await sleep(5);
    }
    const lost = (await Promise.all(fates)).filter((fate) => fate === 'lost').length;
    // COMPAT(prosody): half a stanza that came before the cut is put in front of the first one after a resumption, so that
    // either the server ends the stream or nothing gets through on it. The client has to notice, and begins another.
    if (server === 'prosody' && fresh.some((count) => count > 0))
      equal(
        fresh.filter((count) => count > 3),
        [],
      );
    else if (hasAcks) {
      equal(lost, 0);
      equal(fresh, [0, 0]);
      await until(() => heard.every((bodies) => bodies.length >= MESSAGES));
      // COMPAT(ejabberd): what reached the server during a resumption may overtake what it sends again.
      if (server === 'ejabberd') heard.forEach((bodies) => bodies.sort(byNumber));
      for (const [at, from] of [two, one].entries())
        equal(
          heard[at],
          Array.from({ length: MESSAGES }, (_, number) => `${from.account} ${number}`),
        );
    } else equal(fresh, [3, 3]);
  },

  async 'what is sent while the wire is down goes out when it is up'({ online, names, proxy }) {
    const [one, two] = await Promise.all(names.map(online));
    const heard = listen(two);
    proxy.down();
    await state(one, 'waiting');
    const fate = one.send(chat(two.account, 'later'));
    const answer = one.request('get', 'localhost', el('query', 'http://jabber.org/protocol/disco#info'));
    proxy.up();
    await fate;
    equal((await answer).name, 'query');
    await until(() => heard.includes('later'));
    equal(heard.filter((body) => body === 'later').length, 1);
  },

  async 'after too long an absence the stream is new'({ online, names, proxy, hasAcks }) {
    const one = await online(names[0]);
    let fresh = 0;
    one.on('fresh', () => fresh++);
    proxy.down();
    await state(one, 'waiting');
    if (hasAcks) await sleep(7_000);
    proxy.up();
    await until(() => fresh === 1);
    await one.request('get', 'localhost', el('query', 'http://jabber.org/protocol/disco#info'));
  },
};

function fateOf(sending) {
  return sending.then(
    () => 'sent',
    () => 'lost',
  );
}

function chat(to, body) {
  return el('message', 'jabber:client', { to, type: 'chat' }, [el('body', 'jabber:client', {}, [body])]);
}

function byNumber(a, b) {
  return Number(a.split(' ')[1]) - Number(b.split(' ')[1]);
}

/** What is said to this client, in order. */
function listen(client) {
  const bodies = [];
  client.onStanza((stanza) => {
    const body = stanza.name === 'message' ? childText(stanza, 'body') : undefined;
    if (body !== undefined) bodies.push(body);
  });
  return bodies;
}

/** The connection has been lost and is there again. */
async function back(client) {
  await state(client, 'waiting');
  await state(client, 'online');
}

function state(client, wanted) {
  if (client.state.is === wanted) return undefined;
  return new Promise((resolve) => {
    const stop = client.on('state', ({ is }) => {
      if (is !== wanted) return;
      stop();
      resolve();
    });
  });
}

async function until(holds) {
  while (!holds()) await sleep(20);
}

async function limited(work) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done within ${LIMIT / 1000} s`)), LIMIT);
  });
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
}

async function rejects(promise, name) {
  const outcome = await promise.then(
    () => undefined,
    (error) => error,
  );
  equal(outcome?.name, name);
  return outcome;
}

function equal(received, expected) {
  const [a, b] = [received, expected].map((value) => JSON.stringify(value));
  if (a !== b) throw new Error(`expected ${b}, received ${a}`);
}

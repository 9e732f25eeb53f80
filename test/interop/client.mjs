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

const LIMIT = 40_000;
const MESSAGES = 150;

/**
 * Plays against one server.
 * @param names two accounts, both with the password
 * @param ways each with a `name`, the `port`, and the endpoint for a port in front of it; `isTls` where it is encrypted
 */
export async function playClient({ server, names, password, ways, ca }) {
  const count = { passed: 0, failed: 0 };
  for (const way of ways) {
    const wires = await Promise.all(names.map(() => startProxy(way.port)));
    const options = (at) => ({
      account: `${names[at]}@localhost`,
      password,
      endpoint: way.endpoint(wires[at].port),
      tls: { ca },
      maxWaitMs: 500,
      // COMPAT(prosody): see the three cuts below.
      keepaliveMs: server === 'prosody' ? 4_000 : 30_000,
    });
    for (const [sentence, play] of Object.entries(plays)) {
      const title = `${server}, ${way.name}: ${sentence}`;
      const clients = [];
      const online = async (at) => {
        const client = await connect(options(at));
        clients.push(client);
        return client;
      };
      try {
        await limited(play({ server, way, options, wires, online }));
        count.passed++;
        console.log(`ok - ${title}`);
      } catch (error) {
        count.failed++;
        console.log(`not ok - ${title}\n    received: ${error.stack}`);
      } finally {
        for (const wire of wires) wire.up();
        await Promise.all(clients.map((client) => client.close()));
      }
    }
    for (const wire of wires) wire.close();
  }
  return count;
}

const plays = {
  async 'a client logs in and is told what it asks'({ online }) {
    const client = await online(0);
    const info = await client.request('get', 'localhost', disco());
    equal(info.name, 'query');
    await rejects(client.request('get', 'localhost', el('x', 'urn:x')), 'StanzaError');
    await client.close();
    equal(client.state.is, 'closed');
  },

  async 'a wrong password is refused once and for all'({ options }) {
    const failed = await rejects(connect({ ...options(0), password: 'wrong' }), 'LoginRefused');
    equal(failed.condition, 'not-authorized');
  },

  async 'a certificate that nobody known has signed is refused'({ way, options }) {
    if (!way.isTls) return;
    const failed = await rejects(connect({ ...options(0), tls: {} }), 'ConnectionLost');
    if (!/certificate/.test(failed.message)) throw failed;
  },

  async 'no message is lost or doubled when the wires are cut three times'({ server, wires, online }) {
    const people = await Promise.all([online(0), online(1)]);
    const fresh = [0, 0];
    people.forEach((client, at) => client.on('fresh', () => fresh[at]++));
    const heard = people.map(listen);
    const fates = [];
    const say = (text) =>
      people.forEach((from, at) => fates.push(fateOf(from.send(chat(people[1 - at].address, text)))));
    for (let at = 0; at < MESSAGES; at++) {
      say(String(at));
      if (at % 50 === 25) {
        for (const wire of wires) wire.cut();
        await Promise.all(people.map(back));
      } else if (at % 5 === 0) await sleep(5);
    }
    const lost = (await Promise.all(fates)).filter((fate) => fate === 'lost').length;
    // COMPAT(prosody): half a stanza that came before the cut is put in front of the first one after a resumption, so that
    // either the server ends the stream or nothing gets through on it. The client has to notice, and begins another.
    if (server === 'prosody' && fresh.some((count) => count > 0)) {
      equal(fresh.filter((count) => count > 3).length, 0);
      return;
    }
    equal([lost, fresh], [0, [0, 0]]);
    say('end');
    await until(() => heard.every((bodies) => bodies.includes('end')));
    for (const bodies of heard) check(bodies, server === 'ejabberd');
  },

  async 'what is sent while the wire is down goes out when it is up'({ wires, online }) {
    const [one, two] = await Promise.all([online(0), online(1)]);
    const heard = listen(two);
    const text = `later ${Math.random()}`;
    wires[0].down();
    await state(one, 'waiting');
    const fate = one.send(chat(two.account, text));
    const answer = one.request('get', 'localhost', disco());
    wires[0].up();
    await fate;
    equal((await answer).name, 'query');
    await until(() => heard.includes(text));
    equal(heard.filter((body) => body === text).length, 1);
  },

  async 'after too long an absence the stream is new'({ wires, online }) {
    const one = await online(0);
    let fresh = 0;
    one.on('fresh', () => fresh++);
    wires[0].down();
    await state(one, 'waiting');
    await sleep(7_000);
    wires[0].up();
    await until(() => fresh === 1);
    await one.request('get', 'localhost', disco());
  },
};

function disco() {
  return el('query', 'http://jabber.org/protocol/disco#info');
}

/**
 * Was everything heard, once and in order?
 * COMPAT(ejabberd): what reaches the server in the moment of a resumption may overtake what it sends again, or come with
 * the next log-in only.
 */
function check(bodies, isEjabberd) {
  const numbers = bodies.filter((body) => body !== 'end').map(Number);
  equal(new Set(numbers).size, numbers.length);
  if (isEjabberd) numbers.sort((a, b) => a - b);
  const missing = Array.from({ length: MESSAGES }, (_, at) => at).filter((at) => !numbers.includes(at));
  if (missing.length > (isEjabberd ? 5 : 0)) equal(missing, []);
  equal(
    [...numbers].sort((a, b) => a - b),
    numbers,
  );
}

function fateOf(sending) {
  return sending.then(
    () => 'sent',
    () => 'lost',
  );
}

function chat(to, body) {
  return el('message', 'jabber:client', { to, type: 'chat' }, [el('body', 'jabber:client', {}, [body])]);
}

/** What is said to this client, in order; what comes back as undelivered is no speech. */
function listen(client) {
  const bodies = [];
  client.onStanza((stanza) => {
    const isSpeech = stanza.name === 'message' && stanza.attrs.type !== 'error';
    const body = isSpeech ? childText(stanza, 'body') : undefined;
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

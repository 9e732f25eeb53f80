/**
 * Benchmark: how long a client of today waits until it is in a room of a thousand.
 * Measures entering a channel of which half are there by MIX and half by MUC, and Prosody's own MUC with as many
 * occupants, on the same Prosody and in turns.
 * Does not measure how the rooms were filled.
 * Always: the client is a real one on a connection of its own; it is in when the subject has come, after all presences.
 * Before: bench/crowd.mjs. After: bench/run.mjs.
 */
/* global clearTimeout */
import { performance } from 'node:perf_hooks';
import { connect, el } from '../dist/node/index.js';
import { elements, isNamed } from '../dist/xml/element.js';
import { openLab } from '../test/interop/lab.mjs';
import { startProsody } from '../test/interop/prosody.mjs';
import { startComponent } from '../test/interop/vizard.mjs';
import { Crowd } from './crowd.mjs';
import { median, spread } from './numbers.mjs';

const SECRET = 'bench';
const PASSWORD = 'bench-bench';
const MUC = 'http://jabber.org/protocol/muc';
const PATIENCE_MS = 60_000;
const LIMITS = 'stanzas_per_second = 1000000\nstanzas_burst = 1000000';
const ROOMS = `Component "crowd.localhost"
  component_secret = "${SECRET}"
Component "rooms.localhost" "muc"
  restrict_room_creation = false
  muc_room_locking = false
`;

/** Rows for the table. */
export async function rooms({ people, runs }) {
  const lab = openLab();
  try {
    const server = { domain: 'mix.localhost', secret: SECRET };
    const prosody = await startProsody(lab, { ...server, more: ROOMS });
    startComponent(lab, { ...server, port: prosody.component, limits: LIMITS });
    prosody.register('guest', PASSWORD);
    const crowd = new Crowd({ port: prosody.component, domain: 'crowd.localhost', secret: SECRET });
    await crowd.start();
    const guest = await connect({
      ...{ account: 'guest@localhost', password: PASSWORD },
      endpoint: `tcp://127.0.0.1:${prosody.c2s}`,
    });
    try {
      return await compare({ crowd, guest, people, runs });
    } finally {
      await guest.close();
      await crowd.stop();
    }
  } catch (error) {
    throw new Error(`${error.message}\n${lab.tails()}`, { cause: error });
  } finally {
    await lab.close();
  }
}

async function compare({ crowd, guest, people, runs }) {
  const [ours, theirs] = ['coven@mix.localhost', 'coven@rooms.localhost'];
  await until(async () => crowd.enter(ours, 0, 1));
  await crowd.enter(ours, 1, people / 2);
  await crowd.join(ours, people / 2, people);
  await crowd.enter(theirs, 0, people);
  await quiet(crowd);
  const figures = { [ours]: [], [theirs]: [] };
  for (let run = 0; run <= runs; run++) {
    for (const room of [ours, theirs]) {
      const figure = await visit(guest, room);
      if (figure.presences !== people + 1) throw new Error(`${room} showed ${figure.presences} occupants`);
      // The first is for the caches.
      if (run > 0) figures[room].push(figure);
      await quiet(crowd);
    }
  }
  const of = (room, key) => figures[room].map((figure) => figure[key]);
  return [
    ['to see oneself in the room: ms', 'selfMs'],
    ['to the subject, after which the client is in: ms', 'subjectMs'],
  ].map(([what, key]) => [
    `a MUC client enters a room of ${people}, ${what}`,
    spread(of(ours, key)),
    spread(of(theirs, key)),
    median(of(ours, key)) / median(of(theirs, key)),
  ]);
}

/** Enters, and leaves again. */
async function visit(guest, room) {
  let presences = 0;
  let selfMs = 0;
  const nick = `${room}/guest`;
  const startedAt = performance.now();
  const isIn = told(guest, room, (stanza) => {
    if (stanza.name === 'presence') {
      presences += 1;
      if (stanza.attrs.from === nick) selfMs = performance.now() - startedAt;
    }
    return stanza.name === 'message' && elements(stanza).some(({ name }) => name === 'subject');
  });
  await guest.send(el('presence', 'jabber:client', { to: nick }, [el('x', MUC)]));
  await isIn;
  const subjectMs = performance.now() - startedAt;
  const isOut = told(guest, room, ({ attrs }) => attrs.from === nick && attrs.type === 'unavailable');
  await guest.send(el('presence', 'jabber:client', { to: nick, type: 'unavailable' }));
  await isOut;
  return { presences, selfMs, subjectMs };
}

/** Resolves with the first stanza of the room for which this is true. */
function told(guest, room, isIt) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${room} does not answer`)), PATIENCE_MS);
    const stop = guest.onStanza((stanza) => {
      if (stanza.attrs.from?.startsWith(room) !== true) return;
      const isError = stanza.attrs.type === 'error' || isNamed(stanza, 'error', 'jabber:client');
      if (!isError && !isIt(stanza)) return;
      stop();
      clearTimeout(timer);
      if (isError) reject(new Error(`${room} refused: ${JSON.stringify(stanza)}`));
      else resolve(stanza);
    });
  });
}

/** Tries again while the component is not there yet. */
async function until(act) {
  for (let tries = 0; ; tries++) {
    try {
      return await act();
    } catch (error) {
      if (tries === 50) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

/** Nobody is told anything any more. */
async function quiet(crowd) {
  for (let before = -1; before !== crowd.heard;) {
    before = crowd.heard;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

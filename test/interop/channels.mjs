/**
 * The client library in channels behind real servers: from finding a service to a change of mode.
 * Plays one story with two people, each over a wire that can be cut; what servers do otherwise is a field of `quirks`.
 * Does not start servers (ejabberd.mjs, prosody.mjs, vizard.mjs).
 * Always: only the public door of the built package is used; every wait has a limit.
 * Before: client.mjs, proxy.mjs. After: run.mjs.
 */
/* global clearTimeout */
import * as vizard from '../../dist/node/index.js';
import { startProxy } from './proxy.mjs';

const LIMIT = 30_000;
const ROUNDS = 3;
const TURNS = 20;

/**
 * Plays against one server.
 * @param names two accounts, both with the password
 * @param quirks what the server does otherwise: `dropsForms`, that preferences are lost in a join; `hasParticipants`, that
 * it joins for its users; `hidesAbsence`, that presence goes to a channel from the next change on only
 */
export async function playChannels({ server, port, names, password, service, quirks }) {
  const count = { passed: 0, failed: 0 };
  const wires = await Promise.all(names.map(() => startProxy(port)));
  const clients = [];
  const scene = { service, quirks, wires, people: [] };
  try {
    for (const [at, name] of names.entries()) {
      const client = await vizard.connect({
        account: `${name}@localhost`,
        password,
        endpoint: `tcp://127.0.0.1:${wires[at].port}`,
        maxWaitMs: 500,
      });
      clients.push(client);
      scene.people.push({ client });
    }
    for (const [sentence, act] of Object.entries(acts)) {
      await limited(act(scene), sentence);
      count.passed++;
      console.log(`ok - ${server}: ${sentence}`);
    }
  } catch (error) {
    count.failed++;
    console.log(`not ok - ${server}: the library in channels\n    received: ${error.stack}`);
  } finally {
    await Promise.all(clients.map((client) => client.close()));
    for (const wire of wires) wire.close();
  }
  return count;
}

const acts = {
  async 'a service is found, a channel made, and known before it is joined'(scene) {
    const [{ client }, { client: guest }] = scene.people;
    await until(async () =>
      (await vizard.findServices(client)).some(({ address }) => address === scene.service),
    );
    scene.channel = await vizard.createChannel(client, scene.service, {
      name: 'library',
      config: { userRetraction: true },
    });
    const listed = await vizard.listChannels(guest, scene.service);
    equal(
      listed.some(({ address }) => address === scene.channel),
      true,
    );
    equal((await vizard.getInfo(guest, scene.channel)).mode, 'jid-hidden');
  },

  async 'preferences hold after a join, whatever the server lost (D-15)'(scene) {
    const { channel, quirks, people } = scene;
    equal(await vizard.hasParticipantServer(people[0].client), quirks.hasParticipants);
    people[0].joined = await vizard.join(people[0].client, channel, { nick: 'Crow' });
    people[1].joined = await vizard.join(people[1].client, channel, {
      nick: 'Hag',
      preferences: { jidVisibility: 'never' },
    });
    const { preferences, id } = people[1].joined;
    equal(preferences.pending, quirks.dropsForms);
    equal((await preferences.settled).jidVisibility, 'never');
    equal((await vizard.getPreferences(people[1].client, channel)).jidVisibility, 'never');
    equal(/^[a-z2-7]+$/.test(id), true);
  },

  async 'the list of joined channels has it, with the own id'(scene) {
    const [, { client, joined }] = scene.people;
    const found = (await vizard.listJoined(client)).find(({ channel }) => channel === scene.channel);
    equal(found?.participantId, joined.id);
  },

  async 'what one says the other hears, and nobody’s address with it'(scene) {
    for (const person of scene.people) person.live = vizard.openChannel(person.client, scene.channel);
    const [crow, hag] = scene.people;
    await Promise.all(scene.people.map(({ live }) => changed(live, () => !live.isLoading)));
    crow.live.send({ body: 'one' });
    await changed(hag.live, () => hag.live.messages.length === 1);
    hag.live.send({ body: 'two' });
    await changed(crow.live, () => crow.live.messages.length === 2);
    await changed(hag.live, () => hag.live.messages.every(({ state }) => state === 'sent'));
    for (const { live } of scene.people) {
      equal(
        live.messages.map(({ body }) => body),
        ['one', 'two'],
      );
      equal(
        live.messages.map(({ sender }) => sender.address),
        [undefined, undefined],
      );
    }
    equal(
      hag.live.messages.map(({ isOwn }) => isOwn),
      [false, true],
    );
  },

  async 'who is there is seen'(scene) {
    const [crow, hag] = scene.people;
    // COMPAT(ejabberd): presence goes to a channel from the next change on (23.01).
    for (const { client } of scene.people) await vizard.setPresence(client, undefined, { show: 'away' });
    if (!scene.quirks.hasParticipants)
      for (const { client } of scene.people)
        await vizard.setPresence(client, scene.channel, { show: 'away' });
    await changed(crow.live, () => crow.live.participants.get(hag.joined.id)?.presence === 'away');
    equal(crow.live.participants.get(hag.joined.id).nick, 'Hag');
    equal(await vizard.setNick(hag.client, scene.channel, 'Third witch'), 'Third witch');
    await changed(crow.live, () => crow.live.participants.get(hag.joined.id)?.nick === 'Third witch');
  },

  async 'who was there before is seen after a lost connection'(scene) {
    const [crow, hag] = scene.people;
    scene.wires[1].cut();
    await state(hag.client, 'online');
    await changed(hag.live, () => hag.live.participants.get(crow.joined.id)?.presence === 'away');
  },

  async 'corrections, reactions, replies and retractions arrive'(scene) {
    const [crow, hag] = scene.people;
    const [one, two] = crow.live.messages;
    crow.live.correct(one.id, 'won');
    await hag.live.react(one.id, ['👍']);
    hag.live.send({ body: 'indeed', reply: { id: one.id } });
    await hag.live.retract(two.id);
    await changed(crow.live, () => crow.live.messages[1].retracted?.by === 'author');
    await changed(crow.live, () => crow.live.messages.length === 3);
    await changed(hag.live, () => hag.live.messages[0].body === 'won');
    equal(crow.live.messages[0].reactions.get('👍'), [hag.joined.id]);
    equal(crow.live.messages[2].replyTo, { id: one.id, senderId: crow.joined.id });
    hag.live.setTyping(true);
    await changed(crow.live, () => crow.live.typing.includes(hag.joined.id));
  },

  async 'private messages go both ways'(scene) {
    const [crow, hag] = scene.people;
    const mine = vizard.openPrivate(crow.client, scene.channel, hag.joined.id);
    const theirs = vizard.openPrivate(hag.client, scene.channel, crow.joined.id);
    await Promise.all([mine, theirs].map((live) => changed(live, () => !live.isLoading)));
    mine.send({ body: 'psst' });
    await changed(theirs, () => theirs.messages.length === 1);
    theirs.send({ body: 'what?' });
    await changed(mine, () => mine.messages.length === 2);
    equal(
      mine.messages.map(({ body, isOwn }) => [body, isOwn]),
      [
        ['psst', true],
        ['what?', false],
      ],
    );
    scene.wires[1].cut();
    await state(hag.client, 'online');
    const again = vizard.openPrivate(hag.client, scene.channel, crow.joined.id);
    await changed(again, () => again.messages.length === 2);
    for (const live of [mine, theirs, again]) live.close();
  },

  async 'with wires that are cut nothing is lost, doubled or out of order'(scene) {
    const [crow, hag] = scene.people;
    const said = [];
    for (let round = 0; round < ROUNDS; round++) {
      for (let turn = 0; turn < TURNS; turn++) {
        for (const [at, person] of scene.people.entries()) {
          said.push(`${round} ${turn} ${at}`);
          person.live.send({ body: said.at(-1) });
        }
        if (turn === 5) scene.wires[1].cut();
        if (turn === 10) scene.wires[0].cut();
        if (turn % 4 === 0) await pause(15);
      }
    }
    const all = ({ live }) =>
      live.messages.length >= said.length + 3 && live.messages.every((message) => message.state === 'sent');
    await Promise.all(scene.people.map((person) => changed(person.live, () => all(person))));
    equal(
      crow.live.messages
        .slice(3)
        .map(({ body }) => body)
        .sort(),
      [...said].sort(),
    );
    equal(
      hag.live.messages.map(({ id }) => id),
      crow.live.messages.map(({ id }) => id),
    );
    const fresh = vizard.openChannel(hag.client, scene.channel, { pageSize: 20 });
    await changed(fresh, () => !fresh.isLoading);
    while (fresh.hasOlder) await fresh.loadOlder();
    equal(
      fresh.messages.map(({ id }) => id),
      crow.live.messages.map(({ id }) => id),
    );
    fresh.close();
  },

  async 'a change of mode is counted before, and removes whom it has to'(scene) {
    const [crow, hag] = scene.people;
    const { leaving, shown, hidden } = await vizard.dryRunMode(crow.client, scene.channel, 'jid-visible');
    equal([leaving, shown, hidden], [1, 1, 0]);
    await rejects(vizard.dryRunMode(hag.client, scene.channel, 'jid-visible'), 'forbidden');
    await vizard.setConfig(crow.client, scene.channel, { mode: 'jid-visible' });
    await changed(hag.live, () => hag.live.ended !== undefined);
    equal(hag.live.ended, { reason: 'mode-changed', mode: 'jid-visible' });
    await changed(crow.live, () => crow.live.info?.mode === 'jid-visible');
  },

  async 'leaving is answered, and the channel’s end is told'(scene) {
    const [crow, hag] = scene.people;
    const { id } = await vizard.join(hag.client, scene.channel, {
      nick: 'Hag',
      preferences: { jidVisibility: 'default' },
    });
    equal(id, hag.joined.id);
    await vizard.leave(hag.client, scene.channel);
    await changed(crow.live, () => !crow.live.participants.has(id));
    await vizard.destroyChannel(crow.client, scene.channel);
    await changed(crow.live, () => crow.live.ended !== undefined);
    equal(crow.live.ended, { reason: 'destroyed' });
  },
};

/** Waits until it holds, looking at every change. */
function changed(live, holds) {
  if (holds()) return undefined;
  return new Promise((resolve) => {
    const stop = live.onChange(() => {
      if (!holds()) return;
      stop();
      resolve();
    });
  });
}

function state(client, wanted) {
  return new Promise((resolve) => {
    const stop = client.on('state', ({ is }) => {
      if (is !== wanted) return;
      stop();
      resolve();
    });
  });
}

/** Asks again until it holds: a component may still be on its way to its server. */
async function until(holds) {
  while (!(await holds().catch(() => false))) await pause(100);
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function limited(promise, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not within ${LIMIT / 1000} s: ${what}`)), LIMIT);
  });
  try {
    await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function rejects(promise, condition) {
  const error = await promise.then(
    () => undefined,
    (reason) => reason,
  );
  equal(error?.condition, condition);
}

function equal(got, expected) {
  const [a, b] = [got, expected].map((value) => JSON.stringify(value));
  if (a !== b) throw new Error(`expected ${b}, got ${a}`);
}

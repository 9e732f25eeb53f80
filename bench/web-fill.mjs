/**
 * A channel with a long history and many people, for the benchmark of the web client.
 * Writes them into the service's database by the store's own interface, while the service does not run.
 * Does not send anything: the people are at servers that are not there, and subscribe to nothing.
 * Always: what is written is what the rules would have recorded.
 * Before: bench/storage.mjs. After: bench/web.mjs.
 */
import { randomBytes } from 'node:crypto';
import * as samples from '../dist/storage/contract-samples.js';
import { openSqlite } from '../dist/storage/sqlite/sqlite.js';

/** In one transaction. */
const TURNS_AT_ONCE = 500;

export async function fill(database, channel, { participants, messages }) {
  const store = openSqlite(database);
  const name = samples.channelName(channel);
  const record = await store.load(name);
  if (record === undefined) throw new Error(`there is no channel ${channel}`);
  const newcomers = Array.from({ length: participants - record.participants.length }, (_, number) => ({
    id: samples.participantId(randomBytes(10).toString('hex')),
    jid: samples.jid(`guest${number}@far.example`),
    nick: `Guest ${number}`,
  }));
  const posted = (number) => (position) => {
    const { id, nick } = newcomers[number % newcomers.length];
    const at = Date.now() - (messages - number) * 1_000;
    const payload = `<body>Line ${number + 1} of what was said in this channel before today.</body>`;
    const more = { sender: id, nick, payload, at, originalId: undefined };
    return [samples.posted(samples.sampleMessage(randomBytes(16).toString('hex'), position, more))];
  };
  const turns = [
    ...newcomers.map(
      ({ id, jid, nick }) =>
        () =>
          samples.joining(id, jid, nick),
    ),
    ...Array.from({ length: messages }, (_, number) => posted(number)),
  ];
  let { version } = record;
  while (turns.length > 0) {
    const commits = turns.splice(0, TURNS_AT_ONCE).map((factsAt) => {
      const expected = version;
      version += 1;
      return { channel: name, expected, version, facts: factsAt(version), notices: [] };
    });
    await store.commit(commits, []);
  }
  await store.close();
}

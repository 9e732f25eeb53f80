/**
 * A service that is none, to check the rig: `npm run bench -- --stub`.
 * Speaks just enough MIX for the benchmarks, on our own transport and SQLite, with a group commit.
 * Does not check, refuse, remember or hide anything.
 * Always: what it reaches is about what the real service could reach if its rules cost nothing.
 * Before: bench/sink.mjs. After: bench/service.mjs.
 */
import { DatabaseSync } from '@photostructure/sqlite';
import { setImmediate } from 'node:timers';
import { componentTransport } from '../dist/transport/component.js';
import { wireText } from '../dist/transport/wire-text.js';
import { childText, elements } from '../dist/xml/element.js';
import { defaultLimits } from '../dist/xml/reader.js';

const CHUNK = 32 * 1024;
const DOMAIN = 'mix.localhost';
const [, , port, file] = process.argv;

const database = new DatabaseSync(file);
database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
database.exec(
  'CREATE TABLE message (channel TEXT, position INTEGER, body TEXT, PRIMARY KEY (channel, position)) WITHOUT ROWID',
);
const insert = database.prepare('INSERT INTO message VALUES (?, ?, ?)');

/** Per channel, who subscribes to what. */
const channels = new Map();
const uncommitted = [];
const cursors = [];
let position = 0;
let isBusy = false;

const quiet = () => undefined;
const log = { debug: quiet, info: quiet, warn: console.warn, error: console.error };
const options = {
  host: '127.0.0.1',
  port: Number(port),
  domain: DOMAIN,
  secret: 'bench',
  limits: defaultLimits,
};
const link = componentTransport({ ...options, random: Math.random, log });
process.on('SIGTERM', () => void link.stop(1_000).then(() => process.exit()));
await link.start({ onUp: quiet, onDown: quiet, onExcess: quiet, onDrain: pump, onStanza });

function onStanza({ name, attrs, children, ...rest }) {
  const { id, from, to, type } = attrs;
  const [payload] = elements({ name, attrs, children, ...rest });
  if (name === 'message') {
    later({ channel: to, text: childText({ name, attrs, children, ...rest }, 'body') }, () => {
      const at = `stanza${position}`;
      fanOut(
        channels.get(to).messages,
        `<message to='`,
        `' from='${to}/0123456789abcdef0123' type='groupchat' id='${at}'><body>${childText({ name, attrs, children, ...rest }, 'body')}</body><mix xmlns='urn:xmpp:mix:core:1'><nick>Person</nick></mix><submission-id xmlns='urn:xmpp:mix:core:1'>${id}</submission-id><stanza-id xmlns='urn:xmpp:sid:0' by='${to}' id='${at}'/></message>`,
      );
    });
  } else if (type === 'set' && payload !== undefined) {
    if (payload.name === 'create')
      channels.set(`${payload.attrs.channel}@${DOMAIN}`, { messages: [], participants: [] });
    else later({ channel: to, text: from }, () => subscribe(payload, from, to));
    later({ channel: to, text: id }, () => answer(id, from, to));
  } else if (type === 'get') answer(id, from, to);
}

function subscribe(payload, from, to) {
  const channel = channels.get(to);
  for (const { name, attrs } of elements(payload)) {
    if (name === 'subscribe') channel[attrs.node.replace('urn:xmpp:mix:nodes:', '')].push(from);
  }
  if (payload.name !== 'join') return;
  fanOut(
    channel.participants,
    `<message to='`,
    `' from='${to}' type='headline'><event xmlns='http://jabber.org/protocol/pubsub#event'><items node='urn:xmpp:mix:nodes:participants'><item id='x'><participant xmlns='urn:xmpp:mix:core:1'><nick>Person</nick></participant></item></items></event></message>`,
  );
}

function answer(id, from, to) {
  link.write(wireText(`<iq type="result" id="${id}" from="${to}" to="${from}"/>`));
}

function later(row, done) {
  uncommitted.push({ row, done });
  if (uncommitted.length === 1) setImmediate(commit);
}

function commit() {
  const batch = uncommitted.splice(0);
  database.exec('BEGIN IMMEDIATE');
  for (const { row } of batch) insert.run(row.channel, position++, row.text);
  database.exec('COMMIT');
  for (const { done } of batch) done();
}

function fanOut(recipients, head, tail) {
  cursors.push({ recipients: [...recipients], at: 0, head: wireText(head), tail: wireText(tail) });
  if (!isBusy) pump();
}

function pump() {
  isBusy = false;
  let text = '';
  while (cursors.length > 0 && !isBusy) {
    const cursor = cursors[0];
    while (cursor.at < cursor.recipients.length && text.length < CHUNK) {
      text += cursor.head + cursor.recipients[cursor.at++] + cursor.tail;
    }
    if (cursor.at === cursor.recipients.length) cursors.shift();
    if (text.length < CHUNK && cursors.length > 0) continue;
    isBusy = !link.write(text);
    text = '';
  }
}

/**
 * `node test/interop/attack.mjs`: the same attacks on ejabberd's own MIX service and on Vizard, both on one ejabberd.
 * Plays an ordinary participant and a stranger, who look for the address of somebody in the channel, and prints a
 * table for docs/comparison.md.
 * Does not judge what is not there: ejabberd's mod_mix has no hidden mode, so its first rows are no surprise.
 * Always: every client speaks plain XMPP; what a row says was read from the stanzas that came back.
 * Before: ejabberd.mjs, vizard.mjs. After: attack-client.mjs.
 */
import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { AttackClient } from './attack-client.mjs';
import { PACKAGES, startEjabberd } from './ejabberd.mjs';
import { install, openLab } from './lab.mjs';
import { build, startComponent } from './vizard.mjs';

const SECRET = 'attack';
const PASSWORD = 'attack';
const OURS = 'masks.localhost';
const THEIRS = 'mix.localhost';
const PEOPLE = ['olga', 'victim-q7x', 'attacker', 'stranger'];
const CORE = 'urn:xmpp:mix:core:1';
const NODES = ['messages', 'participants', 'info', 'presence']
  .map((node) => `<subscribe node='urn:xmpp:mix:nodes:${node}'/>`)
  .join('');
const VICTIM = 'victim-q7x@localhost';
const GUESS = 'nobody-here@localhost';

const mam = (fields) =>
  `<query xmlns='urn:xmpp:mam:2'><x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE' type='hidden'><value>urn:xmpp:mam:2</value></field>${fields}</x></query>`;
const by = (jid) => mam(`<field var='with'><value>${jid}</value></field>`);
const items = (node, id = '') =>
  `<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:mix:nodes:${node}'>${id && `<item id='${id}'/>`}</items></pubsub>`;
const said = (yes) => (yes ? '**yes**' : 'no');

/** Everything on one service; `[question, answer]`. */
async function attack(service, people) {
  const [owner, victim, attacker, stranger] = people;
  const channel = `coven@${service}`;
  const made = await owner.ask('set', service, `<create xmlns='${CORE}' channel='coven'/>`);
  if (!made.includes("type='result'")) throw new Error(`no channel: ${made}`);
  await owner.ask('set', service, `<create xmlns='${CORE}' channel='other'/>`);
  const ids = [];
  for (const [who, nick] of [
    [victim, 'Mask'],
    [attacker, 'Hag'],
  ])
    ids.push(idIn(await who.join(channel, nick, NODES)));
  const elsewhere = idIn(await victim.join(`other@${service}`, 'Mask', NODES));
  await sleep(1_500);
  attacker.forget();
  victim.send(
    `<message type='groupchat' to='${channel}' id='v1'><body>first words</body><delay xmlns='urn:xmpp:delay' from='${VICTIM}' stamp='2020-01-01T00:00:00Z'/><addresses xmlns='http://jabber.org/protocol/address'><address type='ofrom' jid='${VICTIM}'/></addresses><stanza-id xmlns='urn:xmpp:sid:0' by='${channel}' id='forged'/></message>`,
  );
  await sleep(1_500);
  const live = attacker.received();
  if (!live.includes('first words')) throw new Error(`the attacker heard nothing in ${channel}: ${live}`);
  attacker.forget();
  victim.send(
    `<message type='groupchat' to='${channel}' id='v2'><body>forged words</body><mix xmlns='${CORE}'><nick>Somebody Else</nick></mix><mix xmlns='${CORE}'><nick>Somebody Else</nick></mix></message>`,
  );
  await sleep(1_500);
  const forged = attacker.received();
  const rows = [];
  const row = (question, leaks) => rows.push([question, leaks]);
  const participants = await attacker.ask('get', channel, items('participants'));
  row('A participant reads the address in the participants node', said(participants.includes(VICTIM)));
  row(
    'A live message tells the address',
    said(
      /<mix[^]*?<\/mix>/.test(live) && live.match(/<mix[^]*?<\/mix>/g).some((mix) => mix.includes(VICTIM)),
    ),
  );
  row('A `<delay/>` of the sender passes, with its address', said(/<delay[^>]*victim-q7x/.test(live)));
  row('Addresses of XEP-0033 pass', said(/<address [^>]*victim-q7x/.test(live)));
  row('A forged `<stanza-id/>` by the channel passes', said(live.includes('forged')));
  row('A forged `<mix/>` with another nick passes', said(forged.includes('Somebody Else')));
  row(
    'A stranger reads the participants node',
    said((await stranger.ask('get', channel, items('participants'))).includes("type='result'")),
  );
  row(
    'A stranger reads the history',
    said((await stranger.history(channel, mam(''))).includes('first words')),
  );
  const [right, wrong] = [
    await attacker.history(channel, by(VICTIM)),
    await attacker.history(channel, by(GUESS)),
  ];
  row(
    'History filtered by a right guess differs from that by a wrong one',
    said(right.includes('first words') !== wrong.includes('first words')),
  );
  row('The history tells the address', said((await attacker.history(channel, mam(''))).includes(VICTIM)));
  const [there, not] = [VICTIM, GUESS].map((jid) => attacker.ask('get', channel, items('participants', jid)));
  row(
    'An item by a right guess differs from one by a wrong guess',
    said(shape(await there) !== shape(await not)),
  );
  row('The participant id is the same in another channel', said(ids[0] !== '' && ids[0] === elsewhere));
  const pm = await privateMessage(victim, attacker, ids[1], channel);
  row('A private message can be sent through the channel', pm.length > 0 ? 'yes' : 'no');
  row("It tells the sender's address or client", said(/victim-q7x|mask-client/.test(pm)));
  return rows;
}

async function privateMessage(from, to, id, channel) {
  to.forget();
  from.send(`<message type='chat' to='${id}#${channel}' id='pm'><body>in private</body></message>`);
  await sleep(1_500);
  return to.received().includes('in private') ? to.received().replaceAll(/ to='[^']*'/g, '') : '';
}

/** An answer without what differs by itself. */
function shape(answer) {
  return answer
    .replaceAll(/ id='[^']*'/g, '')
    .replaceAll(VICTIM, '?')
    .replaceAll(GUESS, '?');
}

function idIn(join) {
  return /<join [^>]*\bid='([^']+)'/.exec(join)?.[1] ?? /<join [^>]*\bjid='([^'#]+)#/.exec(join)?.[1] ?? '';
}

install(PACKAGES);
build();
const lab = openLab();
try {
  const options = { domain: OURS, secret: SECRET, modules: `  mod_mix: {host: ${THEIRS}}\n` };
  const { c2s, component, register } = await startEjabberd(lab, options);
  startComponent(lab, { domain: OURS, port: component, secret: SECRET });
  await sleep(2_000);
  const people = [];
  for (const name of PEOPLE) {
    await register(name, PASSWORD);
    people.push(
      await AttackClient.open(c2s, name, PASSWORD, name === 'victim-q7x' ? 'mask-client' : 'client'),
    );
  }
  const theirs = await attack(THEIRS, people);
  const ours = await attack(OURS, people);
  const version = execFileSync('dpkg-query', ['-W', '-f', '${Version}', 'ejabberd']).toString();
  console.log(
    `| | ejabberd ${version}, mod_mix | Vizard on the same ejabberd, JID Hidden |\n| --- | --- | --- |`,
  );
  for (const [at, [question, answer]] of theirs.entries())
    console.log(`| ${question} | ${answer} | ${ours[at][1]} |`);
  for (const person of people) person.close();
} finally {
  await lab.close();
}

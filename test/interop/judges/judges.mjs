/**
 * The embedded server judged by three JavaScript libraries that others wrote: @xmpp/client, stanza and strophe.js.
 * Owns the cast and the order of the acts; a process of its own, as these libraries put things into the global scope.
 * Does not start the server (run.mjs) and holds no check of its own (the acts).
 * Always: ends with status 0 only when every check held.
 * Before: the acts. After: run.mjs.
 *
 *     node test/interop/judges/judges.mjs --tcp 5222 --http 5280 --password secret --invite TOKEN --invite TOKEN
 *         --newcomer NAME ... ACCOUNT ACCOUNT ACCOUNT ACCOUNT
 */
import { parseArgs } from 'node:util';
import * as channel from './acts_channel.mjs';
import * as comforts from './acts_comforts.mjs';
import { loseTheLine } from './acts_cut.mjs';
import * as home from './acts_home.mjs';
import { come } from './acts_newcomer.mjs';
import { play, report } from './report.mjs';
import { StanzaJs } from './stanza.mjs';
import { StropheJs } from './strophe.mjs';
import { XmppJs } from './xmppjs.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    tcp: { type: 'string' },
    http: { type: 'string' },
    password: { type: 'string' },
    invite: { type: 'string', multiple: true },
    newcomer: { type: 'string', multiple: true },
  },
});
const { password } = values;
const tcp = `xmpp://127.0.0.1:${values.tcp}`;
const webSocket = `ws://127.0.0.1:${values.http}/xmpp-websocket`;

/** Who plays: the library, how it gets to the server, and a resource that occurs nowhere else. */
const KINDS = [
  [XmppJs, tcp, 'benchres-tc1'],
  [StanzaJs, webSocket, 'gavelres-st2'],
  [StropheJs, webSocket, 'wigres-sp3'],
  [XmppJs, webSocket, 'roberes-ws4'],
];

function cast(index, account, more = {}) {
  const [Kind, service, resource] = KINDS[index];
  return new Kind({ service, resource, account, password, ...more });
}

const judges = KINDS.map((_, index) => cast(index, positionals[index]));
const after = (judge) => (judges.indexOf(judge) + 1) % judges.length;
const stage = {
  judges,
  tcp,
  webSocket,
  password,
  service: 'mix.localhost',
  tokens: values.invite,
  newcomers: values.newcomer,
  next: (judge) => judges[after(judge)],
  /** Another client of the same account, made by the next library. */
  twin: (judge) => cast(after(judge), judge.account, { resource: `twin-of-${judge.resource}` }),
  /** Another client of the same account, made by the same library, over another port. */
  again(judge, port) {
    const index = judges.indexOf(judge);
    const service = KINDS[index][1].replace(/:\d+/, `:${port}`);
    return cast(index, judge.account, { service, resource: `again-${judge.resource}` });
  },
  stranger: () => KINDS.map((_, index) => cast(index, positionals[index], { password: 'not the password' })),
};

if (await play(home.logIn, stage)) {
  for (const act of [
    home.befriend,
    home.showPresence,
    home.talk,
    home.discover,
    home.showCards,
    home.readArchive,
    home.beRefused,
    channel.join,
    channel.post,
    channel.whisper,
    channel.leave,
    channel.lookForLeaks,
    comforts.copy,
    comforts.block,
    comforts.showPicture,
    comforts.upload,
    loseTheLine,
    come,
  ])
    await play(act, stage);
}
for (const judge of judges)
  await play(async function logOut() {
    await judge.logOut();
  });
process.exit(report.failed > 0 ? 1 : 0);

/**
 * The embedded server judged by three JavaScript libraries that others wrote: @xmpp/client, stanza and strophe.js.
 * Owns the order of the acts; a process of its own, as these libraries put things into the global scope.
 * Does not start the server (run.mjs) and holds no check of its own (the acts).
 * Always: ends with status 0 only when every check held.
 * Before: the acts. After: run.mjs.
 *
 *     node test/interop/judges/judges.mjs --tcp 5222 --http 5280 --password secret --invite TOKEN --invite TOKEN
 *         --newcomer NAME --newcomer NAME --newcomer NAME ACCOUNT ACCOUNT ACCOUNT ACCOUNT
 */
import { parseArgs } from 'node:util';
import * as channel from './acts_channel.mjs';
import * as comforts from './acts_comforts.mjs';
import { loseTheLine } from './acts_cut.mjs';
import * as home from './acts_home.mjs';
import { come } from './acts_newcomer.mjs';
import { keepAccount, keepNodes } from './acts_nodes.mjs';
import { logOutAll, makeCast } from './cast.mjs';
import { play, report } from './report.mjs';

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
const services = {
  tcp: `xmpp://127.0.0.1:${values.tcp}`,
  webSocket: `ws://127.0.0.1:${values.http}/xmpp-websocket`,
};
const stage = {
  ...makeCast({ services, accounts: positionals, password }),
  ...services,
  password,
  service: 'mix.localhost',
  tokens: values.invite,
  newcomers: values.newcomer,
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
    home.beReplaced,
    channel.join,
    channel.post,
    channel.whisper,
    channel.leave,
    channel.lookForLeaks,
    comforts.copy,
    comforts.block,
    comforts.showPicture,
    comforts.upload,
    keepNodes,
    keepAccount,
    loseTheLine,
    come,
  ])
    await play(act, stage);
}
await play(logOutAll, stage.judges);
process.exit(report.failed > 0 ? 1 : 0);

/**
 * The embedded server with a certificate, judged by the same libraries: STARTTLS, wss, https, and XEP-0156 by their own search.
 * Owns what is checked of TLS; a process of its own, since Node reads NODE_EXTRA_CA_CERTS at its start.
 * Does not start the server nor make the certificate (run.mjs); the accounts are contacts since judges.mjs.
 * Always: the libraries check the certificate; ends with status 0 only when every check held.
 * Before: cast.mjs, report.mjs. After: run.mjs.
 *
 *     NODE_EXTRA_CA_CERTS=localhost.crt node test/interop/judges/secure.mjs --tcp 5222 --http 5280 --password secret
 *         ACCOUNT ACCOUNT ACCOUNT ACCOUNT
 */
import { parseArgs } from 'node:util';
import { http } from '@xmpp/resolve/resolve.js';
import { createClient } from 'stanza';
import { upload } from './acts_comforts.mjs';
import { loseTheLine } from './acts_cut.mjs';
import { logOutAll, makeCast } from './cast.mjs';
import { check, checkRefused, play, report } from './report.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { tcp: { type: 'string' }, http: { type: 'string' }, password: { type: 'string' } },
});
const { password } = values;
const place = `localhost:${values.http}`;
const webSocket = `wss://${place}/xmpp-websocket`;
const services = { tcp: `xmpp://localhost:${values.tcp}`, webSocket };
const stage = makeCast({ services, accounts: positionals, password });

/** Where the libraries say that the server is, given only its domain (and port, as this one is not the usual). */
async function find() {
  const { websocket } = await createClient({ jid: 'x@localhost' }).discoverBindings(place);
  check(
    websocket.join() === webSocket,
    'stanza finds the WebSocket by itself (XEP-0156, JSON or XML)',
    websocket,
  );
  const found = await http.resolve(place);
  check(
    found.length === 1 && found[0].uri === webSocket && found[0].method === 'websocket',
    'so does @xmpp/client (XML)',
    found,
  );
}

async function logIn({ judges, stranger }) {
  for (const judge of judges) {
    await judge.logIn();
    judge.appear();
    await judge.ping('localhost');
    check(
      judge.full === `${judge.bare}/${judge.resource}`,
      `${judge.library} logs in within TLS`,
      judge.full,
    );
  }
  check(judges[0].isSecure, 'on TCP after STARTTLS');
  const [imposter] = stranger();
  await checkRefused(imposter.logIn(), 'not-authorized/sasl', 'a wrong password is refused there, too');
  await imposter.logOut().catch(() => undefined);
}

await play(find);
if (await play(logIn, stage)) {
  await play(upload, stage);
  await play(loseTheLine, stage);
}
await play(logOutAll, stage.judges);
process.exit(report.failed > 0 ? 1 : 0);

/**
 * The act of a newcomer with an invite (XEP-0077, XEP-0445): a client makes its account before it logs in.
 * Owns how @xmpp/client and stanza are told to do that: each in the place where it lets its user come before the log-in.
 * Does not cover strophe.js, which has no such place.
 * Always: one invite, one account.
 * Before: xmppjs.mjs, stanza.mjs, stanza-mix.mjs. After: judges.mjs.
 */
import { check, checkRefused } from './report.mjs';
import { StanzaJs } from './stanza.mjs';
import { preauthDefinition } from './stanza-mix.mjs';
import { XmppJs } from './xmppjs.mjs';

const HOST = 'localhost';

export async function come({ tcp, webSocket, tokens, newcomers, password }) {
  const first = { service: tcp, account: newcomers[0], resource: 'firstres-n5', password };
  const one = new XmppJs({ ...first, before: registerXmppJs(tokens[0], first) });
  await one.logIn();
  check(
    one.bare === `${newcomers[0]}@${HOST}`,
    `${one.library} makes an account with an invite, and logs in`,
    one.full,
  );
  await one.logOut();
  const second = { service: webSocket, account: newcomers[1], resource: 'secondres-n6', password };
  const other = new StanzaJs({ ...second, before: registerStanza(tokens[1], second) });
  await other.logIn();
  check(other.bare === `${newcomers[1]}@${HOST}`, 'so does stanza', other.full);
  await other.logOut();
  const late = { service: tcp, account: newcomers[2], resource: 'lateres-n7', password };
  const third = new XmppJs({ ...late, before: registerXmppJs(tokens[0], late) });
  await checkRefused(third.logIn(), 'item-not-found/cancel', 'an invite that has been used makes no account');
  await third.logOut().catch(() => undefined);
}

function registerXmppJs(token, { account, password }) {
  return async (entity, xml) => {
    const set = (...children) =>
      entity.iqCaller.request(xml('iq', { type: 'set', to: HOST }, ...children), 5_000);
    await set(xml('preauth', { xmlns: 'urn:xmpp:pars:0', token }));
    const fields = [xml('username', {}, account), xml('password', {}, password)];
    await set(xml('query', { xmlns: 'jabber:iq:register' }, ...fields));
  };
}

function registerStanza(token, { account: username, password }) {
  return (client, { JXT }) => {
    client.stanzas.define(preauthDefinition(JXT));
    // before the log-in, whose priority is 100
    client.registerFeature('inbandRegistration', 50, async (_features, done) => {
      await client.sendIQ({ type: 'set', to: HOST, preauth: { token } });
      await client.sendIQ({ type: 'set', to: HOST, account: { username, password } });
      client.features.negotiated.inbandRegistration = true;
      done();
    });
  };
}

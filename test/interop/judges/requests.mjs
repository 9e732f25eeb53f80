/**
 * The requests of the acts as elements, for the libraries that leave them to their users (@xmpp/client, strophe.js).
 * Owns what is asked and how the answers are read: RFC 6121 §2, XEP-0030, 0054, 0060, 0084, 0191, 0199, 0280, 0313, 0363, 0405.
 * Does not send: `ask` is the library's own way to send an iq and to find its answer.
 * Always: the answers have the shape that stanza.mjs gives to its own.
 * Before: element.mjs, heard.mjs. After: xmppjs.mjs, strophe.mjs.
 */
import { Buffer } from 'node:buffer';
import { below, child, elements, text, x } from './element.mjs';
import { archived } from './heard.mjs';

export const NODES = ['messages', 'participants', 'info', 'presence'].map(
  (name) => `urn:xmpp:mix:nodes:${name}`,
);

const ROSTER = 'jabber:iq:roster';
const DISCO = 'http://jabber.org/protocol/disco';
const PUBSUB = 'http://jabber.org/protocol/pubsub';
const MAM = 'urn:xmpp:mam:2';
const UPLOAD = 'urn:xmpp:http:upload:0';
const PAM = 'urn:xmpp:mix:pam:2';
const MIX = 'urn:xmpp:mix:core:1';
const FORM = 'jabber:x:data';
const BLOCKING = 'urn:xmpp:blocking';

/** Gives a judge the requests; `ask(type, to, payload)` resolves to the answering iq, or rejects with Refused. */
export function requests(judge, ask) {
  const payload = async (...args) => elements(await ask(...args))[0];
  return { ...home(ask, payload, judge), ...nodes(ask, payload), ...channels(judge, ask, payload) };
}

function home(ask, payload, judge) {
  return {
    async roster() {
      const query = await payload('get', undefined, x('query', { xmlns: ROSTER }));
      return elements(query).map(({ attrs, ...item }) => ({
        jid: attrs.jid,
        name: attrs.name,
        subscription: attrs.subscription,
        groups: elements(item)
          .filter(({ name }) => name === 'group')
          .map(text),
      }));
    },
    async setContact({ jid, name, groups = [] }) {
      const item = x(
        'item',
        { jid, name },
        groups.map((group) => x('group', {}, group)),
      );
      await ask('set', undefined, x('query', { xmlns: ROSTER }, item));
    },
    async info(to, node) {
      const query = await payload('get', to, x('query', { xmlns: `${DISCO}#info`, ...(node && { node }) }));
      const identities = elements(query).filter(({ name }) => name === 'identity');
      return {
        identities: identities.map(({ attrs }) => `${attrs.category}/${attrs.type}`),
        features: elements(query)
          .filter(({ name }) => name === 'feature')
          .map(({ attrs }) => attrs.var),
      };
    },
    async items(to) {
      const query = await payload('get', to, x('query', { xmlns: `${DISCO}#items` }));
      return elements(query).map(({ attrs }) => attrs.jid);
    },
    async ping(to) {
      await ask('get', to, x('ping', { xmlns: 'urn:xmpp:ping' }));
    },
    async setCard(name) {
      await ask('set', undefined, x('vCard', { xmlns: 'vcard-temp' }, x('FN', {}, name)));
    },
    async card(of) {
      return text(child(await payload('get', of, x('vCard', { xmlns: 'vcard-temp' })), 'FN'));
    },
    async page({ of, whom, max }) {
      const field = (name, value, type) =>
        x('field', { var: name, ...(type && { type }) }, x('value', {}, value));
      const form = x(
        'x',
        { xmlns: FORM, type: 'submit' },
        field('FORM_TYPE', MAM, 'hidden'),
        whom && field('with', whom),
      );
      const queryid = `page-${judge.mark}-${Math.random().toString(36).slice(2)}`;
      const set = x(
        'set',
        { xmlns: 'http://jabber.org/protocol/rsm' },
        x('max', {}, String(max)),
        x('before'),
      );
      const fin = await payload('set', of, x('query', { xmlns: MAM, queryid }, form, set));
      const rsm = child(fin, 'set');
      return {
        rows: judge.stanzas.map(archived).filter((row) => row?.query === queryid),
        isComplete: fin.attrs.complete === 'true',
        first: text(child(rsm, 'first')),
        last: text(child(rsm, 'last')),
      };
    },
  };
}

function nodes(ask, payload) {
  return {
    async copyAll() {
      await ask('set', undefined, x('enable', { xmlns: 'urn:xmpp:carbons:2' }));
    },
    async block(jid) {
      await ask('set', undefined, x('block', { xmlns: BLOCKING }, x('item', { jid })));
    },
    async unblock(jid) {
      await ask('set', undefined, x('unblock', { xmlns: BLOCKING }, x('item', { jid })));
    },
    async blocked() {
      return elements(await payload('get', undefined, x('blocklist', { xmlns: BLOCKING }))).map(
        ({ attrs }) => attrs.jid,
      );
    },
    async picture(of, id) {
      const items = x('items', { node: 'urn:xmpp:avatar:data' }, x('item', { id }));
      const answer = await ask('get', of, x('pubsub', { xmlns: PUBSUB }, items));
      return Buffer.from(text(below(answer, 'data')[0]), 'base64');
    },
    async slot({ name, size, type }) {
      const request = x('request', {
        xmlns: UPLOAD,
        filename: name,
        size: String(size),
        'content-type': type,
      });
      const slot = await payload('get', 'localhost', request);
      return { put: child(slot, 'put').attrs.url, get: child(slot, 'get').attrs.url };
    },
  };
}

function channels(judge, ask, payload) {
  return {
    async createChannel(service, name) {
      await ask('set', service, x('create', { xmlns: MIX, channel: name }));
    },
    async join(channel, nick) {
      const wanted = NODES.map((node) => x('subscribe', { node }));
      const join = x('join', { xmlns: MIX }, x('nick', {}, nick), wanted);
      const answer = await payload('set', judge.bare, x('client-join', { xmlns: PAM, channel }, join));
      const joined = child(answer, 'join', MIX);
      return {
        ns: answer.ns,
        id: joined.attrs.id,
        nick: text(child(joined, 'nick')),
        nodes: elements(joined)
          .filter(({ name }) => name === 'subscribe')
          .map(({ attrs }) => attrs.node),
      };
    },
    async leave(channel) {
      const leave = x('leave', { xmlns: MIX });
      await ask('set', judge.bare, x('client-leave', { xmlns: PAM, channel }, leave));
    },
  };
}

/**
 * XEP-0404 MIX-ANON 0.3.1 §5 and decision D-92: what an attacker tries who has guessed an address.
 * Owns a list of requests, messages and presences, each of which some implementation has answered differently for
 * somebody who takes part than for a stranger.
 * Does not send them, nor compare what comes back (two-worlds.ts).
 * Always: made of what an attacker can know: the guess, and what the channel has shown.
 * Before: testing/two-worlds.ts. After: test/two-worlds.test.ts.
 */
import { buildForm } from '../xep/0004-forms/wire.ts';
import { buildInfoQuery, buildItemsQuery } from '../xep/0030-disco/wire.ts';
import {
  buildItemsRequest,
  buildPublish,
  buildRetract,
  buildSubscribe,
  buildSubscriptionsRequest,
  buildUnsubscribe,
  NS,
  NS_OWNER,
} from '../xep/0060-pubsub/wire.ts';
import { buildEntry, buildInvite } from '../xep/0045-muc/wire.ts';
import { buildAdmin, buildOwner } from '../xep/0045-muc/wire-admin.ts';
import { buildQuery } from '../xep/0313-mam/wire.ts';
import { buildDestroy, buildSetNick, buildUpdateSubscription, NODE_NAMES } from '../xep/0369-core/wire.ts';
import { buildDryRun, buildUserPreference, MODES, NS as NS_ANON } from '../xep/0404-anon/wire.ts';
import { buildConfigSubmit } from '../xep/0406-admin/wire.ts';
import { buildInviteRequest, buildRegister, buildRetract as buildTakeBack } from '../xep/0407-misc/wire.ts';
import { buildModerate } from '../xep/0425-moderate/wire.ts';
import { el, type XmlElement, type XmlNode } from '../xml/element.ts';

const NS_CLIENT = 'jabber:client';
const MUC = 'http://jabber.org/protocol/muc';

export interface Known {
  readonly channel: string;
  readonly service: string;
  /** A full address that may or may not be that of somebody who takes part. */
  readonly guess: string;
  /** The stable id behind which the attacker suspects the guess. */
  readonly id: string;
  /** Archive ids of messages that came from there. */
  readonly messages: readonly string[];
}

/** Everything that is tried, in an order that does not matter. */
export function probes(known: Known): readonly XmlElement[] {
  return [...questions(known), ...demands(known), ...messages(known), ...presences(known), ...inRooms(known)];
}

function parts(guess: string): { bare: string; domain: string; local: string; resource: string } {
  const [bare = '', resource = ''] = guess.split('/');
  const [local = '', domain = ''] = bare.split('@');
  return { bare, domain, local, resource };
}

function iq(type: 'get' | 'set', to: string, payload: XmlElement): XmlElement {
  return el('iq', NS_CLIENT, { type, to }, [payload]);
}

/** Encoded and escaped addresses at which a careless service might look for somebody. */
function doors({ channel, service, guess, id }: Known): readonly string[] {
  const { bare, domain, local, resource } = parts(guess);
  const escaped = `${local}\\40${domain}`;
  return [
    `${id}#${channel}`,
    `${id}#${channel}/${resource}`,
    `${local}#${channel}`,
    `${escaped}#${channel}`,
    `${escaped}@${service}`,
    `${local}@${service}`,
    `${channel}/${id}`,
    `${channel}/${bare}`,
    `${channel}/${local}`,
    `${channel}/Victim`,
  ];
}

function questions(known: Known): readonly XmlElement[] {
  const { channel, service, guess, id } = known;
  const { bare, domain, local } = parts(guess);
  const page = (max: number) => ({ page: { max } });
  const ofNodes = Object.values(NODE_NAMES).flatMap((node) => [
    iq('get', channel, buildItemsRequest(node)),
    ...[bare, guess, domain, local, id].map((item) =>
      iq('get', channel, buildItemsRequest(node, { ids: [item] })),
    ),
    iq('get', channel, buildSubscriptionsRequest(node)),
  ]);
  const ofArchive = [bare, guess, domain, `${id}#${channel}`, `${channel}/${id}`, channel].flatMap((by) => [
    iq('set', channel, buildQuery({ with: by })),
    iq('set', channel, buildQuery({ with: by, ...page(0) })),
  ]);
  const ofClients = doors(known).flatMap((to) => [
    iq('get', to, buildInfoQuery()),
    iq('get', to, buildItemsQuery()),
    iq('get', to, el('vCard', 'vcard-temp')),
    iq('get', to, el('query', 'jabber:iq:version')),
    iq('get', to, el('query', 'jabber:iq:last')),
    iq('get', to, el('ping', 'urn:xmpp:ping')),
    iq('get', to, buildItemsRequest('urn:xmpp:avatar:metadata')),
  ]);
  const ofService = [channel, service].flatMap((to) => [
    iq('get', to, buildInfoQuery()),
    iq('get', to, buildInfoQuery('mix')),
    iq('get', to, buildItemsQuery('mix')),
    iq('get', to, buildItemsQuery()),
  ]);
  const owner = (name: string): XmlElement =>
    el('pubsub', NS_OWNER, {}, [el(name, NS_OWNER, { node: NODE_NAMES.participants })]);
  return [
    ...ofNodes,
    ...ofArchive,
    ...ofClients,
    ...ofService,
    iq('get', channel, owner('affiliations')),
    iq('get', channel, owner('subscriptions')),
    iq('get', channel, el('pubsub', NS, {}, [el('affiliations', NS)])),
    iq('get', channel, buildUserPreference()),
    ...MODES.map((mode) => iq('get', channel, buildDryRun(mode))),
    iq('get', channel, el('metadata', 'urn:xmpp:mam:2')),
  ];
}

function demands({ channel, service, guess, id, messages }: Known): readonly XmlElement[] {
  const { bare, domain, local } = parts(guess);
  const config = (jid: string) => [
    { payload: buildConfigSubmit({ owners: [jid] }) },
    { payload: buildConfigSubmit({ administrators: [jid] }) },
  ];
  const form = buildForm({
    type: 'submit',
    formType: NS_ANON,
    fields: [{ var: 'vCard', values: ['block'] }],
  });
  return [
    iq('set', channel, buildInviteRequest(bare)),
    iq('set', channel, buildInviteRequest(`${id}#${channel}`)),
    iq('set', channel, buildSetNick(local)),
    iq('set', channel, buildSetNick(bare)),
    iq('set', service, buildRegister(local)),
    iq('set', channel, buildUserPreference(form)),
    iq('set', service, buildDestroy('coven')),
    ...[bare, domain, `${id}#${channel}`].flatMap((entry) => [
      iq('set', channel, buildPublish(NODE_NAMES.banned, [{ id: entry }])),
      iq('set', channel, buildRetract(NODE_NAMES.banned, [entry])),
      iq('set', channel, buildPublish(NODE_NAMES.allowed, [{ id: entry }])),
      iq('set', channel, buildRetract(NODE_NAMES.participants, [entry])),
    ]),
    ...config(bare).map((item) => iq('set', channel, buildPublish(NODE_NAMES.config, [item]))),
    ...Object.values(NODE_NAMES).flatMap((node) => [
      iq('set', channel, buildSubscribe(node, bare)),
      iq('set', channel, buildUnsubscribe(node, bare)),
    ]),
    iq(
      'set',
      channel,
      buildUpdateSubscription({ jid: bare, subscribe: [NODE_NAMES.jidmap], unsubscribe: [] }),
    ),
    ...messages.map((message) => iq('set', channel, buildModerate({ id: message, reason: bare }))),
  ];
}

function messages(known: Known): readonly XmlElement[] {
  const { channel, guess, id, messages: ids } = known;
  const { bare } = parts(guess);
  const say = (type: string | undefined, to: string, ...children: readonly XmlNode[]): XmlElement =>
    el('message', NS_CLIENT, { type, to }, children);
  const body = el('body', NS_CLIENT, {}, ['By the pricking of my thumbs']);
  const mention = (uri: string): XmlElement =>
    el('reference', 'urn:xmpp:reference:0', { type: 'mention', uri });
  return [
    say('groupchat', channel, body, mention(`xmpp:${bare}`)),
    say('groupchat', channel, body, el('card', 'urn:example:card', { of: guess }, [bare])),
    say(
      'groupchat',
      channel,
      body,
      el('mix', 'urn:xmpp:mix:core:1', {}, [el('jid', 'urn:xmpp:mix:core:1', {}, [bare])]),
    ),
    ...ids.flatMap((about) => [
      say('groupchat', channel, body, el('reply', 'urn:xmpp:reply:0', { id: about, to: bare })),
      say('groupchat', channel, body, el('replace', 'urn:xmpp:message-correct:0', { id: about })),
      say('groupchat', channel, buildTakeBack(about)),
    ]),
    ...doors(known).flatMap((to) => [
      say('chat', to, body),
      say(undefined, to, body),
      say('groupchat', to, body),
      say('headline', to, body),
      say('error', to, el('error', NS_CLIENT, { type: 'cancel', by: guess })),
    ]),
    say('chat', `${id}#${channel}`, body, mention(`xmpp:${bare}`), el('request', 'urn:xmpp:receipts')),
  ];
}

/** What clients of XEP-0045 can try. */
function inRooms({ channel, service, guess, id }: Known): readonly XmlElement[] {
  const { bare, domain, local } = parts(guess);
  const lists = [
    ...(['owner', 'admin', 'member', 'outcast'] as const).map((affiliation) => ({ affiliation })),
    ...(['moderator', 'participant', 'visitor'] as const).map((role) => ({ role })),
  ];
  const people = [bare, guess, domain, `${channel}/${id}`, `${id}#${channel}`];
  const form = (formType: string, name: string, value: string): XmlElement =>
    buildForm({ type: 'submit', formType, fields: [{ var: name, values: [value] }] });
  const register = form(`${MUC}#register`, 'muc#register_roomnick', local);
  const search = form('urn:xmpp:channel-search:0:search-params', 'q', local);
  const say = (child: XmlElement): XmlElement => el('message', NS_CLIENT, { to: channel }, [child]);
  return [
    ...lists.map((item) => iq('get', channel, buildAdmin([item]))),
    ...people.flatMap((jid) => [
      iq('set', channel, buildAdmin([{ jid, affiliation: 'outcast' }])),
      iq('set', channel, buildAdmin([{ jid, affiliation: 'member' }])),
    ]),
    ...[local, id, 'Victim'].flatMap((nick) => [
      iq('set', channel, buildAdmin([{ nick, role: 'none' }])),
      iq('set', channel, buildAdmin([{ nick, role: 'moderator' }])),
      iq('set', channel, buildAdmin([{ nick, affiliation: 'outcast' }])),
      iq('set', channel, buildQuery({ with: `${channel}/${nick}` })),
    ]),
    iq('get', channel, buildOwner()),
    iq('set', channel, buildOwner([form(`${MUC}#roomconfig`, 'muc#roomconfig_roomowners', bare)])),
    iq('get', channel, el('query', 'jabber:iq:register')),
    iq('set', channel, el('query', 'jabber:iq:register', {}, [register])),
    iq('get', channel, el('vCard', 'vcard-temp')),
    iq('get', service, el('search', 'urn:xmpp:channel-search:0:search', {}, [search])),
    iq('get', channel, buildInfoQuery('x-roomuser-item')),
    iq('get', channel, buildInfoQuery(`${MUC}#traffic`)),
    iq('set', channel, buildOwner([el('destroy', `${MUC}#owner`)])),
    iq('set', channel, el('query', 'jabber:iq:register', {}, [el('remove', 'jabber:iq:register')])),
    iq('set', channel, el('vCard', 'vcard-temp')),
    say(form(`${MUC}#request`, 'muc#role', 'participant')),
    say(el('x', 'jabber:x:conference', { jid: channel })),
    el('message', NS_CLIENT, { type: 'groupchat', to: channel }, [el('subject', NS_CLIENT, {}, [bare])]),
    ...people.map((who) => say(buildInvite('to', { who, reason: undefined }))),
    say(el('x', `${MUC}#user`, {}, [el('decline', `${MUC}#user`, { to: `${channel}/Victim` })])),
    ...[local, bare, id].map((nick) =>
      el('presence', NS_CLIENT, { to: `${channel}/${nick}` }, [buildEntry({ maxStanzas: 0 })]),
    ),
    el('presence', NS_CLIENT, { to: channel }, [buildEntry()]),
    el('presence', NS_CLIENT, { to: `${channel}/${local}`, type: 'unavailable' }),
  ];
}

function presences(known: Known): readonly XmlElement[] {
  return doors(known).flatMap((to) =>
    [undefined, 'probe', 'subscribe', 'subscribed', 'unsubscribe', 'unavailable', 'error'].map((type) =>
      el('presence', NS_CLIENT, { to, type }),
    ),
  );
}

/**
 * D-45, D-74, D-88 and the table of companion XEPs: what passes, what is taken out, what is refused; each by itself.
 * One line for each element that the rules name.
 * Does not send anything: the transcripts show the same on the wire.
 * Always: what is taken out stands beside what stays, so that nothing passes because everything went.
 * Before: xep/0369-core/hygiene.ts. After: test/transcripts.test.ts.
 */
import { describe, expect, test } from 'vitest';
import { jid } from '../../testing/rules-kit.ts';
import { el, type XmlElement } from '../../xml/element.ts';
import { serialize } from '../../xml/write.ts';
import { cleaned, hidden, type Circumstances } from './hygiene.ts';

const BARE = 'hecate@a.example';
const CHANNEL = 'coven@mix.example';
const ALIAS = `${CHANNEL}/7f3q`;
const HIDDEN: Circumstances = {
  sender: jid(`${BARE}/cauldron`),
  alias: ALIAS,
  channel: CHANNEL,
  isHidden: true,
  isVisibleChannel: false,
  isGroupchat: true,
};
const SHOWN: Circumstances = { ...HIDDEN, isHidden: false, isVisibleChannel: true };
const BODY = el('body', 'jabber:client', {}, ['Double, double']);

/** What is left beside the body. */
function left(child: XmlElement, circumstances: Circumstances): string {
  const kept = cleaned([child, BODY], circumstances).map((each) => serialize(each));
  expect(kept.at(-1)).toBe(serialize(BODY));
  return kept.slice(0, -1).join('');
}

function condition(child: XmlElement, circumstances: Circumstances): unknown {
  try {
    cleaned([child, BODY], circumstances);
    return 'accepted';
  } catch (error) {
    return (error as { condition: unknown }).condition;
  }
}

const named = (key: string): XmlElement => {
  const [ns = '', name = ''] = key.split(' ');
  return el(name, ns);
};

test.each([
  'urn:xmpp:sid:0 stanza-id',
  'urn:xmpp:occupant-id:0 occupant-id',
  'http://jabber.org/protocol/muc#user x',
  'http://jabber.org/protocol/muc x',
  'urn:xmpp:delay delay',
  'jabber:x:delay x',
  'http://jabber.org/protocol/address addresses',
  'urn:xmpp:carbons:2 private',
  'http://jabber.org/protocol/nick nick',
  'jabber:x:signed x',
  'urn:xmpp:privilege:2 privilege',
  'urn:xmpp:delegation:2 delegation',
  'urn:xmpp:mix:misc:0 retracted',
  'urn:xmpp:message-retract:1 retracted',
  'urn:xmpp:message-moderate:1 moderated',
  'urn:xmpp:mix:core:1 mix',
  'urn:xmpp:mix:core:0 mix',
  'urn:xmpp:mix:presence:0 mix',
  'jabber:client mix',
  ' mix',
])('%s never passes', (key) => {
  expect(left(named(key), HIDDEN)).toBe('');
  expect(left(named(key), SHOWN)).toBe('');
});

test.each([
  'urn:xmpp:idle:1 idle',
  'jabber:iq:last query',
  'vcard-temp:x:update x',
  'urn:xmpp:jingle-message:0 propose',
  'urn:xmpp:call-invites:0 invite',
  'urn:xmpp:jingle:1 jingle',
  'urn:xmpp:jinglepub:1 jinglepub',
  'http://telepathy.freedesktop.org/muji muji',
])('%s passes only where the sender is shown', (key) => {
  expect(left(named(key), HIDDEN)).toBe('');
  expect(left(named(key), SHOWN)).toBe(serialize(named(key)));
  const around = (...inner: XmlElement[]): XmlElement => el('card', 'urn:example:card', {}, inner);
  expect(left(around(named(key)), HIDDEN)).toBe(serialize(around()));
  expect(left(around(named(key)), SHOWN)).toBe(serialize(around(named(key))));
});

test.each([
  'eu.siacs.conversations.axolotl encrypted',
  'urn:xmpp:omemo:0 encrypted',
  'urn:xmpp:omemo:1 encrypted',
  'urn:xmpp:omemo:2 encrypted',
  'urn:xmpp:openpgp:0 openpgp',
  'jabber:x:encrypted x',
  'urn:xmpp:eme:0 encryption',
  'urn:xmpp:sce:1 envelope',
  'urn:xmpp:forward:0 forwarded',
])('%s is for channels that show everybody', (key) => {
  expect(condition(named(key), HIDDEN)).toBe('not-acceptable');
  expect(condition(named(key), { ...HIDDEN, isHidden: false })).toBe('not-acceptable');
  expect(condition(named(key), SHOWN)).toBe('accepted');
  // Of history that was written in the open.
  expect(hidden([named(key), BODY], HIDDEN)).toEqual([BODY]);
});

test.each(['urn:example:card x', 'urn:xmpp:sid:0 origin-id', 'urn:xmpp:hints store', 'urn:example:mix mix'])(
  '%s passes',
  (key) => {
    for (const circumstances of [HIDDEN, SHOWN])
      expect(left(named(key), circumstances)).toBe(serialize(named(key)));
  },
);

test('a receipt is asked for in private only', () => {
  const request = named('urn:xmpp:receipts request');
  expect(left(request, HIDDEN)).toBe('');
  expect(left(request, SHOWN)).toBe('');
  expect(left(request, { ...HIDDEN, isGroupchat: false })).toBe(serialize(request));
});

describe('the own address of somebody hidden', () => {
  const card = (attrs: Record<string, string>, ...children: (string | XmlElement)[]): XmlElement =>
    el('card', 'urn:example:card', attrs, children);

  test.each([BARE, `${BARE}/anywhere`, 'HECATE@A.example', `xmpp:${BARE}`, `xmpp:${BARE}?message`])(
    '%s becomes the alias, in attributes and texts at any depth',
    (text) => {
      expect(left(card({ of: text }, card({}, text)), HIDDEN)).toBe(
        serialize(card({ of: ALIAS }, card({}, ALIAS))),
      );
      expect(left(card({ of: text }), SHOWN)).toBe(serialize(card({ of: text })));
    },
  );

  test.each(['hag@a.example', `mail ${BARE}`, 'hecate', '@', `${BARE}.org`])('%s stays', (text) => {
    expect(left(card({ of: text }, text), HIDDEN)).toBe(serialize(card({ of: text }, text)));
  });

  test('a body is never touched', () => {
    const body = el('subject', 'jabber:client', {}, [BARE]);
    expect(left(body, HIDDEN)).toBe(serialize(body));
  });
});

describe('a mention', () => {
  const mention = (uri: string, type = 'mention'): XmlElement =>
    el('reference', 'urn:xmpp:reference:0', { type, uri });

  test.each([
    `xmpp:${CHANNEL}`,
    `XMPP:${ALIAS}`,
    `xmpp:7f3q#${CHANNEL}`,
    `xmpp:7f3q%23${CHANNEL}?message`,
    CHANNEL,
  ])('of %s stays', (uri) => {
    expect(left(mention(uri), HIDDEN)).toBe(serialize(mention(uri)));
  });

  test.each([
    'xmpp:hag@b.example',
    'xmpp:coven@other.example',
    'xmpp:other@mix.example',
    `xmpp:7f3q#${CHANNEL}.org`,
    'xmpp:mix.example',
    'xmpp:%zz@mix.example',
    '',
  ])('of %s goes where the sender is hidden', (uri) => {
    expect(left(mention(uri), HIDDEN)).toBe('');
    expect(left(mention(uri), SHOWN)).toBe(serialize(mention(uri)));
  });

  test('that is none, or of another kind, stays', () => {
    expect(left(mention('xmpp:hag@b.example', 'data'), HIDDEN)).not.toBe('');
    expect(left(el('reference', 'urn:example:reference', { type: 'mention' }), HIDDEN)).not.toBe('');
  });
});

test('a sticker loses the address of its pack, and a file its place on an XMPP server', () => {
  const sticker = (attrs: Record<string, string>): XmlElement => el('sticker', 'urn:xmpp:stickers:0', attrs);
  expect(left(sticker({ pack: 'EpRv28', jid: 'hag@b.example' }), HIDDEN)).toBe(
    serialize(sticker({ pack: 'EpRv28' })),
  );
  expect(left(sticker({ pack: 'xmpp:hag@b.example?pubsub' }), HIDDEN)).toBe(serialize(sticker({})));
  const file = (...sources: XmlElement[]): XmlElement => el('sources', 'urn:xmpp:sfs:0', {}, sources);
  const at = (target: string): XmlElement =>
    el('url-data', 'http://jabber.org/protocol/url-data', { target });
  const web = at('https://files.example/a');
  expect(left(file(at('xmpp:hag@b.example'), web), HIDDEN)).toBe(serialize(file(web)));
  const other = el('sticker', 'urn:example:stickers', { jid: 'hag@b.example' });
  expect(left(other, HIDDEN)).toBe(serialize(other));
});

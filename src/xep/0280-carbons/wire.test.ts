/**
 * XEP-0280 Message Carbons 1.0.1 (2021-12-26): the document's examples, and copies that are none.
 * What is read of a copy, and whether a message is copied.
 * Does not send any (host/carbons.test.ts).
 * Always: what did not come from the own account is no copy.
 * Before: xep/0280-carbons/wire.ts. After: host/carbons.test.ts.
 */
import { expect, test } from 'vitest';
import { NS_CLIENT } from '../../stanza/stanza.ts';
import { parseElement } from '../../xml/document.ts';
import { childText, el, type XmlElement } from '../../xml/element.ts';
import { buildCarbon, buildDisable, buildEnable, buildPrivate, isCopied, NS, parseCarbon } from './wire.ts';

const ROMEO = 'romeo@montague.example';
const wrapped = (from: string, kind: string) =>
  parseElement(`<message xmlns='jabber:client' from='${from}' to='romeo@montague.example/home' type='chat'>
    <${kind} xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>
      <message xmlns='jabber:client' from='juliet@capulet.example/balcony' to='romeo@montague.example/garden' type='chat'>
        <body>What man art thou?</body>
      </message></forwarded></${kind}></message>`);
const message = (type: string, ...children: readonly XmlElement[]) =>
  el('message', NS_CLIENT, { type }, children);
const body = el('body', NS_CLIENT, {}, ['x']);

test.each(['sent', 'received'] as const)('examples 10 and 13: a copy of what was %s', (kind) => {
  const read = parseCarbon(wrapped(ROMEO, kind), ROMEO);
  expect(read?.kind).toBe(kind);
  expect(read && childText(read.message, 'body')).toBe('What man art thou?');
  const written = el('message', NS_CLIENT, { from: ROMEO }, [buildCarbon(kind, read!.message)]);
  expect(parseCarbon(written, ROMEO)).toEqual(read);
});

test('example 11: what somebody else sends, or another client, is no copy', () => {
  for (const from of ['tybalt@capulet.example/home', `${ROMEO}/garden`, 'montague.example', ''])
    expect(parseCarbon(wrapped(from, 'received'), ROMEO)).toBeUndefined();
});

test('neither is anything that holds no message, or two', () => {
  const inner = message('chat', body);
  const forwarded = (...children: readonly XmlElement[]) =>
    el('message', NS_CLIENT, { from: ROMEO }, [
      el('sent', NS, {}, [el('forwarded', 'urn:xmpp:forward:0', {}, children)]),
    ]);
  expect(parseCarbon(forwarded(inner), ROMEO)?.message).toEqual(inner);
  for (const no of [
    forwarded(),
    forwarded(inner, inner),
    forwarded(el('presence', NS_CLIENT)),
    el('message', NS_CLIENT, { from: ROMEO }, [el('sent', NS)]),
    inner,
  ])
    expect(parseCarbon(no, ROMEO)).toBeUndefined();
});

test('a room has sent a private message to each client already; its invitation it has not', () => {
  const room = (...children: readonly XmlElement[]) =>
    el('x', 'http://jabber.org/protocol/muc#user', {}, children);
  expect(isCopied('received', message('chat', body, room()))).toBe(false);
  expect(isCopied('sent', message('chat', body, room()))).toBe(true);
  const invite = room(el('invite', 'http://jabber.org/protocol/muc#user'));
  expect(isCopied('received', message('normal', invite))).toBe(true);
});

test('a message with the marks that forbid it is not copied', () => {
  expect(isCopied('sent', message('chat', body))).toBe(true);
  for (const mark of buildPrivate()) expect(isCopied('sent', message('chat', body, mark))).toBe(false);
  expect(isCopied('sent', message('groupchat', body))).toBe(false);
});

test('examples 3 and 6: the requests', () => {
  expect(buildEnable()).toEqual(el('enable', NS));
  expect(buildDisable()).toEqual(el('disable', NS));
});

/** XEP-0461 0.2.1 §3.1, and replies to nothing. */
import { expect, test } from 'vitest';
import { elements } from '../../xml/element.ts';
import { parseElement } from '../../xml/document.ts';
import { replyOf, textOf } from './client.ts';
import { buildReply, NS, replyIn } from './wire.ts';

const message = (inside: string) =>
  elements(parseElement(`<message xmlns='jabber:client'>${inside}</message>`));

test('a reply names the message and its author', () => {
  const children = message(`<reply to='anna@example.com' id='message-id1' xmlns='${NS}'/>`);
  expect(replyIn(children)).toEqual({ id: 'message-id1', to: 'anna@example.com' });
  expect(buildReply({ id: 'message-id1', to: 'anna@example.com' })).toEqual(children[0]);
  expect(replyIn(message(`<reply xmlns='${NS}' to='x'/>`))).toBeUndefined();
});

test('in a channel the author is known by its id, an outsider is nobody', () => {
  const channel = 'coven@mix.example';
  const reply = (to: string) =>
    replyOf({ channel, payloads: message(`<reply to='${to}' id='1' xmlns='${NS}'/>`) });
  expect(reply('coven@mix.example/abc')).toEqual({ id: '1', senderId: 'abc' });
  expect(reply('abc#coven@mix.example')).toEqual({ id: '1', senderId: 'abc' });
  expect(reply('hecate@a.example')).toEqual({ id: '1' });
});

test('the text goes without the quotation', () => {
  const fallback = `<fallback for='${NS}' xmlns='urn:xmpp:fallback:0'><body start='0' end='7'/></fallback>`;
  expect(textOf({ body: '> what\nthat', payloads: message(fallback) })).toBe('that');
  expect(textOf({ payloads: [] })).toBeUndefined();
});

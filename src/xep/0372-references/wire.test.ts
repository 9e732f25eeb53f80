/** XEP-0372 0.5.0 §3.2, and mentions of what is nobody. */
import { expect, test } from 'vitest';
import { elements } from '../../xml/element.ts';
import { parseElement } from '../../xml/document.ts';
import { mentionsOf } from './client.ts';
import { buildMention, mentionsIn, NS } from './wire.ts';

const message = (inside: string) =>
  elements(parseElement(`<message xmlns='jabber:client'>${inside}</message>`));

test('a mention is read and written', () => {
  const children = message(
    `<reference xmlns='${NS}' type='mention' begin='72' end='78' uri='xmpp:juliet@capulet.lit'/>`,
  );
  const mention = { address: 'juliet@capulet.lit', begin: 72, end: 78 };
  expect(mentionsIn(children)).toEqual([mention]);
  expect(buildMention(mention)).toEqual(children[0]);
});

test('an encoded address survives the URI', () => {
  const mention = { address: 'ab2#coven ü@mix.example', begin: undefined, end: undefined };
  expect(buildMention(mention).attrs['uri']).toBe('xmpp:ab2%23coven%20%C3%BC@mix.example');
  expect(mentionsIn([buildMention(mention)])).toEqual([mention]);
});

test.each([
  `type='data' uri='xmpp:a@b'`,
  `type='mention' uri='https://b/'`,
  `type='mention' uri='xmpp:%E0%A4%A'`,
  `type='mention'`,
])('%s mentions nobody', (attributes) => {
  expect(mentionsIn(message(`<reference xmlns='${NS}' ${attributes}/>`))).toEqual([]);
});

test('places are those of the text without the quotation, and outsiders are nobody', () => {
  const payloads = message(
    `<reply id='1' xmlns='urn:xmpp:reply:0'/>
     <fallback for='urn:xmpp:reply:0' xmlns='urn:xmpp:fallback:0'><body start='0' end='5'/></fallback>
     <reference xmlns='${NS}' type='mention' begin='8' end='11' uri='xmpp:ab2%23coven@mix.example'/>
     <reference xmlns='${NS}' type='mention' begin='0' end='3' uri='xmpp:hag@b.example'/>`,
  );
  const body = '> 🐢 \n🎉, Hag!';
  const found = mentionsOf({ channel: 'coven@mix.example', body, payloads });
  expect(found).toEqual([{ id: 'ab2', begin: 4, end: 7 }]);
  expect('🎉, Hag!'.slice(4, 7)).toBe('Hag');
});

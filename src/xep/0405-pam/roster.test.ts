/** XEP-0405 0.5.3 §2.10: a roster with channels in it, as the host writes it and as ejabberd does. */
import { expect, test } from 'vitest';
import { parseElement } from '../../xml/document.ts';
import { serialize } from '../../xml/write.ts';
import { buildRosterQuery, parseRoster } from './roster.ts';

test('channels are told from contacts', () => {
  const query = parseElement(
    `<query xmlns='jabber:iq:roster'>
       <item jid='romeo@montague.example' name='Romeo' subscription='both'><group>Friends</group></item>
       <item jid='coven@mix.localhost' subscription='both'><group>Channels</group>
         <channel participant-id='654321' xmlns='urn:xmpp:mix:roster:0'/></item>
       <item/></query>`,
  );
  expect(parseRoster(query)).toEqual([
    {
      address: 'romeo@montague.example',
      name: 'Romeo',
      subscription: 'both',
      groups: ['Friends'],
      channel: undefined,
    },
    {
      address: 'coven@mix.localhost',
      name: undefined,
      subscription: 'both',
      groups: ['Channels'],
      channel: { participantId: '654321' },
    },
  ]);
  expect(parseRoster(parseElement(`<query xmlns='urn:x'/>`))).toEqual([]);
});

test('the question asks for the marks', () => {
  expect(serialize(buildRosterQuery())).toBe(
    '<query xmlns="jabber:iq:roster"><annotate xmlns="urn:xmpp:mix:roster:0"/></query>',
  );
});

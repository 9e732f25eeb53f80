/** XEP-0054 1.3.0 §3: a card as others write it, and as we do. */
import { expect, test } from 'vitest';
import { parseElement } from '../../xml/document.ts';
import { buildVCard, NS, parseVCard } from './wire.ts';

test('the fields that are shown are read', () => {
  const card = parseElement(
    `<vCard xmlns='${NS}'><FN>Peter Saint-Andre</FN><N><FAMILY>Saint-Andre</FAMILY></N><NICKNAME>stpeter</NICKNAME>
      <URL>http://www.xmpp.org/xsf/people/stpeter.shtml</URL><BDAY>1966-08-06</BDAY>
      <EMAIL><INTERNET/><PREF/><USERID>stpeter@jabber.org</USERID></EMAIL><DESC> </DESC>
      <PHOTO><TYPE>image/png</TYPE><BINVAL>
        AQ
        ID
      </BINVAL></PHOTO></vCard>`,
  );
  expect(parseVCard(card)).toEqual({
    fullName: 'Peter Saint-Andre',
    nickname: 'stpeter',
    email: 'stpeter@jabber.org',
    url: 'http://www.xmpp.org/xsf/people/stpeter.shtml',
    about: undefined,
    photo: { type: 'image/png', base64: 'AQID' },
  });
  expect(parseVCard(buildVCard(parseVCard(card)))).toEqual(parseVCard(card));
});

test('an empty card asks', () => {
  expect(buildVCard()).toEqual(parseElement(`<vCard xmlns='${NS}'/>`));
});

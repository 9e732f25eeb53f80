/**
 * XEP-0045 Multi-User Chat 1.35.5 (2026-05-03): the pieces of stanzas, both ways, and hostile ones.
 * Tests what the document's examples are read as, that what is written is what it shows, and what cannot be read.
 * Does not test the rules (channel/occupant.ts) nor the service (test/conformance/muc/).
 * Always: each codec of the folder has its part.
 * Before: xep/0045-muc/wire.ts. After: xep/0045-muc/service.ts.
 */
import { describe, expect, test } from 'vitest';
import { canonical } from '../../stanza/canonical.ts';
import { parseElement } from '../../xml/document.ts';
import { el, elements, type XmlElement } from '../../xml/element.ts';
import { buildForm, parseForm } from '../0004-forms/wire.ts';
import {
  buildConference,
  buildEntry,
  buildInvite,
  buildUser,
  entryIn,
  invitesIn,
  isDecline,
  NS,
  NS_USER,
  parseEntry,
  parseUser,
  roleOf,
  userIn,
} from './wire.ts';
import { buildAdmin, NS_ADMIN, NS_OWNER, parseAdmin, parseOwner } from './wire-admin.ts';
import { buildRoomConfig, parseRoomConfig, type RoomConfig } from './wire-config.ts';

const read = (xml: string): XmlElement => canonical(parseElement(xml));
const refusal = (run: () => unknown): unknown => {
  try {
    run();
  } catch (error) {
    return (error as { condition?: string }).condition;
  }
  return 'accepted';
};

describe('entry', () => {
  const wishes: readonly (readonly [string, ReturnType<typeof parseEntry>])[] = [
    ['', {}],
    ['<history/>', {}],
    [`<history maxchars='65000'/>`, { maxChars: 65_000 }],
    [`<history maxstanzas='20'/>`, { maxStanzas: 20 }],
    [`<history seconds='180'/>`, { seconds: 180 }],
    [`<history since='1970-01-01T00:00:00Z'/>`, { since: 0 }],
    [`<history maxstanzas='-1' maxchars='all' seconds='1e9' since='yesterday'/>`, {}],
    [`<password>cauldronburn</password><history maxchars='0'/>`, { maxChars: 0 }],
  ];
  test.each(wishes)('%j', (inner, wish) => {
    const found = parseEntry(read(`<x xmlns='${NS}'>${inner}</x>`));
    expect(JSON.parse(JSON.stringify(found))).toEqual(wish);
    expect(JSON.parse(JSON.stringify(parseEntry(buildEntry(found))))).toEqual(wish);
  });

  test('it is found among the children of a presence', () => {
    const presence = read(`<presence xmlns='jabber:client'><show>away</show><x xmlns='${NS}'/></presence>`);
    expect(entryIn(elements(presence))).toEqual(buildEntry());
    expect(entryIn([el('x', NS_USER)])).toBeUndefined();
    expect(refusal(() => parseEntry(el('x', NS_USER)))).toBe('bad-request');
  });
});

describe('what a room says of an occupant', () => {
  const examples = [
    `<x xmlns='${NS_USER}'><item affiliation='member' role='participant'/></x>`,
    `<x xmlns='${NS_USER}'><item affiliation='none' role='participant' jid='hag66@shakespeare.lit/pda'/><status code='100'/><status code='110'/></x>`,
    `<x xmlns='${NS_USER}'><item affiliation='member' role='participant' nick='oldhag'/><status code='303'/></x>`,
    `<x xmlns='${NS_USER}'><item affiliation='outcast' role='none'><reason>Treason</reason></item><status code='301'/></x>`,
    `<x xmlns='${NS_USER}'><item affiliation='none' role='none'/><destroy jid='coven@chat.shakespeare.lit'><reason>Macbeth doth come.</reason></destroy></x>`,
    `<x xmlns='${NS_USER}'><status code='104'/></x>`,
  ];
  test.each(examples)('%s', (xml) => {
    expect(buildUser(parseUser(read(xml)))).toEqual(read(xml));
  });

  test('words that are none are left out', () => {
    const x = read(`<x xmlns='${NS_USER}'><item affiliation='king' role='fool' nick=''/></x>`);
    expect(buildUser(parseUser(x))).toEqual(read(`<x xmlns='${NS_USER}'><item/></x>`));
    expect(userIn([el('x', NS), x])).toBe(x);
  });

  test('voice is for all who take part', () => {
    expect(['owner', 'admin', 'member', 'none'].map((word) => roleOf(word as 'owner', true))).toEqual([
      'moderator',
      'moderator',
      'participant',
      'participant',
    ]);
    expect(roleOf('owner', false)).toBe('visitor');
  });
});

describe('invitations', () => {
  const message = (inner: string): XmlElement[] => [read(`<x xmlns='${NS_USER}'>${inner}</x>`)];
  test('are read from an occupant, and written as of the room', () => {
    const asked = message(
      `<invite to='hecate@shakespeare.lit'><reason>Hey</reason></invite><invite to='x@y'/>`,
    );
    expect(invitesIn(asked)).toEqual([
      { who: 'hecate@shakespeare.lit', reason: 'Hey' },
      { who: 'x@y', reason: undefined },
    ]);
    expect(invitesIn([el('x', NS)])).toEqual([]);
    expect(isDecline(message(`<decline to='x@y'/>`))).toBe(true);
    expect(isDecline(asked)).toBe(false);
    expect(buildInvite('from', { who: 'coven@mix/hag', reason: 'Hey' })).toEqual(
      message(`<invite from='coven@mix/hag'><reason>Hey</reason></invite>`)[0],
    );
    expect(buildInvite('to', { who: 'x@y', reason: undefined })).toEqual(message(`<invite to='x@y'/>`)[0]);
    expect(buildConference('coven@mix', '')).toEqual(el('x', 'jabber:x:conference', { jid: 'coven@mix' }));
  });
});

describe('muc#admin and muc#owner', () => {
  test('lists and changes', () => {
    const query = read(
      `<query xmlns='${NS_ADMIN}'><item affiliation='outcast' jid='earlofcambridge@shakespeare.lit'><reason>Treason</reason></item><item nick='pistol' role='none'/></query>`,
    );
    expect(buildAdmin(parseAdmin(query))).toEqual(query);
    for (const inner of [
      '',
      '<item/>',
      `<item nick='x'/>`,
      `<item affiliation='none' role='none'/>`,
      `<item role='king'/>`,
    ])
      expect(
        refusal(() => parseAdmin(read(`<query xmlns='${NS_ADMIN}'>${inner}</query>`))),
        inner,
      ).toBe('bad-request');
  });

  test('the end of a room, its form, and nothing', () => {
    const owner = (inner: string) => parseOwner(read(`<query xmlns='${NS_OWNER}'>${inner}</query>`));
    expect(owner('')).toEqual({ kind: 'nothing' });
    expect(owner(`<x xmlns='jabber:x:data' type='cancel'/>`)).toEqual({ kind: 'nothing' });
    expect(owner(`<x xmlns='jabber:x:data' type='submit'/>`)).toMatchObject({ kind: 'form' });
    expect(owner(`<destroy jid='a@b'><reason>c</reason></destroy>`)).toEqual({
      kind: 'destroy',
      destroy: { venue: 'a@b', reason: 'c' },
    });
    expect(owner('<destroy/>')).toEqual({
      kind: 'destroy',
      destroy: { venue: undefined, reason: undefined },
    });
  });
});

describe('muc#roomconfig', () => {
  const config: RoomConfig = {
    ...{ name: 'A Dark Cave', description: undefined, isMembersOnly: true, whois: 'moderators' },
    ...{ privateMessages: false, invitationByParticipant: true },
    ...{ owners: ['crone1@shakespeare.lit'], administrators: [] },
  };
  test('what is shown can be sent back', () => {
    const shown = parseForm(buildRoomConfig(config));
    const sent = parseForm(buildForm({ ...shown, type: 'submit' }));
    expect(parseRoomConfig(sent)).toEqual({ ...config, name: 'A Dark Cave', description: '' });
  });

  test('every option has a label for people, as does every field', () => {
    const config: RoomConfig = {
      ...{ name: undefined, description: undefined, isMembersOnly: false, whois: 'moderators' },
      ...{ privateMessages: true, invitationByParticipant: false, owners: [], administrators: [] },
    };
    const fields = parseForm(buildRoomConfig(config)).fields.filter(({ type }) => type !== 'hidden');
    for (const { label, options } of fields)
      expect([label, ...(options ?? []).map((option) => option.label)]).not.toContain(undefined);
    expect(fields.flatMap(({ options }) => options ?? [])).toHaveLength(4);
  });

  test('fields that are not known, or not there, change nothing', () => {
    const form = (fields: Readonly<Record<string, string>>) =>
      parseForm(
        buildForm({
          type: 'submit',
          formType: 'http://jabber.org/protocol/muc#roomconfig',
          fields: Object.entries(fields).map(([name, value]) => ({ var: name, values: [value] })),
        }),
      );
    const changed = (fields: Readonly<Record<string, string>>): unknown =>
      JSON.parse(JSON.stringify(parseRoomConfig(form(fields))));
    expect(changed({ 'muc#roomconfig_maxusers': '10', mam: '1' })).toEqual({});
    expect(changed({ 'muc#roomconfig_allowpm': 'participants' })).toEqual({ privateMessages: true });
    for (const [name, value] of [
      ['muc#roomconfig_whois', 'none'],
      ['muc#roomconfig_membersonly', 'yes'],
      ['muc#roomconfig_allowpm', 'moderators'],
    ] as const)
      expect(refusal(() => parseRoomConfig(form({ [name]: value })))).toBe('not-acceptable');
    const foreign = { type: 'submit', formType: 'urn:xmpp:mix:admin:0', fields: [] } as const;
    expect(refusal(() => parseRoomConfig(foreign))).toBe('bad-request');
  });
});

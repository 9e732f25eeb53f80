/**
 * Rows MUC-01 to MUC-06, MUC-26 and EXT-17 of the conformance map: what a service and its rooms say of themselves.
 * Tests discovery by both kinds of clients, the card of a room, and the search for channels.
 * Does not test discovery by MIX in depth (test/conformance/core/discovery.test.ts).
 * Always: MIX and MUC share one domain here, so that what is asked of separate ones does not arise (D-82).
 * Before: test/conformance/muc/admin.test.ts. After: test/conformance/muc/leak.test.ts.
 */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { elements, text, type XmlElement } from '../../../src/xml/element.ts';
import { coven, find, form, play, xml, type Person, type Scene } from '../admin/kit.ts';
import { comesIn, MUC } from './kit.ts';

const INFO = `<query xmlns='http://jabber.org/protocol/disco#info'/>`;
const ITEMS = `<query xmlns='http://jabber.org/protocol/disco#items'/>`;
const inQuery = (answer: XmlElement, name: string): XmlElement[] =>
  elements(find(answer, 'query')!).filter((each) => each.name === name);
const varsIn = (answer: XmlElement): string[] =>
  inQuery(answer, 'feature').map(({ attrs }) => attrs['var'] ?? '');
const jidsIn = (answer: XmlElement): string[] =>
  inQuery(answer, 'item').map(({ attrs }) => attrs['jid'] ?? '');

test(
  'MUC-01, MUC-02, MUC-03, MUC-04: one service of both kinds, which points to no other',
  play(async (scene) => {
    const { stranger, channel } = await coven(scene);
    for (const to of [scene.service, channel]) {
      const answer = await scene.result(stranger, 'get', to, INFO);
      expect(
        inQuery(answer, 'identity').map(({ attrs }) => `${attrs['category'] ?? ''}/${attrs['type'] ?? ''}`),
      ).toEqual(['conference/mix', 'conference/text']);
      expect(varsIn(answer)).toEqual(expect.arrayContaining(['urn:xmpp:mix:core:1', MUC]));
      // Mirrors are for separate domains: MUC-02 forbids the features that an integrated service must have.
      expect(xml(answer)).not.toContain('urn:xmpp:mix:muc:0');
    }
  }),
);

test(
  'MUC-05: channels and rooms are the same set',
  play(async (scene) => {
    const { owner, channel } = await coven(scene);
    const guest = await scene.enter('guest');
    await comesIn(scene, guest, `made@${scene.service}`, 'guest');
    for (const who of [owner, guest])
      expect(jidsIn(await scene.result(who, 'get', scene.service, ITEMS))).toEqual([
        channel,
        `made@${scene.service}`,
      ]);
    const answer = await scene.join(owner, `made@${scene.service}`, 'Mistress');
    expect(answer.attrs['type']).toBe('result');
  }),
);

test(
  'MUC-06: without node, who is in the room, to those who may know; with it, the nodes of MIX',
  play(async (scene) => {
    const { one, stranger, channel } = await coven(scene);
    const guest = await scene.enter('guest');
    await comesIn(scene, guest, channel, 'guest');
    for (const who of [guest, one])
      expect(jidsIn(await scene.result(who, 'get', channel, ITEMS))).toEqual(
        ['Witch', 'Hag', 'guest'].map((nick) => `${channel}/${nick}`),
      );
    expect(jidsIn(await scene.result(stranger, 'get', channel, ITEMS))).toEqual([]);
    const mix = `<query xmlns='http://jabber.org/protocol/disco#items' node='mix'/>`;
    expect(jidsIn(await scene.result(one, 'get', channel, mix))).toContain(channel);
  }),
);

test(
  'what a room is like, before one enters',
  play(async (scene) => {
    const { owner, stranger, channel } = await coven(scene);
    const rooms = async (): Promise<string[]> =>
      varsIn(await scene.result(stranger, 'get', channel, INFO)).filter((name) => name.startsWith('muc_'));
    const always = ['muc_persistent', 'muc_public', 'muc_unmoderated', 'muc_unsecured'];
    expect(await rooms()).toEqual([...always, 'muc_open', 'muc_semianonymous'].sort());
    await scene.configure(owner, channel, { 'JID Visibility': 'jid-maybe-visible' });
    expect(await rooms()).toContain('muc_semianonymous');
    await scene.configure(owner, channel, { 'JID Visibility': 'jid-visible' });
    expect(await rooms()).toEqual([...always, 'muc_open', 'muc_nonanonymous'].sort());
    const said = async (): Promise<unknown[]> => {
      const info = xml(await scene.result(stranger, 'get', channel, INFO));
      return ['roomconfig_allowpm', 'roomconfig_allowinvites', 'roominfo_changesubject'].map(
        (name) => new RegExp(`var="muc#${name}"><value>([^<]*)`).exec(info)?.[1],
      );
    };
    expect(await said()).toEqual(['anyone', '0', '0']);
    await scene.configure(owner, channel, { 'Private Messages': 'false' });
    await scene.configure(owner, channel, {
      'Participation Addition by Invitation from Participant': 'true',
    });
    expect(await said()).toEqual(['none', '1', '0']);
  }),
);

test(
  'MUC-26: the card of a room is the picture of the channel, whoever set it',
  play(async (scene) => {
    const { owner, one, stranger, channel } = await coven(scene);
    const guest = await scene.enter('guest');
    await comesIn(scene, guest, channel, 'guest');
    const card = `<vCard xmlns='vcard-temp'/>`;
    await scene.refused(guest, 'get', channel, card, 'item-not-found/cancel');
    const photo = `<vCard xmlns='vcard-temp'><PHOTO><TYPE>image/png</TYPE><BINVAL>aGFn</BINVAL></PHOTO></vCard>`;
    await scene.refused(guest, 'set', channel, photo, 'forbidden/auth');
    await scene.result(owner, 'set', channel, photo);
    for (const who of [guest, one]) {
      const got = await scene.result(who, 'get', channel, card);
      expect([text(find(got, 'TYPE')!), text(find(got, 'BINVAL')!)]).toEqual(['image/png', 'aGFn']);
    }
    // SHA-1 of the bytes, as XEP-0153 wants it; for those who may have the picture.
    const hash = createHash('sha1').update('hag').digest('hex');
    const shown = xml(await scene.result(guest, 'get', channel, INFO));
    expect(shown).toContain(hash);
    expect(xml(await scene.result(stranger, 'get', channel, INFO))).not.toContain('avatarhash');
    await scene.refused(stranger, 'get', channel, card, 'item-not-found/cancel');
    await scene.result(owner, 'set', channel, card);
    await scene.refused(guest, 'get', channel, card, 'item-not-found/cancel');
    expect(xml(await scene.result(guest, 'get', channel, INFO))).not.toContain('avatarhash');
  }),
);

const SEARCH = 'urn:xmpp:channel-search:0:search';
const search = (fields: Readonly<Record<string, string | readonly string[]>>, set = ''): string =>
  `<search xmlns='${SEARCH}'>${set}${form(fields, 'urn:xmpp:channel-search:0:search-params')}</search>`;

async function found(
  scene: Scene,
  who: Person,
  fields: Readonly<Record<string, string | readonly string[]>>,
) {
  const answer = await scene.result(who, 'get', scene.service, search(fields));
  return elements(find(answer, 'result', SEARCH)!).filter(({ name }) => name === 'item');
}

test(
  'EXT-17: a search finds listed channels that the asker may join, and says how much they show',
  play(async (scene) => {
    const { owner, stranger, channel } = await coven(scene);
    await scene.create(owner, 'heath', {
      'JID Visibility': 'jid-visible',
      'Information Node Subscription': 'anyone',
    });
    await scene.create(owner, 'moor', { 'Nodes Present': ['participants', 'information', 'allowed'] });
    await scene.result(owner, 'set', scene.service, `<create xmlns='urn:xmpp:mix:core:1'/>`);
    const info = (name: string, description: string): string =>
      `<query xmlns='${MUC}#owner'>${form({ 'muc#roomconfig_roomname': name, 'muc#roomconfig_roomdesc': description }, `${MUC}#roomconfig`)}</query>`;
    await scene.result(
      owner,
      'set',
      `heath@${scene.service}`,
      info('Blasted heath', 'Thunder and lightning'),
    );
    await scene.result(owner, 'set', channel, info('Dark cave', 'Thunder as well'));
    const names = async (fields: Parameters<typeof found>[2]): Promise<string[]> =>
      (await found(scene, stranger, fields)).map(({ attrs }) => attrs['address']?.split('@')[0] ?? '');
    expect(await names({ all: 'true' })).toEqual(['coven', 'heath']);
    expect(await names({ q: 'heath' })).toEqual(['heath']);
    expect(await names({ q: 'blasted THUNDER' })).toEqual(['heath']);
    // What only participants may read is not searched for others.
    expect(await names({ q: 'thunder' })).toEqual(['heath']);
    expect(await names({ q: 'thunder', sindescription: 'false' })).toEqual([]);
    expect(await names({ q: 'cave' })).toEqual(['coven']);
    expect(await names({ q: 'moor' })).toEqual([]);
    expect(await names({ all: 'true', types: ['xep-9999'] })).toEqual([]);
    const [hidden, shown] = await found(scene, stranger, { all: 'true', types: ['xep-0045', 'xep-0369'] });
    expect(elements(hidden!).map((each) => `${each.name} ${text(each)}`)).toEqual([
      'name Dark cave',
      'service-type xep-0369',
      'is-open true',
      'anonymity-mode muc_semianonymous',
    ]);
    expect(xml(shown!)).toContain('{urn:xmpp:channel-search:0:anonymity}none');
    expect(xml((await found(scene, stranger, { all: 'true' }))[0]!)).toContain('xep-0045');
  }),
);

test(
  'EXT-17: the form, and what cannot be searched for',
  play(async (scene) => {
    const { stranger, channel } = await coven(scene);
    const shown = await scene.result(stranger, 'get', scene.service, `<search xmlns='${SEARCH}'/>`);
    expect(xml(shown)).toContain('sindescription');
    const special = async (query: string): Promise<string> => {
      const error = find(await scene.ask(stranger, 'get', scene.service, query), 'error')!;
      return elements(error)
        .filter(({ name }) => name !== 'text')
        .map(({ name }) => name)
        .join(' ');
    };
    expect(await special(search({}))).toBe('bad-request no-search-conditions');
    expect(await special(search({ q: '!?' }))).toBe('bad-request invalid-search-terms');
    expect(await special(search({ q: 'x', all: 'true' }))).toBe('bad-request conflicting-fields');
    expect(await special(search({ q: 'x', key: '{urn:xmpp:channel-search:0:order}nusers' }))).toBe(
      'feature-not-implemented invalid-sort-key',
    );
    await scene.refused(
      stranger,
      'get',
      channel,
      `<search xmlns='${SEARCH}'/>`,
      'service-unavailable/cancel',
    );
    const page = search({ all: 'true' }, `<set xmlns='http://jabber.org/protocol/rsm'><max>1</max></set>`);
    expect(xml(await scene.result(stranger, 'get', scene.service, page))).toContain(`<count>1</count>`);
  }),
);

/**
 * XEP-0405 MIX-PAM 0.5.3 (2022-07-15): all examples of the document, both ways, and hostile requests.
 * One line for each example file: what our codec must make of its stanzas.
 * Does not test the host.
 * Always: every file in examples/ has its line.
 * Before: xep/0405-pam/wire.ts. After: host/.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  all,
  meaning,
  nothing,
  readExample,
  reads,
  same,
  within,
  type Check,
} from '../../stanza/examples.ts';
import { parseElement } from '../../xml/document.ts';
import { el, type XmlElement } from '../../xml/element.ts';
import { buildInfo, buildInfoQuery, parseInfo, parseInfoQuery } from '../0030-disco/wire.ts';
import { buildJoin, buildLeave, buildMix, parseJoin, parseJoined, parseMix } from '../0369-core/wire.ts';
import * as presence from '../0403-presence/wire.ts';
import * as pam from './wire.ts';

const badRequest: unknown = expect.objectContaining({ condition: 'bad-request' });

const message = same(parseMix, buildMix, within('mix'));
/** The document writes the address before the nick, we the nick first, as in 0369. */
const presenceOf = meaning(presence.parseMix, presence.buildMix, within('mix'));
const leave = same(
  () => undefined,
  () => buildLeave(),
);

const examples: Readonly<Record<string, readonly Check[]>> = {
  '01': [message],
  '02': [message, message],
  '03': [same(parseInfoQuery, ({ node }) => buildInfoQuery(node)), same(parseInfo, buildInfo)],
  '04': [all(same(pam.parseClientJoin, pam.buildClientJoin), same(parseJoin, buildJoin, within('join')))],
  '05': [same(parseJoin, buildJoin)],
  '06': [reads((join) => parseJoined(join).id, '123456')],
  '07': [
    all(
      same(pam.parseClientJoined, pam.buildClientJoin),
      reads((e) => parseJoined(pam.parseClientJoined(e).join).id, '123456'),
    ),
  ],
  '08': [same(pam.parseClientLeave, pam.buildClientLeave)],
  '09': [leave],
  '10': [leave],
  '11': [same(pam.parseClientLeft, pam.buildClientLeave)],
  '12': [nothing],
  '13': [nothing],
  '14': [presenceOf],
  '15': [presenceOf],
  '16': [nothing],
  '17': [
    all(
      reads(pam.isAnnotated, true),
      same(pam.isAnnotated, () => pam.buildAnnotate(), within('annotate')),
    ),
  ],
  '18': [reads(pam.parseChannel, undefined, within('item'))],
  '19': [
    all(
      reads(pam.parseChannel, { participantId: '123456' }, within('item')),
      same(
        () => '123456',
        (id) => pam.buildChannel(id),
        within('channel'),
      ),
    ),
  ],
};

const folder = new URL('./examples/', import.meta.url);

test.each(readdirSync(folder).filter((file) => file.endsWith('.xml')))('%s', (file) => {
  const stanzas = readExample(readFileSync(new URL(file, folder), 'utf8'));
  const checks = examples[file.slice(0, 2)] ?? [];
  expect(checks).toHaveLength(stanzas.length);
  for (const [at, stanza] of stanzas.entries()) {
    const [made, expected] = checks[at]!(stanza);
    expect(made).toEqual(expected);
  }
});

describe('requests', () => {
  const wrapped = (name: string, attributes: string, inside: string): XmlElement =>
    parseElement(`<${name} xmlns='urn:xmpp:mix:pam:2' ${attributes}>${inside}</${name}>`);
  const join = "<join xmlns='urn:xmpp:mix:core:1'/>";
  const leave = "<leave xmlns='urn:xmpp:mix:core:1'/>";
  const channel = "channel='coven@mix.example'";

  test('PAM-06: what is wrapped comes out as it went in', () => {
    const inner = parseElement(
      "<join xmlns='urn:xmpp:mix:core:1' a='1'><nick>n</nick><x xmlns='jabber:x:data'/><any xmlns='urn:any'/></join>",
    );
    const request = pam.buildClientJoin({ channel: 'coven@mix.example', join: inner });
    expect(pam.parseClientJoin(request)).toEqual({ channel: 'coven@mix.example', join: inner });
  });

  test('D-16: the join may be of any namespace in which one can join', () => {
    const read = pam.parseClientJoin(wrapped('client-join', channel, "<join xmlns='urn:xmpp:mix:anon:0'/>"));
    expect(read.join.ns).toBe('urn:xmpp:mix:anon:0');
  });

  test.each([
    ['', join],
    ["channel=''", join],
    [channel, ''],
    [channel, join + join],
    [channel, join + leave],
    [channel, leave],
    [channel, '<join/>'],
    [channel, "<join xmlns='urn:xmpp:mix:core:0'/>"],
  ])('PAM-05: client-join with %j and %j is refused', (attributes, inside) => {
    expect(() => pam.parseClientJoin(wrapped('client-join', attributes, inside))).toThrow(badRequest);
  });

  test.each([
    ['', leave],
    [channel, ''],
    [channel, leave + leave],
    [channel, join],
  ])('client-leave with %j and %j is refused', (attributes, inside) => {
    expect(() => pam.parseClientLeave(wrapped('client-leave', attributes, inside))).toThrow(badRequest);
  });

  test('one is not taken for the other, nor is another version', () => {
    expect(() => pam.parseClientJoin(wrapped('client-leave', channel, join))).toThrow(badRequest);
    expect(() => pam.parseClientLeave(el('client-leave', 'urn:xmpp:mix:pam:0'))).toThrow(badRequest);
  });
});

describe('the roster', () => {
  test('only the namespace of this document marks a channel or asks for marks', () => {
    const item = (ns: string): XmlElement => el('item', 'jabber:iq:roster', {}, [el('channel', ns)]);
    expect(pam.parseChannel(item('urn:xmpp:mix:roster:0'))).toEqual({ participantId: undefined });
    expect(pam.parseChannel(item('jabber:iq:roster'))).toBeUndefined();
    expect(pam.isAnnotated(el('query', 'jabber:iq:roster', {}, [el('annotate', 'jabber:iq:roster')]))).toBe(
      false,
    );
  });
});

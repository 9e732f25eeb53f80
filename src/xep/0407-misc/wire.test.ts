/**
 * XEP-0407 MIX-MISC 0.1.2 (2020-11-03): all examples of the document, both ways, and hostile requests.
 * One line for each example file: what our codec must make of its stanzas.
 * Does not test the rules (channel/) nor the service (test/conformance/misc/).
 * Always: every file in examples/ has its line.
 * Before: xep/0407-misc/wire.ts. After: xep/0407-misc/service.ts.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { all, nothing, readExample, reads, same, within, type Check } from '../../stanza/examples.ts';
import { parseElement } from '../../xml/document.ts';
import type { XmlElement } from '../../xml/element.ts';
import { buildInfoQuery, parseInfo, parseInfoQuery } from '../0030-disco/wire.ts';
import { parseJoin } from '../0369-core/wire.ts';
import * as misc from './wire.ts';

const registered = same(misc.parseRegister, misc.buildRegister);
const invitation = same(misc.parseInvitation, misc.buildInvitation, within('invitation'));
/** The archived message inside the message that brings it. */
const archived = (stanza: XmlElement): XmlElement => within('message')(within('forwarded')(stanza));

const examples: Readonly<Record<string, readonly Check[]>> = {
  '01': [
    same(parseInfoQuery, ({ node }) => buildInfoQuery(node)),
    reads((query) => parseInfo(query).features, [misc.NICK_REGISTER]),
  ],
  '02': [registered],
  '03': [registered],
  '04': [nothing],
  '05': [
    reads(
      (message) => misc.isRetracted(message.children),
      false,
      (message) => message,
    ),
    same(misc.parseRetract, misc.buildRetract, within('retract')),
  ],
  '06': [
    all(
      reads(({ children }) => misc.isRetracted(children), true, archived),
      reads(
        ({ attrs }) => ({ by: attrs['by'], at: Date.parse(attrs['time'] ?? '') }),
        { by: 'hag66@shakespeare.example', at: Date.UTC(2010, 6, 10, 23, 8, 25) },
        within('retracted'),
      ),
    ),
  ],
  '07': [
    same(misc.parseInvite, misc.buildInviteRequest),
    all(invitation, (stanza) => [
      misc.buildInvite(misc.parseInvitation(within('invitation')(stanza))),
      within('invite')(stanza),
    ]),
  ],
  '08': [invitation],
  '09': [
    all(
      invitation,
      reads((join) => misc.parseToken(parseJoin(join).invitation!), 'ABCDEF', within('join')),
    ),
  ],
  '10': [invitation],
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

describe('requests that are not whole', () => {
  const read = (name: string, inner = '', attributes = ''): XmlElement =>
    parseElement(`<${name} xmlns='${misc.NS}'${attributes}>${inner}</${name}>`);
  const badRequest: unknown = expect.objectContaining({ condition: 'bad-request' });

  test.each<[string, () => unknown]>([
    ['a retraction without an id', () => misc.parseRetract(read('retract'))],
    ['something else than a retraction', () => misc.parseRetract(read('retracted', '', ` id='1'`))],
    ['two nicks', () => misc.parseRegister(read('register', '<nick>a</nick><nick>b</nick>'))],
    ['an invite of nobody', () => misc.parseInvite(read('invite'))],
    ['two invitees', () => misc.parseInvite(read('invite', '<invitee>a</invitee><invitee>b</invitee>'))],
    ['an invitation without a token', () => misc.parseToken(read('invitation', '<inviter>a</inviter>'))],
    ['an invitation with an empty token', () => misc.parseToken(read('invitation', '<token> </token>'))],
    ['an invitation without a channel', () => misc.parseInvitation(read('invitation', '<token>a</token>'))],
  ])('%s', (_, parse) => {
    expect(parse).toThrow(badRequest);
  });

  test('MISC-07: no nick, or an empty one, is for the service to choose', () => {
    expect(misc.parseRegister(read('register'))).toBeUndefined();
    expect(misc.parseRegister(read('register', '<nick/>'))).toBe('');
  });

  test('a tombstone is written with its time in UTC', () => {
    const made = misc.buildRetracted({ by: 'coven@mix.example/1', at: 1_000 });
    expect(made.attrs).toEqual({ by: 'coven@mix.example/1', time: '1970-01-01T00:00:01.000Z' });
    expect(misc.isRetracted([made])).toBe(true);
    expect(misc.isRetracted(['text', read('retract', '', ` id='1'`)])).toBe(false);
  });
});

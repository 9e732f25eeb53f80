/**
 * XEP-0191 Blocking Command 1.3 (2015-03-12): the document's examples, and commands that are none.
 * Each is read as what it says, and written again.
 * Does not block anybody (host/blocking.test.ts).
 * Always: what is refused is refused with bad-request.
 * Before: xep/0191-blocking/wire.ts. After: host/blocking.test.ts.
 */
import { expect, test } from 'vitest';
import { parseElement } from '../../xml/document.ts';
import { serialize } from '../../xml/write.ts';
import {
  buildBlockCommand,
  buildBlockedError,
  buildBlocklist,
  isBlockedError,
  parseBlockCommand,
  parseBlocklist,
} from './wire.ts';

const ROMEO = "<item jid='romeo@montague.net'/>";
const IAGO = "<item jid='iago@shakespeare.lit'/>";
const badRequest: unknown = expect.objectContaining({ condition: 'bad-request' });

test.each([
  [
    `<blocklist xmlns='urn:xmpp:blocking'>${ROMEO}${IAGO}</blocklist>`,
    ['romeo@montague.net', 'iago@shakespeare.lit'],
  ],
  ["<blocklist xmlns='urn:xmpp:blocking'/>", []],
])('examples 3 to 5: %s', (xml, jids) => {
  const list = parseElement(xml);
  expect(parseBlocklist(list)).toEqual(jids);
  expect(buildBlocklist(jids)).toEqual(list);
});

test.each([
  [`<block xmlns='urn:xmpp:blocking'>${ROMEO}</block>`, 'block', ['romeo@montague.net']],
  [`<unblock xmlns='urn:xmpp:blocking'>${ROMEO}</unblock>`, 'unblock', ['romeo@montague.net']],
  ["<unblock xmlns='urn:xmpp:blocking'/>", 'unblock', []],
])('examples 6 to 15: %s', (xml, verb, jids) => {
  const command = parseElement(xml);
  expect(parseBlockCommand(command)).toEqual({ verb, jids });
  expect(buildBlockCommand(parseBlockCommand(command))).toEqual(command);
});

test('example 9: who writes to somebody blocked is told so', () => {
  const error = buildBlockedError();
  expect(serialize(error)).toMatch(
    /^<error[^>]* type="cancel">.*<not-acceptable .*<blocked xmlns="urn:xmpp:blocking:errors"\/>/,
  );
  expect(isBlockedError({ ...error, name: 'message', children: [error] })).toBe(true);
  expect(isBlockedError(error)).toBe(false);
});

test.each([
  "<block xmlns='urn:xmpp:blocking'/>",
  "<block xmlns='urn:xmpp:blocking'><item/></block>",
  "<unblock xmlns='urn:xmpp:blocking'><item jid=''/></unblock>",
  "<block xmlns='urn:xmpp:other'><item jid='a@b'/></block>",
  "<blocklist xmlns='urn:xmpp:blocking'/>",
])('%s is no command', (xml) => {
  expect(() => parseBlockCommand(parseElement(xml))).toThrow(badRequest);
});

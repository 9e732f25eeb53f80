/** XEP-0402 1.2.0 §2, and the mark of a channel in it. */
import { expect, test } from 'vitest';
import { parseElement } from '../../xml/document.ts';
import { buildBookmark, NS, parseBookmark } from './wire.ts';

test('a bookmark as others write it', () => {
  const conference = parseElement(
    `<conference xmlns='${NS}' name='The Orchard' autojoin='1'><nick>JC</nick>
       <extensions><state xmlns='http://myclient.example/bookmark/state' minimized='true'/></extensions></conference>`,
  );
  expect(parseBookmark(conference)).toEqual({ name: 'The Orchard', nick: 'JC', channel: undefined });
  expect(parseBookmark(parseElement(`<conference xmlns='${NS}'/>`))).toEqual({});
});

test('a channel is marked, and nobody enters it as a room', () => {
  const bookmark = { name: 'Coven', nick: 'Hag', channel: { participantId: 'ab2' } };
  expect(buildBookmark(bookmark).attrs['autojoin']).toBe('false');
  expect(parseBookmark(buildBookmark(bookmark))).toEqual(bookmark);
  expect(parseBookmark(buildBookmark({ channel: { participantId: undefined } })).channel).toEqual({
    participantId: undefined,
  });
});

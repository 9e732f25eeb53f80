/**
 * A draft becomes the message that was meant.
 */
import { expect, test } from 'vitest';
import { draftOf, mention, mentionsIn, outgoingOf, startReply } from './draft.ts';

test('a mention is sent by id, where its name stands', () => {
  mention('a', 'id1', 'Banquo');
  const draft = draftOf('a');
  draft.text.value += 'what now?';
  expect(outgoingOf(draft)).toEqual({
    body: '@Banquo what now?',
    mentions: [{ id: 'id1', begin: 0, end: 7 }],
  });
});

test('a deleted name is no mention, and a name within another is not found twice', () => {
  expect(mentionsIn('hello', [{ id: '1', name: '@Ban' }])).toEqual([]);
  expect(
    mentionsIn('@Ban @Ban', [
      { id: '1', name: '@Ban' },
      { id: '2', name: '@Ban' },
    ]),
  ).toEqual([
    { id: '1', begin: 0, end: 4 },
    { id: '2', begin: 5, end: 9 },
  ]);
});

test('a reply names the message, its sender by id, and quotes it for others', () => {
  const none = { reactions: new Map(), mentions: [], payloads: [], displayedBy: [], corrected: false };
  startReply('b', {
    ...none,
    id: 'm1',
    key: 'k',
    at: 1,
    sender: { id: 'x', nick: 'Hecate' },
    isOwn: false,
    body: 'Saucy\nand overbold',
    state: 'sent',
  });
  const draft = draftOf('b');
  draft.text.value = 'Sorry.';
  expect(outgoingOf(draft).reply).toEqual({
    id: 'm1',
    to: 'x',
    fallback: '> Hecate:\n> Saucy\n> and overbold\n',
  });
});

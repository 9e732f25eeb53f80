/**
 * Counting what was not read.
 */
import { expect, test } from 'vitest';
import type { LiveMessage } from 'vizard';
import { unreadOf } from './unread.ts';

function message(at: number, more: Partial<LiveMessage> = {}): LiveMessage {
  const none = { reactions: new Map(), mentions: [], payloads: [], displayedBy: [], corrected: false };
  return {
    ...none,
    id: `m${at}`,
    key: `k${at}`,
    at,
    sender: { id: 'banquo' },
    isOwn: false,
    body: 'Hail!',
    state: 'sent',
    ...more,
  };
}

const all = [
  message(1),
  message(2),
  message(3, { isOwn: true }),
  message(4, { mentions: [{ id: 'me', begin: 0, end: 3 }] }),
  message(5),
];

test('what stands behind the mark is unread', () => {
  expect(unreadOf(all, { id: 'm2', at: 2 }, 'me', false)).toEqual({
    count: 2,
    mentions: 1,
    firstKey: 'k4',
    isMore: false,
  });
  expect(unreadOf(all, { id: 'm5', at: 5 }, 'me', true).count).toBe(0);
});

test('a mark that is not loaded counts by time, and says that there may be more', () => {
  expect(unreadOf(all, { id: 'gone', at: 3.5 }, 'me', true)).toMatchObject({ count: 2, isMore: false });
  expect(unreadOf(all, { id: 'gone', at: 0 }, 'me', true)).toMatchObject({ count: 4, isMore: true });
});

test('a new channel has nothing unread', () => {
  expect(unreadOf(all, undefined, 'me', true).count).toBe(0);
});

test('what was taken back, or has no text, does not count', () => {
  const rest = [message(1), message(2, { retracted: { by: 'author' } })];
  expect(unreadOf(rest, { id: 'm1', at: 1 }, 'me', false).count).toBe(0);
});

test('an answer to me is a mention', () => {
  const reply = message(6, { replyTo: { id: 'm3', senderId: 'me' } });
  expect(unreadOf([...all, reply], { id: 'm5', at: 5 }, 'me', false).mentions).toBe(1);
});

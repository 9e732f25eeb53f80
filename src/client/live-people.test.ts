/** Participants and their presence without a channel: races with the list, clients of one person, and many people. */
import { describe, expect, test } from 'vitest';
import type { Show } from '../xep/0403-presence/client.ts';
import { People } from './live-people.ts';

const presence = (id: string, resource: string, show: Show | 'offline', status?: string) => ({
  channel: 'coven@mix.example',
  id,
  address: `${id}#coven@mix.example/${resource}`,
  show,
  ...(status === undefined ? {} : { status }),
});

describe('the list', () => {
  test('what was told while it was fetched is newer', () => {
    const people = new People();
    people.changed({ id: 'gone', nick: 'Gone' });
    people.begin();
    people.changed({ id: 'renamed', nick: 'After' });
    people.gone('left');
    people.changed({ id: 'new', nick: 'New' });
    people.fetched([
      { id: 'renamed', nick: 'Before' },
      { id: 'left', nick: 'Left' },
      { id: 'there', nick: 'There', address: 'there@a.example' },
    ]);
    expect([...people.participants.values()]).toEqual([
      { id: 'renamed', nick: 'After' },
      { id: 'new', nick: 'New' },
      { id: 'there', nick: 'There', address: 'there@a.example' },
    ]);
  });

  test('an address that is hidden now is gone', () => {
    const people = new People();
    people.changed({ id: 'a', nick: 'A', address: 'a@a.example' });
    people.changed({ id: 'a', nick: 'A' });
    expect(people.participants.get('a')).toEqual({ id: 'a', nick: 'A' });
  });
});

describe('presence', () => {
  test('of several clients the most open counts', () => {
    const people = new People();
    people.changed({ id: 'a' });
    expect(people.participants.get('a')?.presence).toBeUndefined();
    people.presence(presence('a', '1', 'dnd', 'busy'));
    people.presence(presence('a', '2', 'online'));
    expect(people.participants.get('a')).toEqual({ id: 'a', presence: 'online' });
    people.presence(presence('a', '2', 'offline'));
    expect(people.participants.get('a')).toEqual({ id: 'a', presence: 'dnd', status: 'busy' });
    people.presence(presence('a', '1', 'offline'));
    expect(people.participants.get('a')?.presence).toBe('offline');
  });

  test('may come before the list, and is forgotten with the stream', () => {
    const people = new People();
    people.begin();
    expect(people.presence(presence('a', '1', 'away'))).toBe(false);
    people.fetched([{ id: 'a', nick: 'A' }, { id: 'b' }]);
    expect(people.participants.get('a')?.presence).toBe('away');
    expect(people.participants.get('b')?.presence).toBe('offline');
    people.forgetPresence();
    expect(people.participants.get('a')?.presence).toBe('offline');
  });

  test('five thousand people come, change and go at little cost', () => {
    const people = new People();
    const ids = Array.from({ length: 5_000 }, (_, at) => `p${at}`);
    const since = performance.now();
    people.begin();
    people.fetched(ids.map((id) => ({ id, nick: id })));
    for (const show of ['online', 'away', 'offline'] as const)
      for (const id of ids) people.presence(presence(id, '1', show));
    expect(people.participants.size).toBe(5_000);
    expect(performance.now() - since).toBeLessThan(2_000);
  });
});

/**
 * What every store must do: commits, the outbox, secrets.
 * Owns the tests of all or nothing, of versions, and of what is pending.
 * Does not test what a fact means (contract-facts.ts).
 * Always: what a test wrote is looked at after the store was closed and opened, where it can be.
 * Before: storage/contract.ts. After: storage/contract-facts.ts.
 */
import { describe, expect, test } from 'vitest';
import type { Subject } from './contract.ts';
import {
  channelName,
  COVEN,
  created,
  HAG,
  hag,
  hecate,
  HECATE,
  joining,
  place,
  plain,
  posted,
  sampleMessage,
  sampleSession,
  Scribe,
  toldMessage,
} from './contract-samples.ts';
import type { ArchivedMessage, Notice } from './facts.ts';
import { StaleChannel, type Commit } from './store.ts';

export function commitContract(subject: Subject): void {
  describe('commits', () => {
    versions(subject);
    failures(subject);
  });
  describe('outbox', () => {
    pending(subject);
    everyKind(subject);
  });
  secrets(subject);
}

const HEATH = channelName('heath');

function versions(subject: Subject): void {
  test('turns of several channels, and several of one, are written together', async () => {
    const scribe = new Scribe(subject);
    await subject.store.commit(
      [
        scribe.next(COVEN, [created()]),
        scribe.next(HEATH, [created()]),
        scribe.next(COVEN, joining(HECATE, hecate, 'Hecate')),
      ],
      [],
    );
    const store = await subject.reopened();
    expect((await store.load(COVEN))?.version).toBe(2);
    expect((await store.load(COVEN))?.participants).toHaveLength(1);
    expect((await store.load(HEATH))?.version).toBe(1);
  });

  test('a version may skip numbers, and a turn may have no facts', async () => {
    const { store } = subject;
    await store.commit([{ channel: COVEN, expected: 0, version: 5, facts: [created()], notices: [] }], []);
    await store.commit([{ channel: COVEN, expected: 5, version: 9, facts: [], notices: [] }], []);
    expect((await store.load(COVEN))?.version).toBe(9);
  });

  test('a version that is not the expected one is refused, and nothing of the call is written', async () => {
    const { store } = subject;
    const scribe = new Scribe(subject);
    await scribe.write(COVEN, [created()]);
    for (const expected of [0, 2]) {
      const stale = { channel: COVEN, expected, version: 3, facts: [], notices: [] };
      const good = { channel: HEATH, expected: 0, version: 1, facts: [created()], notices: [] };
      await expect(store.commit([good, stale], [])).rejects.toBeInstanceOf(StaleChannel);
    }
    const again = await subject.reopened();
    expect((await again.load(COVEN))?.version).toBe(1);
    expect(await again.load(HEATH)).toBeUndefined();
  });

  test('a channel that does not exist has version 0 only', async () => {
    const commit = { channel: COVEN, expected: 1, version: 2, facts: [created()], notices: [] };
    await expect(subject.store.commit([commit], [])).rejects.toBeInstanceOf(StaleChannel);
  });

  test('nothing to write is no error', async () => {
    await subject.store.commit([], []);
  });
}

function failures(subject: Subject): void {
  test('a failure in the middle leaves all as it was', async () => {
    const { store } = subject;
    const scribe = new Scribe(subject);
    const first = sampleMessage('first', 2);
    await scribe.write(COVEN, [created(), ...joining(HECATE, hecate, 'Hecate')]);
    await scribe.write(COVEN, [posted(first)], [toldMessage(first)]);
    const before = plain(await store.load(COVEN));
    const second = sampleMessage('second', 3);
    const commits = [
      scribe.next(HEATH, [created()]),
      scribe.next(
        COVEN,
        [posted(second), { fact: 'renamed', id: HECATE, nick: 'Queen' }],
        [toldMessage(second)],
      ),
      scribe.next(COVEN, [posted(sampleMessage('first', 4))]),
    ];
    await expect(store.commit(commits, [place(2, 0)])).rejects.toThrow();
    const again = await subject.reopened();
    expect(plain(await again.load(COVEN))).toEqual(before);
    expect(await again.load(HEATH)).toBeUndefined();
    expect(await again.message(COVEN, 'second')).toBeUndefined();
    expect((await again.pending(undefined, 10)).map((one) => one.place)).toEqual([place(2, 0)]);
    await again.commit(
      [{ channel: COVEN, expected: 2, version: 3, facts: [posted(second)], notices: [] }],
      [],
    );
    expect(await again.message(COVEN, 'second')).toEqual(second);
  });

  const ending = [{ fact: 'destroyed' }, { fact: 'erased' }] as const;
  const gone: Notice = { kind: 'node-gone', node: 'messages', audience: { node: 'messages' } };
  const stray = toldMessage(sampleMessage('m', 2));
  const next = { channel: COVEN, expected: 1, version: 2, facts: [], notices: [] };
  const first = { channel: HEATH, expected: 0, version: 1, facts: [], notices: [] };
  const impossible: Record<string, Commit> = {
    'a turn of a channel that is not there': first,
    'a fact of a channel that is not there': { ...first, facts: ending },
    'a second creation': { ...next, facts: [created()] },
    'a version that does not rise': { ...next, version: 1 },
    'a notice of a message that is not archived': { ...next, notices: [stray] },
    'notices of an erased channel': { ...next, facts: ending, notices: [gone] },
  };
  test.each(Object.entries(impossible))('%s is refused', async (_what, commit) => {
    const scribe = new Scribe(subject);
    await scribe.write(COVEN, [created()]);
    await expect(subject.store.commit([commit], [])).rejects.toThrow();
    expect((await subject.store.load(COVEN))?.version).toBe(1);
  });
}

function pending(subject: Subject): void {
  test('notices come by channel, version and index, from a place on', async () => {
    const scribe = new Scribe(subject);
    const two: Notice[] = [
      { kind: 'info', infoId: 'info-1', audience: { node: 'info' } },
      { kind: 'jidmap', id: HAG, audience: { node: 'jidmap' } },
    ];
    await scribe.write(HEATH, [created()], two);
    await scribe.write(COVEN, [created()], two);
    for (let version = 2; version <= 11; version += 1) await scribe.write(COVEN, [], two.slice(1));
    const again = await subject.reopened();
    const placesFrom = async (after: Parameters<typeof again.pending>[0], max: number) =>
      (await again.pending(after, max)).map((one) => one.place);
    const all = [
      place(1, 0),
      ...Array.from({ length: 11 }, (_, index) => place(index + 1, index === 0 ? 1 : 0)),
      place(1, 0, HEATH),
      place(1, 1, HEATH),
    ];
    expect(await placesFrom(undefined, 100)).toEqual(all);
    expect(await placesFrom(undefined, 3)).toEqual(all.slice(0, 3));
    expect(await placesFrom(place(1, 0), 2)).toEqual(all.slice(1, 3));
    expect(await placesFrom(place(10, 0), 100)).toEqual(all.slice(11));
    expect(await placesFrom(place(10, 7), 100)).toEqual(all.slice(11));
    expect(await placesFrom(place(1, 1, HEATH), 100)).toEqual([]);
  });

  test('delivered notices are struck off, with or without a turn', async () => {
    const { store } = subject;
    const scribe = new Scribe(subject);
    const notice: Notice = { kind: 'info', infoId: 'info-1', audience: { node: 'info' } };
    await scribe.write(COVEN, [created()], [notice, notice, notice]);
    await store.commit([], [place(1, 0), place(1, 2), place(7, 0)]);
    expect((await store.pending(undefined, 10)).map((one) => one.place)).toEqual([place(1, 1)]);
    await store.commit([scribe.next(COVEN, [], [notice])], [place(1, 1)]);
    const again = await subject.reopened();
    expect((await again.pending(undefined, 10)).map((one) => one.place)).toEqual([place(2, 0)]);
  });

  test('a pending message that was retracted is told as its tombstone', async () => {
    const { store } = subject;
    const scribe = new Scribe(subject);
    const message = sampleMessage('m', 1);
    await scribe.write(COVEN, [created(), posted(message)], [toldMessage(message)]);
    await scribe.write(COVEN, [{ fact: 'retracted', id: 'm', payload: '<gone/>' }], [toldMessage(message)]);
    const tombstone = toldMessage({ ...message, payload: '<gone/>' });
    expect((await store.pending(undefined, 10)).map((one) => plain(one.notice))).toEqual([
      plain(tombstone),
      plain(tombstone),
    ]);
  });
}

function everyKind(subject: Subject): void {
  test('every kind of notice comes back as it went in', async () => {
    const scribe = new Scribe(subject);
    const message = sampleMessage('m', 1, { nick: undefined, originalId: undefined, shown: true });
    const spoken = sampleMessage('spoken', 2, { sender: undefined });
    const session = sampleSession(HAG, 'hag@b.example/broom@stick/1');
    const notices: Notice[] = [
      { kind: 'message', message, shown: true, audience: { node: 'messages' } },
      { kind: 'live', message: { ...message, id: 'other' }, shown: true, audience: { node: 'messages' } },
      { kind: 'message', message: spoken, shown: false, audience: { node: 'messages' } },
      { kind: 'live', message: spoken, shown: false, audience: { node: 'messages' } },
      { kind: 'participant', id: HAG, nick: 'Hag', audience: { node: 'participants' } },
      { kind: 'participant', id: HAG, nick: undefined, audience: { jid: hag } },
      { kind: 'participant-gone', id: HAG, audience: { node: 'participants' } },
      { kind: 'jidmap', id: HAG, audience: { node: 'jidmap' } },
      { kind: 'jidmap-gone', id: HAG, audience: { node: 'jidmap' } },
      { kind: 'info', infoId: 'info-2', audience: { node: 'info' } },
      { kind: 'config', configId: 'config-2', audience: { node: 'config' } },
      { kind: 'listed', list: 'banned', jid: hag, audience: { node: 'banned' } },
      { kind: 'unlisted', list: 'allowed', jid: hag, audience: { node: 'allowed' } },
      { kind: 'picture', node: 'avatar-data', itemId: 'i', audience: { node: 'avatar-data' } },
      { kind: 'node-gone', node: 'presence', audience: { node: 'presence' } },
      { kind: 'presence', session, nick: undefined, shown: true, audience: { node: 'presence' } },
      { kind: 'presence', session, nick: 'Hag', shown: false, audience: { jid: hecate } },
      { kind: 'presences', audience: { jid: hecate } },
      { kind: 'private', xml: '<message/>', audience: { jid: session.client } },
      ...occupantNotices(message),
    ];
    await scribe.write(COVEN, [created(), posted(message)]);
    await scribe.write(COVEN, [posted(spoken)], notices);
    const store = await subject.reopened();
    const found = await store.pending(undefined, 100);
    expect(found.map((one) => plain(one.notice))).toStrictEqual(notices.map(plain));
    expect(found.map((one) => one.place)).toEqual(notices.map((_, index) => place(2, index)));
  });
}

/** What occupants are told. */
function occupantNotices(message: ArchivedMessage): readonly Notice[] {
  const session = sampleSession(HAG, 'hag@b.example/broom', { entered: 1 });
  const all = { audience: { occupants: 'all' } } as const;
  const one = { audience: { jid: session.client } };
  const { anonymous: echo } = session;
  return [
    { kind: 'message', message, shown: true, echo, audience: { node: 'messages' } },
    { kind: 'live', message: { ...message, id: 'third' }, shown: true, echo, audience: { node: 'messages' } },
    { kind: 'message', message, shown: false, ...one },
    { kind: 'occupant', id: HAG, nick: 'Hag', session, shown: true, ...all },
    { kind: 'occupant', id: HAG, nick: 'Hag', session: undefined, shown: false, ...all },
    { kind: 'occupant-gone', id: HAG, nick: 'Hag', why: 'banned', reason: 'Newts', ...all },
    { kind: 'occupant-gone', id: HAG, nick: 'Hag', why: 'left', ...one },
    { kind: 'occupant-renamed', id: HAG, nick: 'Hag', next: 'Crone', ...all },
    { kind: 'entrance', isCreator: true, isRenamed: false, ...one },
    { kind: 'subject', ...one },
    { kind: 'room-changed', privacy: 'shown', ...all },
    { kind: 'room-changed', privacy: undefined, ...all },
    { kind: 'room-gone', farewell: { reason: 'Cauldron sold', venue: 'heath@mix.example' }, ...all },
    { kind: 'room-gone', farewell: {}, ...all },
    { kind: 'whisper', id: HAG, xml: '<message/>', ...one },
  ];
}

function secrets(subject: Subject): void {
  test('a secret is made once and lasts', async () => {
    const first = await subject.store.secret('seal', () => Uint8Array.of(1, 0, 255));
    const other = await subject.store.secret('hash', () => Uint8Array.of(7));
    const store = await subject.reopened();
    const unused = () => {
      throw new Error('made twice');
    };
    expect([...(await store.secret('seal', unused))]).toEqual([1, 0, 255]);
    expect([...(await store.secret('hash', unused))]).toEqual([7]);
    expect([...first, ...other]).toEqual([1, 0, 255, 7]);
  });
}

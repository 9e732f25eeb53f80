/**
 * What every store must do: each fact, and the channel that comes back.
 * Owns one test or more for every fact of facts.ts, but for those of XEP-0407 (contract-misc.ts) and those that end
 * a channel (contract-ends.ts).
 * Does not test the archive's queries (contract-archive.ts) nor the lists (contract-lists.ts).
 * Always: what a test wrote is looked at after the store was closed and opened, where it can be.
 * Before: storage/contract-commits.ts. After: storage/contract-misc.ts.
 */
import { beforeEach, describe, expect, test } from 'vitest';
import type { Subject } from './contract.ts';
import {
  anonymousResource,
  COVEN,
  created,
  DEFAULT_PREFERENCES,
  hag,
  HAG,
  hecate,
  HECATE,
  jid,
  joining,
  participantId,
  plain,
  posted,
  sampleConfig,
  sampleInfo,
  sampleMessage,
  sampleSession,
  Scribe,
} from './contract-samples.ts';
import type { Fact } from './facts.ts';
import type { ChannelRecord } from './store.ts';

/** What the tests of one store share: write turns of the coven, and read it as it is on the disk. */
interface Stage {
  readonly write: (...facts: Fact[]) => Promise<void>;
  readonly read: () => Promise<ChannelRecord | undefined>;
}

export function factContract(subject: Subject): void {
  describe('facts', () => {
    let scribe: Scribe;
    beforeEach(() => {
      scribe = new Scribe(subject);
    });
    const stage: Stage = {
      write: (...facts) => scribe.write(COVEN, facts),
      read: async () => (await subject.reopened()).load(COVEN),
    };
    channelFacts(stage);
    participantFacts(stage);
    sessionFacts(stage);
    impossibleFacts(stage);
  });
}

function channelFacts({ write, read }: Stage): void {
  test('created: the channel as it begins', async () => {
    const config = sampleConfig({
      owners: [hecate, hag],
      administrators: [jid('thane@glamis.example')],
      endOfLife: 99_000,
    });
    const info = sampleInfo({ name: 'A dark cave', contact: ['xmpp:hecate@a.example'] });
    await write(created({ config, info, listed: false }));
    expect(plain(await read())).toStrictEqual(
      plain({
        name: COVEN,
        version: 1,
        createdAt: 1_000,
        listed: false,
        destroyed: false,
        ...{ config, configId: 'config-1', info, infoId: 'info-1' },
        ...{ identities: [], participants: [], subscriptions: [], sessions: [], allowed: [], banned: [] },
        ...{ invitations: [], pictures: [] },
      }),
    );
  });

  test('configured and described: the new ones, and nothing else', async () => {
    const config = sampleConfig({ mode: 'jid-visible', lastChangeBy: hag });
    const info = sampleInfo({ description: 'Double, double' });
    await write(created());
    await write({ fact: 'configured', config, configId: 'config-2' });
    expect(plain(await read())).toMatchObject({
      configId: 'config-2',
      config: plain(config),
      infoId: 'info-1',
    });
    await write({ fact: 'described', info, infoId: 'info-2' });
    expect(plain(await read())).toMatchObject({ config: plain(config), info, infoId: 'info-2' });
  });

  test('admitted and dismissed: the lists, each entry once, in their order', async () => {
    await write(
      created(),
      { fact: 'admitted', list: 'banned', jid: jid('z.example') },
      { fact: 'admitted', list: 'banned', jid: hag },
      { fact: 'admitted', list: 'banned', jid: jid('z.example') },
      { fact: 'admitted', list: 'allowed', jid: hag },
      { fact: 'admitted', list: 'allowed', jid: hecate },
      { fact: 'dismissed', list: 'allowed', jid: hag },
      { fact: 'dismissed', list: 'allowed', jid: jid('never@there.example') },
    );
    expect(plain(await read())).toMatchObject({ banned: ['z.example', 'hag@b.example'] });
    expect(plain(await read())).toMatchObject({ allowed: ['hecate@a.example'] });
  });
}

function participantFacts({ write, read }: Stage): void {
  test('joined, renamed, preferred', async () => {
    const preferences = { ...DEFAULT_PREFERENCES, jidVisibility: 'prefer not', vCard: 'allow' } as const;
    await write(created(), ...joining(HECATE, hecate, 'Hecate'), ...joining(HAG, hag, undefined));
    await write(
      { fact: 'renamed', id: HAG, nick: 'Third witch' },
      { fact: 'preferred', id: HECATE, preferences },
    );
    expect(plain(await read())).toMatchObject({
      identities: [
        { id: HECATE, jid: 'hecate@a.example' },
        { id: HAG, jid: 'hag@b.example' },
      ],
      participants: [
        { id: HECATE, nick: 'Hecate', preferences, at: 2_000 },
        { id: HAG, nick: 'Third witch', preferences: DEFAULT_PREFERENCES, at: 2_000 },
      ],
    });
  });

  test('joined again: the new nick and preferences in the old place', async () => {
    await write(created(), ...joining(HECATE, hecate, 'Hecate'), ...joining(HAG, hag, 'Hag'));
    const again = { nick: 'Queen', preferences: DEFAULT_PREFERENCES, at: 5_000, isSessionOnly: false };
    await write({ fact: 'joined', id: HECATE, ...again });
    expect((await read())?.participants.map(({ nick, at }) => [nick, at])).toEqual([
      ['Queen', 5_000],
      ['Hag', 2_000],
    ]);
  });

  test('joined for as long as a client is there, and for good', async () => {
    const guest = { nick: 'Hag', preferences: DEFAULT_PREFERENCES, at: 5_000 };
    const [identified] = joining(HAG, hag, 'Hag');
    await write(created(), ...(identified ? [identified] : []));
    await write({ fact: 'joined', id: HAG, ...guest, isSessionOnly: true });
    expect(plain(await read())).toMatchObject({ participants: [{ id: HAG, isSessionOnly: true }] });
    await write({ fact: 'joined', id: HAG, ...guest, isSessionOnly: false });
    expect(plain(await read())).toMatchObject({ participants: [{ id: HAG, isSessionOnly: false }] });
  });

  test('left: participant, subscriptions and sessions go, the id and the others stay', async () => {
    await write(
      created(),
      ...joining(HECATE, hecate, 'Hecate'),
      ...joining(HAG, hag, 'Hag'),
      { fact: 'subscribed', jid: hecate, node: 'messages' },
      { fact: 'subscribed', jid: hag, node: 'messages' },
      { fact: 'subscribed', jid: hag, node: 'presence' },
      { fact: 'present', session: sampleSession(HAG, 'hag@b.example/one') },
      { fact: 'present', session: sampleSession(HECATE, 'hecate@a.example/moon') },
    );
    await write({ fact: 'left', id: HAG }, { fact: 'left', id: participantId('nobody') });
    expect(plain(await read())).toMatchObject({
      identities: [{ id: HECATE }, { id: HAG, jid: 'hag@b.example' }],
      participants: [{ id: HECATE }],
      subscriptions: [{ jid: 'hecate@a.example' }],
      sessions: [{ id: HECATE }],
    });
    await write(...joining(HAG, hag, 'Hag').slice(1));
    expect((await read())?.participants.map(({ id }) => id)).toEqual([HECATE, HAG]);
  });

  test('subscribed: since the version of its turn; again keeps it; outsiders too', async () => {
    const outsider = jid('outsider@c.example');
    await write(created(), { fact: 'subscribed', jid: outsider, node: 'info' });
    await write({ fact: 'subscribed', jid: hag, node: 'messages' });
    await write(
      { fact: 'subscribed', jid: outsider, node: 'info' },
      { fact: 'subscribed', jid: outsider, node: 'messages' },
    );
    expect(plain(await read())).toMatchObject({
      subscriptions: [
        { jid: 'outsider@c.example', node: 'info', since: 1 },
        { jid: 'hag@b.example', node: 'messages', since: 2 },
        { jid: 'outsider@c.example', node: 'messages', since: 3 },
      ],
    });
    await write({ fact: 'unsubscribed', jid: outsider, node: 'info' });
    await write({ fact: 'unsubscribed', jid: outsider, node: 'info' });
    await write({ fact: 'subscribed', jid: outsider, node: 'info' });
    expect((await read())?.subscriptions.map(({ node, since }) => [node, since])).toEqual([
      ['messages', 2],
      ['messages', 3],
      ['info', 6],
    ]);
  });
}

function sessionFacts({ write, read }: Stage): void {
  test('present and absent: sessions by their anonymous resource', async () => {
    const one = sampleSession(HAG, 'hag@b.example/one');
    const two = sampleSession(HAG, 'hag@b.example/two', { available: false, payload: '', entered: 2 });
    const changed = { ...one, payload: '<show>dnd</show>', entered: 3 };
    await write(created(), ...joining(HAG, hag, 'Hag'));
    await write({ fact: 'present', session: one }, { fact: 'present', session: two });
    await write({ fact: 'present', session: changed });
    expect(plain((await read())?.sessions)).toStrictEqual(plain([changed, two]));
    await write(
      { fact: 'absent', id: HAG, anonymous: one.anonymous },
      { fact: 'absent', id: HAG, anonymous: anonymousResource('unheard-of') },
    );
    expect(plain((await read())?.sessions)).toStrictEqual(plain([two]));
  });
}

function impossibleFacts({ write, read }: Stage): void {
  const nobody = participantId('nobody');
  const impossible: Record<string, readonly Fact[]> = {
    'an id given twice': [{ fact: 'identified', id: HECATE, jid: hag }],
    'an address identified twice': [{ fact: 'identified', id: HAG, jid: hecate }],
    'a join without an id': joining(HAG, hag, 'Hag').slice(1),
    'a presence without an id': [{ fact: 'present', session: sampleSession(nobody, 'x@y.example/z') }],
    'a nick of a stranger': [{ fact: 'renamed', id: nobody, nick: 'Nobody' }],
    'preferences of a stranger': [{ fact: 'preferred', id: nobody, preferences: DEFAULT_PREFERENCES }],
    'a second message with the same id': [posted(sampleMessage('m', 2))],
    'a message at a position that was passed': [posted(sampleMessage('n', 1))],
    'a message at a position to come': [posted(sampleMessage('n', 3))],
    'two messages at one position': [posted(sampleMessage('n', 2)), posted(sampleMessage('o', 2))],
    'a tombstone for no message': [{ fact: 'retracted', id: 'unknown', payload: '' }],
  };
  test.each(Object.entries(impossible))('%s is refused', async (_what, facts) => {
    await write(created(), ...joining(HECATE, hecate, 'Hecate'), posted(sampleMessage('m', 1)));
    const before = plain(await read());
    await expect(write(...facts)).rejects.toThrow();
    expect(plain(await read())).toEqual(before);
  });
}

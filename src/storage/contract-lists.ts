/**
 * What every store must do: XEP-0369 MIX-CORE 0.14.6 §6.2 and the lists of channels.
 * Owns the tests of channelNames, channelsOf, listChannels and expired.
 * Does not test what a channel holds (contract-facts.ts).
 * Always: a list shows an asker the channels that the asker may join, and its paging knows no others.
 * Before: storage/contract-trim.ts. After: storage/contract-random.ts.
 */
import { beforeEach, describe, expect, test } from 'vitest';
import type { RealJid } from '../jid/real-jid.ts';
import type { Subject } from './contract.ts';
import {
  channelName,
  created,
  DEFAULT_PREFERENCES,
  hag,
  hecate,
  jid,
  participantId,
  sampleConfig,
  sampleInfo,
  Scribe,
} from './contract-samples.ts';
import type { Fact } from './facts.ts';
import { UnknownItem, type PageRequest } from './store.ts';

const guarded = sampleConfig({
  owners: [hecate],
  administrators: [jid('thane@glamis.example')],
  nodesPresent: ['messages', 'participants', 'allowed'],
});

/** By name: one fact that makes the channel, and what follows. */
const CHANNELS: Record<string, readonly Fact[]> = {
  open: [created({ info: sampleInfo({ name: 'Open to all' }) })],
  'ad-hoc': [created({ listed: false })],
  gone: [created(), { fact: 'destroyed' }],
  'bans-hag': [created(), { fact: 'admitted', list: 'banned', jid: hag }],
  'bans-domain': [created(), { fact: 'admitted', list: 'banned', jid: jid('b.example') }],
  'forgave-hag': [
    created(),
    { fact: 'admitted', list: 'banned', jid: hag },
    { fact: 'dismissed', list: 'banned', jid: hag },
  ],
  'guarded-hag': [created({ config: guarded }), { fact: 'admitted', list: 'allowed', jid: hag }],
  'guarded-domain': [
    created({ config: guarded }),
    { fact: 'admitted', list: 'allowed', jid: jid('b.example') },
  ],
  'guarded-owner': [
    created({ config: { ...guarded, owners: [hag] } }),
    { fact: 'configured', config: guarded, configId: 'config-2' },
  ],
  'guarded-both': [
    created({ config: guarded }),
    { fact: 'admitted', list: 'allowed', jid: jid('b.example') },
    { fact: 'admitted', list: 'banned', jid: hag },
  ],
  opened: [
    created({ config: guarded }),
    { fact: 'configured', config: sampleConfig(), configId: 'config-2' },
    { fact: 'described', info: sampleInfo({ name: 'Opened' }), infoId: 'info-2' },
  ],
};

export function listContract(subject: Subject): void {
  describe('lists', () => {
    beforeEach(async () => {
      const scribe = new Scribe(subject);
      for (const [name, facts] of Object.entries(CHANNELS)) await scribe.write(channelName(name), facts);
      await subject.reopened();
    });
    names(subject);
    listed(subject);
    listPaging(subject);
  });
  describe('the channels of an account', () => {
    joined(subject);
  });
  describe('ends of life', () => {
    expired(subject);
  });
}

function names(subject: Subject): void {
  test('names of all channels that live, in order, page by page', async () => {
    const { store } = subject;
    const all = Object.keys(CHANNELS)
      .filter((name) => name !== 'gone')
      .sort();
    expect(await store.channelNames(undefined, 100)).toEqual(all);
    expect(await store.channelNames(undefined, 3)).toEqual(all.slice(0, 3));
    expect(await store.channelNames(channelName('bans-hag'), 2)).toEqual(all.slice(3, 5));
    expect(await store.channelNames(channelName('between'), 2)).toEqual(all.slice(3, 5));
    expect(await store.channelNames(channelName('zzz'), 2)).toEqual([]);
  });

  test('names are in the order of their code points', async () => {
    const scribe = new Scribe(subject);
    const strange = ['\u{10400}', '\uFF5E', 'ä', 'zz', 'zza'];
    for (const name of strange) await scribe.write(channelName(name), [created()]);
    const found = await subject.store.channelNames(channelName('opened'), 100);
    expect(found).toEqual(['zz', 'zza', 'ä', '\uFF5E', '\u{10400}']);
  });
}

function joined(subject: Subject): void {
  test('those in which it takes part now, in order, page by page', async () => {
    const scribe = new Scribe(subject);
    const lasting = { isSessionOnly: false };
    const joins = (id: string, who: RealJid): Fact[] => [
      { fact: 'identified', id: participantId(id), jid: who },
      {
        fact: 'joined',
        id: participantId(id),
        nick: 'n',
        preferences: DEFAULT_PREFERENCES,
        at: 1,
        ...lasting,
      },
    ];
    const left: Fact = { fact: 'left', id: participantId('three') };
    await scribe.write(channelName('d'), [created(), ...joins('one', hag), ...joins('two', hecate)]);
    await scribe.write(channelName('b'), [created(), ...joins('three', hag), left]);
    await scribe.write(channelName('c'), [created(), ...joins('four', hag), { fact: 'destroyed' }]);
    await scribe.write(channelName('a'), [created(), ...joins('five', hag)]);
    const store = await subject.reopened();
    expect(await store.channelsOf(hag, undefined, 10)).toEqual(['a', 'd']);
    expect(await store.channelsOf(jid('hag@b.example/pot'), channelName('a'), 10)).toEqual(['d']);
    expect(await store.channelsOf(hag, undefined, 1)).toEqual(['a']);
    expect(await store.channelsOf(hecate, undefined, 10)).toEqual(['d']);
    expect(await store.channelsOf(jid('nobody@b.example'), undefined, 10)).toEqual([]);
  });
}

function listed(subject: Subject): void {
  const open = ['open', 'opened'];
  const askers: readonly (readonly [asker: string, names: readonly string[]])[] = [
    ['hag@b.example', [...open, 'forgave-hag', 'guarded-hag', 'guarded-domain']],
    ['b.example', [...open, 'forgave-hag', 'bans-hag', 'guarded-domain', 'guarded-both']],
    ['other@b.example', [...open, 'forgave-hag', 'bans-hag', 'guarded-domain', 'guarded-both']],
    ['hag@other.example', [...open, 'forgave-hag', 'bans-hag', 'bans-domain']],
    ['hag@sub.b.example', [...open, 'forgave-hag', 'bans-hag', 'bans-domain']],
    ['hecate@a.example', Object.keys(CHANNELS).filter((name) => name !== 'gone' && name !== 'ad-hoc')],
    ['thane@glamis.example', Object.keys(CHANNELS).filter((name) => name !== 'gone' && name !== 'ad-hoc')],
  ];
  test.each(askers)('listed for %s', async (asker, expected) => {
    const page = await subject.store.listChannels(jid(asker), { max: 100 });
    expect(page.items.map(({ name }) => name)).toEqual(expected.toSorted());
    expect(page).toMatchObject({ complete: true, index: 0, count: expected.length });
  });

  test('titles are those of the information node', async () => {
    const { items } = await subject.store.listChannels(hag, { max: 100 });
    expect(items.filter(({ title }) => title !== undefined)).toMatchObject([
      { name: 'open', title: 'Open to all' },
      { name: 'opened', title: 'Opened' },
    ]);
  });

  test('what a search may tell of them', async () => {
    const scribe = new Scribe(subject);
    const told = { name: 'A heath', description: 'When the battle is won' };
    const config = { mode: 'jid-visible', informationSubscription: 'allowed' } as const;
    const made = created({ config: sampleConfig(config), info: sampleInfo(told) });
    await scribe.write(channelName('zz-heath'), [made]);
    const guarded = sampleConfig({ owners: [hag], nodesPresent: ['messages', 'allowed'] });
    await scribe.write(channelName('zz-moor'), [created({ config: guarded })]);
    const { items } = await subject.store.listChannels(hag, { max: 100, after: 'opened' });
    expect(items).toStrictEqual([
      { name: 'zz-heath', title: told.name, description: told.description, isOpen: true, ...config },
      {
        ...{ name: 'zz-moor', title: undefined, description: undefined, isOpen: false },
        ...{ mode: 'jid-hidden', informationSubscription: 'anyone' },
      },
    ]);
  });
}

function listPaging(subject: Subject): void {
  // For the Hag: forgave-hag guarded-domain guarded-hag open opened
  const pages: readonly (readonly [
    page: PageRequest,
    names: string,
    complete: boolean,
    index: number | undefined,
  ])[] = [
    [{ max: 2 }, 'forgave-hag guarded-domain', false, 0],
    [{ max: 2, after: 'guarded-domain' }, 'guarded-hag open', false, 2],
    [{ max: 2, after: 'guarded-hag' }, 'open opened', true, 3],
    [{ max: 2, after: 'open' }, 'opened', true, 4],
    [{ max: 2, after: 'opened' }, '', true, undefined],
    [{ max: 2, before: '' }, 'open opened', false, 3],
    [{ max: 2, before: 'guarded-hag' }, 'forgave-hag guarded-domain', true, 0],
    [{ max: 2, before: 'open' }, 'guarded-domain guarded-hag', false, 1],
    [{ max: 2, before: 'forgave-hag' }, '', true, undefined],
    [{ max: 9, after: 'forgave-hag', before: 'open' }, 'guarded-domain guarded-hag', true, 1],
    [{ max: 5 }, 'forgave-hag guarded-domain guarded-hag open opened', true, 0],
    [{ max: 0 }, '', false, undefined],
  ];
  test.each(pages)('the page %j', async (request, expected, complete, index) => {
    const page = await subject.store.listChannels(hag, request);
    expect(page.items.map(({ name }) => name).join(' ')).toBe(expected);
    expect([page.complete, page.count, page.index]).toEqual([complete, 5, index]);
  });

  test.each(['unheard-of', 'bans-hag', 'ad-hoc', 'gone'])('paging from %s is refused', async (name) => {
    const { store } = subject;
    await expect(store.listChannels(hag, { max: 2, after: name })).rejects.toBeInstanceOf(UnknownItem);
    await expect(store.listChannels(hag, { max: 2, before: name })).rejects.toBeInstanceOf(UnknownItem);
  });
}

function expired(subject: Subject): void {
  const ending = (endOfLife: number | undefined) => created({ config: sampleConfig({ endOfLife }) });
  const set = (endOfLife: number | undefined): Fact => ({
    fact: 'configured',
    config: sampleConfig({ endOfLife }),
    configId: 'config-2',
  });
  const channels: Record<string, readonly Fact[]> = {
    endless: [ending(undefined)],
    'ends-b': [ending(2_000)],
    'ends-a': [ending(2_000)],
    'ends-z': [ending(1_000)],
    'ends-late': [ending(9_000_000_000_000)],
    reprieved: [ending(1_000), set(undefined)],
    'put-off': [ending(1_000), set(3_000)],
    doomed: [ending(undefined), set(1_500)],
    destroyed: [ending(1_000), { fact: 'destroyed' }],
    erased: [ending(1_000), { fact: 'erased' }],
    'erased-unended': [ending(undefined), set(1_000), { fact: 'destroyed' }, { fact: 'erased' }],
  };
  const cases: readonly (readonly [at: number, max: number, names: string])[] = [
    [999, 100, ''],
    [1_000, 100, 'ends-z'],
    [1_999, 100, 'ends-z doomed'],
    [2_000, 100, 'ends-z doomed ends-a ends-b'],
    [2_000, 3, 'ends-z doomed ends-a'],
    [2_000, 0, ''],
    [1e15, 100, 'ends-z doomed ends-a ends-b put-off ends-late'],
  ];
  test.each(cases)('expired at %i, at most %i: %s', async (at, max, names) => {
    const scribe = new Scribe(subject);
    for (const [name, facts] of Object.entries(channels)) await scribe.write(channelName(name), facts);
    const store = await subject.reopened();
    expect((await store.expired(at, max)).join(' ')).toBe(names);
  });
}

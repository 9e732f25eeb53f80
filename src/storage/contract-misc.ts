/**
 * What every store must do: XEP-0407 MIX-MISC, invitations, pictures and registered nicks.
 * Owns the tests of 'invited', 'redeemed', 'pictured', and of the nicks, which belong to no channel.
 * Does not test who may invite, nor whether an invitation is still good.
 * Always: what a test wrote is looked at after the store was closed and opened, where it can be.
 * Before: storage/contract-facts.ts. After: storage/contract-ends.ts.
 */
import { beforeEach, describe, expect, test } from 'vitest';
import type { Subject } from './contract.ts';
import {
  channelName,
  COVEN,
  created,
  hag,
  HAG,
  hecate,
  HECATE,
  jid,
  joining,
  plain,
  sampleInvitation,
  samplePicture,
  Scribe,
} from './contract-samples.ts';
import type { Fact } from './facts.ts';
import { NickTaken } from './store.ts';

export function miscContract(subject: Subject): void {
  describe('invitations', () => {
    invitations(subject);
  });
  describe('pictures', () => {
    pictures(subject);
  });
  describe('registered nicks', () => {
    nicks(subject);
    strangeNicks(subject);
  });
}

const HEATH = channelName('heath');

function invited(token: string, changes: Parameters<typeof sampleInvitation>[1] = {}): Fact {
  return { fact: 'invited', invitation: sampleInvitation(token, changes) };
}

function invitations(subject: Subject): void {
  let scribe: Scribe;
  beforeEach(async () => {
    scribe = new Scribe(subject);
    const people = [...joining(HECATE, hecate, 'Hecate'), ...joining(HAG, hag, 'Hag')];
    await scribe.write(COVEN, [created(), ...people]);
  });
  const read = async () => {
    const store = await subject.reopened();
    return (await store.load(COVEN))?.invitations;
  };
  const tokens = async () => (await read())?.map(({ token }) => token);

  test('invited: whole, in their order', async () => {
    const one = sampleInvitation('z', { inviter: hecate, invitee: jid('macbeth@glamis.example') });
    const two = sampleInvitation('a', { inviter: hag, invitee: one.invitee, expiresAt: 7_000_000_000_000 });
    await scribe.write(COVEN, [{ fact: 'invited', invitation: one }]);
    await scribe.write(COVEN, [{ fact: 'invited', invitation: two }, invited('m')]);
    expect(plain(await read())).toStrictEqual([one, two, sampleInvitation('m')].map(plain));
  });

  test('redeemed: that one goes; an unknown one is no matter', async () => {
    await scribe.write(COVEN, [invited('a'), invited('b'), invited('c')]);
    await scribe.write(COVEN, [
      { fact: 'redeemed', token: 'b' },
      { fact: 'redeemed', token: 'b' },
      { fact: 'redeemed', token: 'unheard of' },
    ]);
    expect(await tokens()).toEqual(['a', 'c']);
    await scribe.write(COVEN, [invited('b')]);
    expect(await tokens()).toEqual(['a', 'c', 'b']);
  });

  test('left: the invitations of those who left go, not those to them', async () => {
    const byHag = invited('by', { inviter: hag, invitee: jid('macbeth@glamis.example') });
    const toHag = invited('to', { inviter: hecate, invitee: hag });
    await scribe.write(COVEN, [byHag, toHag]);
    await scribe.write(COVEN, [{ fact: 'left', id: HAG }]);
    expect(await tokens()).toEqual(['to']);
  });

  test('they are of one channel, and there the second of a token is refused', async () => {
    await scribe.write(COVEN, [invited('a')]);
    await scribe.write(HEATH, [created(), invited('a')]);
    await scribe.write(HEATH, [{ fact: 'redeemed', token: 'a' }]);
    await expect(scribe.write(COVEN, [invited('b'), invited('a')])).rejects.toThrow();
    expect(await tokens()).toEqual(['a']);
    expect((await subject.store.load(HEATH))?.invitations).toEqual([]);
  });
}

function pictures(subject: Subject): void {
  const pictured = (...about: Parameters<typeof samplePicture>): Fact => ({
    fact: 'pictured',
    picture: samplePicture(...about),
  });

  test('pictured: the items of both nodes, their payloads on demand', async () => {
    const scribe = new Scribe(subject);
    await scribe.write(COVEN, [created()]);
    await scribe.write(COVEN, [pictured('avatar-metadata', 'x', '<metadata/>')]);
    await scribe.write(COVEN, [pictured('avatar-data', 'x', '<data>\u{1F9D9}</data>')]);
    await scribe.write(HEATH, [created(), pictured('avatar-data', 'y', 'of the heath')]);
    const store = await subject.reopened();
    expect((await store.load(COVEN))?.pictures).toStrictEqual([
      { node: 'avatar-metadata', itemId: 'x' },
      { node: 'avatar-data', itemId: 'x' },
    ]);
    expect(await store.picture(COVEN, 'avatar-metadata', 'x')).toBe('<metadata/>');
    expect(await store.picture(COVEN, 'avatar-data', 'x')).toBe('<data>\u{1F9D9}</data>');
    expect(await store.picture(COVEN, 'avatar-data', 'y')).toBeUndefined();
    expect(await store.picture(HEATH, 'avatar-data', 'y')).toBe('of the heath');
    expect(await store.picture(HEATH, 'avatar-metadata', 'y')).toBeUndefined();
    expect(await store.picture(channelName('nowhere'), 'avatar-data', 'x')).toBeUndefined();
  });

  test("pictured again: the node's one item is the new one, in the old place", async () => {
    const scribe = new Scribe(subject);
    await scribe.write(COVEN, [
      created(),
      pictured('avatar-data', 'old'),
      pictured('avatar-metadata', 'old'),
    ]);
    await scribe.write(COVEN, [
      pictured('avatar-data', 'new', 'first'),
      pictured('avatar-data', 'new', '2nd'),
    ]);
    const store = await subject.reopened();
    expect((await store.load(COVEN))?.pictures).toEqual([
      { node: 'avatar-data', itemId: 'new' },
      { node: 'avatar-metadata', itemId: 'old' },
    ]);
    expect(await store.picture(COVEN, 'avatar-data', 'old')).toBeUndefined();
    expect(await store.picture(COVEN, 'avatar-data', 'new')).toBe('2nd');
    expect(await store.picture(COVEN, 'avatar-metadata', 'old')).toBe(
      samplePicture('avatar-metadata', 'old').payload,
    );
  });
}

function nicks(subject: Subject): void {
  const list = async () =>
    (await (await subject.reopened()).registeredNicks(undefined, 100)).map(({ key, nick, jid: account }) => [
      key,
      nick,
      plain(account),
    ]);

  test('an account has one nick, the last that it registered', async () => {
    expect(await list()).toEqual([]);
    await subject.store.registerNick({ key: 'hecate', nick: 'Hecate', jid: hecate });
    await subject.store.registerNick({ key: 'hag', nick: 'Hag', jid: hag });
    await subject.store.registerNick({ key: 'crone', nick: 'Crone', jid: hag });
    expect(await list()).toEqual([
      ['crone', 'Crone', 'hag@b.example'],
      ['hecate', 'Hecate', 'hecate@a.example'],
    ]);
  });

  test('one that somebody else has is refused, and the old one kept', async () => {
    const { store } = subject;
    await store.registerNick({ key: 'hecate', nick: 'Hecate', jid: hecate });
    await store.registerNick({ key: 'hag', nick: 'Hag', jid: hag });
    const refused = store.registerNick({ key: 'hecate', nick: 'HECATE', jid: hag });
    await expect(refused).rejects.toBeInstanceOf(NickTaken);
    await expect(refused).rejects.not.toThrow(/hag|hecate|@/i);
    expect(await list()).toEqual([
      ['hag', 'Hag', 'hag@b.example'],
      ['hecate', 'Hecate', 'hecate@a.example'],
    ]);
  });

  test('the same key again: the new spelling', async () => {
    await subject.store.registerNick({ key: 'hag', nick: 'Hag', jid: hag });
    await subject.store.registerNick({ key: 'hag', nick: 'HAG', jid: jid('hag@b.example') });
    expect(await list()).toEqual([['hag', 'HAG', 'hag@b.example']]);
  });

  test('one that was given up is free', async () => {
    await subject.store.registerNick({ key: 'witch', nick: 'Witch', jid: hag });
    await subject.store.registerNick({ key: 'hag', nick: 'Hag', jid: hag });
    await subject.store.registerNick({ key: 'witch', nick: 'Witch', jid: hecate });
    expect((await list()).map(([key, , account]) => [key, account])).toEqual([
      ['hag', 'hag@b.example'],
      ['witch', 'hecate@a.example'],
    ]);
  });
}

function strangeNicks(subject: Subject): void {
  test('they come in the order of the code points of their keys, page by page', async () => {
    const keys = ['\u{10400}', '\uFF5E', 'ä', 'zz', 'zza', 'a b'];
    const sorted = ['a b', 'zz', 'zza', 'ä', '\uFF5E', '\u{10400}'];
    for (const [at, key] of keys.entries()) {
      await subject.store.registerNick({ key, nick: key.toUpperCase(), jid: jid(`p${at}@a.example`) });
    }
    const store = await subject.reopened();
    const page = async (after: string | undefined, max: number) =>
      (await store.registeredNicks(after, max)).map(({ key }) => key);
    expect(await page(undefined, 100)).toEqual(sorted);
    expect(await page(undefined, 2)).toEqual(sorted.slice(0, 2));
    expect(await page('zz', 2)).toEqual(sorted.slice(2, 4));
    expect(await page('between', 1)).toEqual(['zz']);
    expect(await page('\u{10400}', 5)).toEqual([]);
    expect(await page(undefined, 0)).toEqual([]);
  });
}

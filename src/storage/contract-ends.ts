/**
 * What every store must do: the facts that end a channel.
 * Owns the tests of 'destroyed' and 'erased', and of a name that is used again.
 * Does not test who may destroy, nor who is told.
 * Always: of an erased channel no query finds anything but the name and its last owners.
 * Before: storage/contract-misc.ts. After: storage/contract-archive.ts.
 */
import { describe, expect, test } from 'vitest';
import type { Subject } from './contract.ts';
import {
  COVEN,
  created,
  HAG,
  hag,
  hecate,
  HECATE,
  joining,
  plain,
  posted,
  sampleConfig,
  sampleInvitation,
  sampleMessage,
  samplePicture,
  sampleSession,
  Scribe,
  toldMessage,
} from './contract-samples.ts';
import type { Fact } from './facts.ts';

const message = sampleMessage('m', 1);
const invitation = sampleInvitation('t');
const picture = samplePicture('avatar-data', 'i');

/** A channel that has something of everything that may be kept. */
const FULL: readonly Fact[] = [
  created({ config: sampleConfig({ endOfLife: 5_000 }) }),
  ...joining(HAG, hag, 'Hag'),
  { fact: 'subscribed', jid: hag, node: 'messages' },
  { fact: 'present', session: sampleSession(HAG, 'hag@b.example/one') },
  { fact: 'admitted', list: 'banned', jid: hecate },
  { fact: 'invited', invitation },
  { fact: 'pictured', picture },
  posted(message),
];

export function endContract(subject: Subject): void {
  describe('ends', () => {
    destroyed(subject);
    erased(subject);
    usedAgain(subject);
  });
}

function destroyed(subject: Subject): void {
  test('destroyed: still there, and marked', async () => {
    const scribe = new Scribe(subject);
    await scribe.write(COVEN, FULL, [toldMessage(message)]);
    await scribe.write(COVEN, [{ fact: 'destroyed' }]);
    const store = await subject.reopened();
    expect(await store.load(COVEN)).toMatchObject({ destroyed: true, version: 2 });
    expect(plain(await store.load(COVEN))).toMatchObject({
      participants: [{ id: HAG }],
      invitations: [plain(invitation)],
      pictures: [{ node: picture.node, itemId: picture.itemId }],
    });
    expect(await store.pending(undefined, 10)).toHaveLength(1);
    expect(await store.reservedTo(COVEN)).toBeUndefined();
    expect(await store.message(COVEN, 'm')).toEqual(message);
    expect(await store.picture(COVEN, picture.node, picture.itemId)).toBe(picture.payload);
  });
}

function erased(subject: Subject): void {
  test('erased: nothing but the name and its last owners', async () => {
    const scribe = new Scribe(subject);
    await scribe.write(COVEN, FULL, [toldMessage(message)]);
    const config = sampleConfig({ owners: [hag, hecate], endOfLife: 5_000 });
    await scribe.write(COVEN, [{ fact: 'configured', config, configId: 'config-2' }, { fact: 'destroyed' }]);
    await scribe.write(COVEN, [{ fact: 'erased' }]);
    const store = await subject.reopened();
    expect(await store.load(COVEN)).toBeUndefined();
    expect(await store.message(COVEN, 'm')).toBeUndefined();
    expect(await store.messageOf(COVEN, HECATE, 'original-m')).toBeUndefined();
    expect(await store.picture(COVEN, picture.node, picture.itemId)).toBeUndefined();
    expect(await store.archiveEnds(COVEN)).toBeUndefined();
    expect(await store.expired(9_000, 10)).toEqual([]);
    expect(await store.pending(undefined, 10)).toEqual([]);
    expect(plain(await store.reservedTo(COVEN))).toEqual(['hag@b.example', 'hecate@a.example']);
  });

  test('erased: what accounts registered with the service stays', async () => {
    const scribe = new Scribe(subject);
    await scribe.write(COVEN, FULL);
    await subject.store.registerNick({ key: 'hag', nick: 'Hag', jid: hag });
    await scribe.write(COVEN, [{ fact: 'erased' }]);
    expect(await (await subject.reopened()).registeredNicks(undefined, 10)).toHaveLength(1);
  });
}

function usedAgain(subject: Subject): void {
  test('created on a reserved name: a new channel that knows nothing of the old one', async () => {
    const scribe = new Scribe(subject);
    await scribe.write(COVEN, FULL);
    await scribe.write(COVEN, [{ fact: 'erased' }]);
    await scribe.write(COVEN, [created()]);
    const again = { ...message, position: 2, originalId: undefined };
    await scribe.write(COVEN, [posted(again)]);
    const store = await subject.reopened();
    expect(await store.reservedTo(COVEN)).toBeUndefined();
    expect(await store.load(COVEN)).toMatchObject({
      ...{ version: 2, identities: [], participants: [], subscriptions: [], sessions: [] },
      ...{ allowed: [], banned: [], invitations: [], pictures: [] },
    });
    expect(await store.archive(COVEN, { page: { max: 10 } })).toMatchObject({ count: 1, index: 0 });
    expect(await store.messageOf(COVEN, HECATE, 'original-m')).toBeUndefined();
    expect(await store.picture(COVEN, picture.node, picture.itemId)).toBeUndefined();
    expect(await store.expired(9_000, 10)).toEqual([]);
  });
}

/**
 * XEP-0406 MIX-ADMIN 0.3.1 §2.4: rows ADM-13, ADM-15, ADM-18 and ADM-36 to ADM-39 of the conformance map.
 * Tests which values options take, in every spelling, and which refuse the whole change.
 * Does not test the form itself (config-form.test.ts).
 * Always: a refused change leaves every field as it was.
 * Before: test/conformance/admin/kit.ts. After: src/xep/0406-admin/options.ts.
 */
import { describe, expect, test } from 'vitest';
import {
  coven,
  form,
  items,
  node,
  play,
  publish,
  valuesIn,
  xml,
  type Coven,
  type Fields,
  type Scene,
} from './kit.ts';

const CONFIG = node('config');
const change = (fields: Fields): string => publish(CONFIG, form(fields));

/** Each of these is refused, and nothing has changed after all of them. */
async function refusedAll(
  scene: Scene,
  { owner, channel }: Coven,
  changes: readonly Fields[],
  reason = 'not-acceptable/modify',
): Promise<void> {
  const before = await scene.config(owner, channel);
  for (const fields of changes) {
    await scene.refused(owner, 'set', channel, change(fields), reason);
    await scene.refused(owner, 'set', channel, change({ 'Private Messages': 'false', ...fields }), reason);
  }
  expect(await scene.config(owner, channel)).toEqual(before);
}

describe('values', () => {
  test(
    'ADM-13: roles are given to real bare addresses',
    play(async (scene) => {
      const people = await coven(scene);
      const encoded = [`${people.one.id}#${people.channel}`, `1#coven@${scene.service}`];
      for (const name of ['Owner', 'Administrator'])
        await refusedAll(
          scene,
          people,
          ['toad@pond.example/lily', 'pond.example', ...encoded].map((value) => ({ [name]: value })),
        );
      await refusedAll(scene, people, [{ Owner: '@@' }, { Administrator: 'a b@c' }], 'jid-malformed/modify');
    }),
  );

  test(
    'ADM-15: who made the last change is for the channel to say',
    play(async (scene) => {
      const { owner, channel } = await coven(scene);
      const forged = { 'Last Change Made By': 'toad@pond.example', 'Private Messages': 'false' };
      await scene.configure(owner, channel, forged);
      expect((await scene.config(owner, channel)).get('Last Change Made By')).toEqual([owner.bare]);
    }),
  );

  test(
    'ADM-18: the end of life is a time to come, or none',
    play(async (scene) => {
      const people = await coven(scene);
      const { owner, channel } = people;
      const end = async (): Promise<readonly string[] | undefined> =>
        (await scene.config(owner, channel)).get('End of Life');
      expect(await end()).toEqual([]);
      await scene.configure(owner, channel, { 'End of Life': '2099-01-01T00:00:00Z' });
      expect(Date.parse((await end())?.[0] ?? '')).toBe(Date.UTC(2099, 0, 1));
      await refusedAll(
        scene,
        people,
        ['2001-01-01T00:00:00Z', 'soon', '2099-01-01'].map((value) => ({ 'End of Life': value })),
      );
      await scene.configure(owner, channel, { 'End of Life': [] });
      expect(await end()).toEqual([]);
    }),
  );

  test(
    'ADM-36: the older names are read, and contradictions refused',
    play(async (scene) => {
      const people = await coven(scene);
      const { owner, channel } = people;
      await scene.configure(owner, channel, { 'No Private Messages': 'true' });
      expect((await scene.config(owner, channel)).get('Private Messages')).toEqual(['false']);
      await scene.configure(owner, channel, { 'No Private Messages': 'false' });
      expect((await scene.config(owner, channel)).get('Private Messages')).toEqual(['true']);
      await scene.configure(owner, channel, { 'Allow User Message Retraction': 'true' });
      expect((await scene.config(owner, channel)).get('User Message Retraction')).toEqual(['true']);
      const before = await scene.config(owner, channel);
      const both = { 'No Private Messages': 'true', 'Private Messages': 'true' };
      await scene.refused(owner, 'set', channel, change(both), 'not-acceptable/modify');
      expect(await scene.config(owner, channel)).toEqual(before);
    }),
  );

  test(
    'ADM-37: the mode in every spelling it ever had, read back in one',
    play(async (scene) => {
      const people = await coven(scene);
      const { owner, channel } = people;
      const spellings: readonly (readonly [string, string])[] = [
        ['jid-optionally-visible', 'jid-optionally-visible'],
        ['jid-mandatory-visible', 'jid-mandatory-visible'],
        ['jid-hidden', 'jid-hidden'],
        ['jid-maybe-visible', 'jid-optionally-visible'],
        ['jid-visible', 'jid-mandatory-visible'],
        ['JID Hidden', 'jid-hidden'],
        ['JID Maybe Visible', 'jid-optionally-visible'],
        ['jid_visible', 'jid-mandatory-visible'],
      ];
      for (const [given, written] of spellings) {
        await scene.configure(owner, channel, { 'JID Visibility': given });
        expect((await scene.config(owner, channel)).get('JID Visibility')).toEqual([written]);
      }
      await refusedAll(scene, people, [{ 'JID Visibility': 'banana' }]);
    }),
  );

  test(
    'ADM-38: a boolean is true, false, 1 or 0',
    play(async (scene) => {
      const people = await coven(scene);
      const { owner, channel } = people;
      for (const [given, written] of [
        ['true', 'true'],
        ['0', 'false'],
        ['1', 'true'],
        ['false', 'false'],
      ] as const) {
        await scene.configure(owner, channel, { 'Private Messages': given });
        expect((await scene.config(owner, channel)).get('Private Messages')).toEqual([written]);
      }
      const before = await scene.config(owner, channel);
      for (const bad of ['yes', 'no', '2', 'on'])
        await scene.refused(
          owner,
          'set',
          channel,
          change({ 'Private Messages': bad }),
          'not-acceptable/modify',
        );
      expect(await scene.config(owner, channel)).toEqual(before);
    }),
  );

  test(
    'ADM-39: unknown options are passed over',
    play(async (scene) => {
      const { owner, channel } = await coven(scene);
      await scene.configure(owner, channel, { Colour: 'green', 'Private Messages': 'false' });
      const answer = await scene.result(owner, 'get', channel, items(CONFIG));
      expect(xml(answer)).not.toContain('Colour');
      expect(valuesIn(answer).get('Private Messages')).toEqual(['false']);
    }),
  );
});

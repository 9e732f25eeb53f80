/**
 * XEP-0406 MIX-ADMIN 0.3.1 §2.1: rows ADM-01 to ADM-05 and ADM-16, ADM-17 of the conformance map.
 * Tests the nesting of roles, and who may change what.
 * Does not test the options one by one (options.test.ts).
 * Always: what is refused changes nothing.
 * Before: test/conformance/admin/kit.ts. After: test/conformance/admin/lists.test.ts.
 */
import { describe, expect, test } from 'vitest';
import { coven, form, items, node, play, publish, retract, subscribe, type Fields } from './kit.ts';

const changed = (fields: Fields): string => publish(node('config'), form(fields));

describe('roles', () => {
  test(
    'ADM-01: an owner passes every gate of administrators and participants, an administrator those of participants',
    play(async (scene) => {
      const { channel, owner, admin, one, stranger } = await coven(scene);
      const readable = ['info', 'participants', 'jidmap', 'banned'];
      for (const name of readable) {
        await scene.result(owner, 'get', channel, items(node(name)));
        await scene.result(admin, 'get', channel, items(node(name)));
        await scene.result(owner, 'set', channel, subscribe(node(name), owner));
      }
      await scene.result(owner, 'set', channel, publish(node('banned'), '', 'toad@swamp.example'));
      await scene.result(
        owner,
        'set',
        channel,
        publish(node('info'), form({ Name: 'Coven' }, 'urn:xmpp:mix:core:1')),
      );
      await scene.result(one, 'get', channel, items(node('info')));
      await scene.refused(one, 'get', channel, items(node('banned')), 'not-allowed/cancel + closed-node');
      await scene.refused(stranger, 'get', channel, items(node('info')), 'not-allowed/cancel + closed-node');
      expect(await scene.archive(admin, channel)).toEqual([]);
    }),
  );

  test(
    'ADM-02: a channel is not left without an owner',
    play(async (scene) => {
      const { channel, owner } = await coven(scene);
      const before = await scene.config(owner, channel);
      await scene.refused(owner, 'set', channel, changed({ Owner: [] }), 'not-acceptable/modify');
      await scene.refused(owner, 'set', channel, changed({ Owner: [''] }), 'not-acceptable/modify');
      expect(await scene.config(owner, channel)).toEqual(before);
    }),
  );

  test(
    'ADM-03: owners and administrators need not take part',
    play(async (scene) => {
      const { channel, owner, admin, two } = await coven(scene);
      await scene.config(owner, channel);
      await scene.result(owner, 'set', channel, publish(node('banned'), '', two.bare));
      expect(await scene.ids(owner, channel, node('participants'))).not.toContain(two.id);
      await scene.result(admin, 'set', channel, retract(node('banned'), two.bare));
      expect(await scene.ids(owner, channel, node('participants'))).toHaveLength(1);
    }),
  );

  test(
    'ADM-04: only owners change the configuration',
    play(async (scene) => {
      const { channel, owner, admin, one, stranger } = await coven(scene);
      const before = await scene.config(owner, channel);
      for (const asker of [admin, one, stranger])
        await scene.refused(
          asker,
          'set',
          channel,
          changed({ 'Private Messages': 'false' }),
          'forbidden/auth',
        );
      expect(await scene.config(owner, channel)).toEqual(before);
    }),
  );

  test(
    'ADM-05: administrators and owners edit allowed and banned, others do not',
    play(async (scene) => {
      const all = ['participants', 'presence', 'information', 'allowed', 'banned'];
      const { channel, owner, admin, one } = await coven(scene);
      await scene.configure(owner, channel, { 'Nodes Present': all });
      for (const list of [node('allowed'), node('banned')]) {
        await scene.result(admin, 'set', channel, publish(list, '', 'cat@b.example'));
        await scene.result(owner, 'set', channel, publish(list, '', 'rat@b.example'));
        await scene.refused(one, 'set', channel, publish(list, '', 'bat@b.example'), 'forbidden/auth');
        await scene.refused(one, 'set', channel, retract(list, 'cat@b.example'), 'forbidden/auth');
        expect(await scene.ids(owner, channel, list)).toEqual(['cat@b.example', 'rat@b.example']);
        await scene.result(admin, 'set', channel, retract(list, 'rat@b.example'));
        expect(await scene.ids(owner, channel, list)).toEqual(['cat@b.example']);
      }
    }),
  );

  test(
    'ADM-16, ADM-17: the creator is the one owner, and there is no administrator',
    play(async (scene) => {
      const hecate = await scene.enter('hecate');
      const channel = await scene.create(hecate, 'heath');
      const config = await scene.config(hecate, channel);
      expect(config.get('Owner')).toEqual([hecate.bare]);
      expect(config.get('Administrator')).toEqual([]);
    }),
  );
});

/**
 * XEP-0406 MIX-ADMIN 0.3.1 §2.2, §2.3, §3.3: rows ADM-06 to ADM-10 and ADM-46 to ADM-52 of the conformance map.
 * Tests who may join by the allowed and banned lists, who reads them, and what a ban does at once.
 * Does not test the shape of pubsub requests.
 * Always: a list shows real addresses to its readers and to nobody else.
 * Before: test/conformance/admin/kit.ts. After: test/conformance/admin/access.test.ts.
 */
import { describe, expect, test } from 'vitest';
import {
  children,
  coven,
  EVENT,
  form,
  items,
  like,
  node,
  play,
  publish,
  PUBSUB,
  reasonIn,
  retract,
  subscribe,
  type Coven,
  type Scene,
} from './kit.ts';

const [ALLOWED, BANNED] = [node('allowed'), node('banned')];
const ALL = ['participants', 'presence', 'information', 'allowed', 'banned', 'avatar'];

async function listed(scene: Scene): Promise<Coven> {
  const found = await coven(scene);
  await scene.configure(found.owner, found.channel, { 'Nodes Present': ALL });
  scene.news();
  return found;
}

describe('who may join', () => {
  test(
    'ADM-06, ADM-08: not banned, and on the allowed list where there is one',
    play(async (scene) => {
      const { channel, owner, admin } = await listed(scene);
      const cats = { both: true, allowed: true, banned: true, neither: true };
      const outcome = async (): Promise<Record<string, string>> => {
        const found: Record<string, string> = {};
        for (const name of Object.keys(cats)) {
          const cat = scene.people.get(name) ?? (await scene.enter(name));
          const answer = await scene.join(cat, channel, name);
          found[name] = answer.attrs['type'] === 'result' ? 'in' : reasonIn(answer);
          if (found[name] === 'in') await scene.stage.leave(cat.player, channel);
        }
        return found;
      };
      for (const name of ['both', 'allowed', 'banned']) {
        const { bare } = await scene.enter(name);
        if (name !== 'banned') await scene.result(admin, 'set', channel, publish(ALLOWED, '', bare));
        if (name !== 'allowed') await scene.result(admin, 'set', channel, publish(BANNED, '', bare));
      }
      const forbidden = { both: 'forbidden/auth', banned: 'forbidden/auth' };
      expect(await outcome()).toEqual({ ...forbidden, allowed: 'in', neither: 'registration-required/auth' });
      const without = ALL.filter((name) => name !== 'allowed');
      await scene.configure(owner, channel, { 'Nodes Present': without });
      expect(await outcome()).toEqual({ ...forbidden, allowed: 'in', neither: 'in' });
    }),
  );

  test(
    'ADM-07: an entry is a bare address or a domain',
    play(async (scene) => {
      const { channel, admin } = await listed(scene);
      for (const list of [ALLOWED, BANNED]) {
        await scene.result(admin, 'set', channel, publish(list, '', 'swamp.example'));
        await scene.result(admin, 'set', channel, publish(list, '', 'toad@pond.example'));
        const refused = async (id: string, reason: string): Promise<void> =>
          scene.refused(admin, 'set', channel, publish(list, '', id), reason);
        await refused('toad@pond.example/lily', 'not-acceptable/modify');
        await refused('swamp.example/lily', 'not-acceptable/modify');
        for (const bad of ['@', '@@', 'toad@', '@pond.example', 'a b@pond.example'])
          await refused(bad, 'jid-malformed/modify');
        expect(await scene.ids(admin, channel, list)).toEqual(['swamp.example', 'toad@pond.example']);
      }
      const frog = await scene.enter('frog', 'swamp.example');
      expect(reasonIn(await scene.join(frog, channel, 'Frog'))).toBe('forbidden/auth');
    }),
  );
});

describe('who reads the lists', () => {
  test(
    'ADM-09: only administrators by default',
    play(async (scene) => {
      const { channel, owner, admin, one, stranger } = await listed(scene);
      for (const list of [ALLOWED, BANNED]) {
        await scene.refused(one, 'set', channel, subscribe(list, one), 'not-allowed/cancel + closed-node');
        await scene.refused(one, 'get', channel, items(list), 'not-allowed/cancel + closed-node');
        const answer = await scene.ask(stranger, 'set', channel, subscribe(list, stranger));
        expect(answer.attrs['type']).toBe('error');
        for (const asker of [owner, admin]) await scene.result(asker, 'set', channel, subscribe(list, asker));
      }
    }),
  );

  test(
    'ADM-10: where addresses are hidden the lists stay closed',
    play(async (scene) => {
      const { channel, owner } = await listed(scene);
      for (const mode of ['jid-hidden', 'jid-maybe-visible']) {
        await scene.configure(owner, channel, { 'JID Visibility': mode });
        const before = await scene.config(owner, channel);
        for (const option of [
          'Banned Node Subscription',
          'Allowed Node Subscription',
          'Configuration Node Access',
        ])
          for (const value of ['participants', 'allowed']) {
            const change = publish(node('config'), form({ [option]: value }));
            await scene.refused(owner, 'set', channel, change, 'not-acceptable/modify');
          }
        expect(await scene.config(owner, channel)).toEqual(before);
      }
    }),
  );

  test(
    'ADM-10: a channel that begins to hide closes them in the same change, and ends the subscriptions',
    play(async (scene) => {
      const wide = {
        'JID Visibility': 'jid-visible',
        'Banned Node Subscription': 'participants',
        'Configuration Node Access': 'participants',
      };
      const { channel, owner, admin, one } = await coven(scene, wide);
      for (const name of ['banned', 'config'])
        await scene.result(one, 'set', channel, subscribe(node(name), one));
      await scene.configure(owner, channel, { 'JID Visibility': 'jid-hidden' });
      const config = await scene.config(owner, channel);
      expect(config.get('Banned Node Subscription')).toEqual(['admins']);
      expect(config.get('Configuration Node Access')).toEqual(['admins']);
      scene.news();
      await scene.result(admin, 'set', channel, publish(BANNED, '', 'toad@pond.example'));
      await scene.configure(owner, channel, { 'Private Messages': 'false' });
      expect(scene.news()).toEqual({});
      for (const name of ['banned', 'config'])
        await scene.refused(one, 'get', channel, items(node(name)), 'not-allowed/cancel + closed-node');
    }),
  );

  test(
    'ADM-46: the banned list is read as the option says',
    play(async (scene) => {
      const { channel, owner, admin, two } = await coven(scene, { 'JID Visibility': 'jid-visible' });
      await scene.result(admin, 'set', channel, publish(BANNED, '', 'toad@pond.example'));
      expect(await scene.ids(admin, channel, BANNED)).toEqual(['toad@pond.example']);
      await scene.refused(two, 'get', channel, items(BANNED), 'not-allowed/cancel + closed-node');
      await scene.configure(owner, channel, { 'Banned Node Subscription': 'participants' });
      expect(await scene.ids(two, channel, BANNED)).toEqual(['toad@pond.example']);
    }),
  );
});

describe('entries', () => {
  test(
    'ADM-47, ADM-48, ADM-52: published, published again, and retracted, with an event each time something changed',
    play(async (scene) => {
      const { channel, owner, admin, one } = await listed(scene);
      for (const list of [ALLOWED, BANNED]) {
        await scene.result(owner, 'set', channel, subscribe(list, owner));
        scene.news();
        const told = (what: string): string =>
          like(`<message type='headline' from='${channel}' to='${owner.bare}'>
            <event xmlns='${EVENT}'><items node='${list}'>${what}</items></event></message>`);
        const result = `<pubsub xmlns='${PUBSUB}'><publish node='${list}'><item id='toad@pond.example'/></publish></pubsub>`;
        const added = await scene.result(admin, 'set', channel, publish(list, '', 'toad@pond.example'));
        expect(children(added)).toBe(like(result));
        expect(scene.news()).toEqual({ hecate: [told(`<item id='toad@pond.example'/>`)] });

        await scene.result(admin, 'set', channel, publish(list, '', 'Toad@POND.example'));
        expect(await scene.ids(admin, channel, list)).toEqual(['toad@pond.example']);
        expect(scene.news()).toEqual({});

        await scene.result(admin, 'set', channel, retract(list, 'toad@pond.example'));
        expect(scene.news()).toEqual({ hecate: [told(`<retract id='toad@pond.example'/>`)] });
        expect(await scene.ids(admin, channel, list)).toEqual([]);
        await scene.refused(
          admin,
          'set',
          channel,
          retract(list, 'toad@pond.example'),
          'item-not-found/cancel',
        );
        await scene.refused(one, 'set', channel, retract(list, 'toad@pond.example'), 'forbidden/auth');
      }
    }),
  );

  test(
    'ADM-48, D-75: whoever is taken off the allowed list stays, but does not come again',
    play(async (scene) => {
      const { channel, admin, one, two } = await listed(scene);
      await scene.result(admin, 'set', channel, publish(ALLOWED, '', one.bare));
      scene.news();
      await scene.result(admin, 'set', channel, retract(ALLOWED, one.bare));
      expect(scene.news()).toEqual({});
      expect(Object.keys(await scene.say(one, channel, '<body>Hail!</body>')).sort()).toEqual([
        'hag',
        'witch',
      ]);
      await scene.stage.leave(one.player, channel);
      expect(reasonIn(await scene.join(one, channel, 'Witch'))).toBe('registration-required/auth');
      expect(await scene.ids(admin, channel, node('participants'))).toEqual([two.id]);
    }),
  );

  test.each(['address', 'domain'])('ADM-49: the ban of an %s removes at once', (kind) =>
    play(async (scene) => {
      const { channel, owner, admin, one, two } = await coven(scene);
      await scene.result(owner, 'set', channel, subscribe(node('jidmap'), owner));
      scene.news();
      const entry = kind === 'address' ? one.bare : one.bare.slice(one.bare.indexOf('@') + 1);
      await scene.result(admin, 'set', channel, publish(BANNED, '', entry));
      const gone = (name: string): string =>
        `<event xmlns='${EVENT}'><items node='${node(name)}'><retract id='${one.id}'/></items></event>`;
      const told = (to: string, what: string): string =>
        like(`<message type='headline' from='${channel}' to='${to}'>${what}</message>`);
      const news = scene.news();
      expect(news['hecate']).toEqual([told(owner.bare, gone('jidmap'))]);
      // D-33: she is told of her own clients as well.
      expect(news['witch']).toHaveLength(2);
      expect(news['witch']?.[0]).toMatch(
        new RegExp(`^<presence from=['"]${one.id}#.* to=['"]${one.bare}['"] type=['"]unavailable`),
      );
      expect(news['witch']?.[1]).toBe(told(one.bare, gone('participants')));
      expect(news['hag']).toHaveLength(2);
      expect(news['hag']?.[0]).toMatch(new RegExp(`^<presence from=['"]${one.id}#.* type=['"]unavailable`));
      expect(news['hag']?.[1]).toBe(told(two.bare, gone('participants')));
      expect(await scene.ids(admin, channel, node('participants'))).toEqual([two.id]);
      expect(await scene.ids(admin, channel, node('jidmap'))).toEqual([two.id]);
      await scene.say(two, channel, '<body>Hail!</body>').then((got) => {
        expect(Object.keys(got)).toEqual(['hag']);
      });
      await scene.unsaid(one, channel, '<body>Hail!</body>', 'forbidden/auth');
    })(),
  );

  test(
    'ADM-50: banned by the address that everybody knows, kept as the real one, also after leaving',
    play(async (scene) => {
      const { channel, admin, one, two } = await coven(scene);
      const [first, second] = [one.id, two.id];
      await scene.stage.leave(two.player, channel);
      await scene.result(admin, 'set', channel, publish(BANNED, '', `${first}#${channel}`));
      await scene.result(admin, 'set', channel, publish(BANNED, '', `${channel}/${second}`));
      expect(await scene.ids(admin, channel, BANNED)).toEqual([one.bare, two.bare]);
      expect(await scene.ids(admin, channel, node('participants'))).toEqual([]);
      for (const person of [one, two])
        expect(reasonIn(await scene.join(person, channel, 'Again'))).toBe('forbidden/auth');
      await scene.refused(
        admin,
        'set',
        channel,
        publish(BANNED, '', `nobody#${channel}`),
        'item-not-found/cancel',
      );
      await scene.result(admin, 'set', channel, retract(BANNED, `${first}#${channel}`));
      expect(await scene.ids(admin, channel, BANNED)).toEqual([two.bare]);
    }),
  );

  test(
    'ADM-51: an owner cannot be banned, and the ban of a domain passes over owners and administrators',
    play(async (scene) => {
      const { channel, owner, admin } = await coven(scene);
      const familiar = await scene.enter('familiar', 'hecate.example');
      await scene.join(familiar, channel, 'Familiar');
      await scene.refused(admin, 'set', channel, publish(BANNED, '', owner.bare), 'not-allowed/cancel');
      expect(await scene.ids(admin, channel, BANNED)).toEqual([]);
      await scene.result(owner, 'set', channel, publish(BANNED, '', 'hecate.example'));
      await scene.result(owner, 'set', channel, publish(BANNED, '', 'graymalkin.example'));
      expect(await scene.ids(admin, channel, node('participants'))).not.toContain(familiar.id);
      await scene.config(owner, channel);
      expect((await scene.join(owner, channel, 'Hecate')).attrs['type']).toBe('result');
      expect((await scene.join(admin, channel, 'Graymalkin')).attrs['type']).toBe('result');
    }),
  );
});

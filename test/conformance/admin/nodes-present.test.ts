/**
 * XEP-0406 MIX-ADMIN 0.3.1 §2.4 'Nodes Present' and decision D-68: row ADM-19 of the conformance map.
 * Tests each of the seven words: what goes with a node, and what comes when it is there again.
 * Does not test who may read a node (access.test.ts).
 * Always: a node that is gone is item-not-found to everybody, owners included.
 * Before: test/conformance/admin/kit.ts. After: src/channel/configure.ts.
 */
import { describe, expect, test } from 'vitest';
import { elements } from '../../../src/xml/element.ts';
import {
  coven,
  EVENT,
  find,
  form,
  items,
  like,
  node,
  play,
  publish,
  reasonIn,
  subscribe,
  type Coven,
  type Scene,
} from './kit.ts';

const DEFAULT = ['participants', 'presence', 'information', 'banned', 'jidmap-visible', 'avatar'];
const without = (word: string): string[] => DEFAULT.filter((each) => each !== word);
const present = async (scene: Scene, { owner, channel }: Coven): Promise<readonly string[] | undefined> =>
  (await scene.config(owner, channel)).get('Nodes Present');

async function listed(scene: Scene, { owner, channel }: Coven): Promise<string[]> {
  const query = `<query xmlns='http://jabber.org/protocol/disco#items' node='mix'/>`;
  const answer = find(await scene.result(owner, 'get', channel, query), 'query');
  return answer === undefined ? [] : elements(answer).map(({ attrs }) => attrs['node'] ?? '');
}

describe('ADM-19', () => {
  test(
    'ADM-19: the default, and what is refused',
    play(async (scene) => {
      const people = await coven(scene);
      const { owner, channel } = people;
      expect((await present(scene, people))?.toSorted()).toEqual(DEFAULT.toSorted());
      for (const bad of [[...DEFAULT, 'cauldron'], without('participants'), []]) {
        const asked = publish(node('config'), form({ 'Nodes Present': bad }));
        await scene.refused(owner, 'set', channel, asked, 'not-acceptable/modify');
      }
      expect((await present(scene, people))?.toSorted()).toEqual(DEFAULT.toSorted());
    }),
  );

  test.each([
    ['information', ['info']],
    ['banned', ['banned']],
    ['avatar', ['urn:xmpp:avatar:data', 'urn:xmpp:avatar:metadata']],
  ] as const)('ADM-19: %s goes with a delete event, and comes again', async (word, names) =>
    play(async (scene) => {
      const people = await coven(scene);
      const { owner, channel } = people;
      const nodes = names.map((name) => (name.startsWith('urn:') ? name : node(name)));
      for (const name of nodes) {
        await scene.result(owner, 'set', channel, subscribe(name, owner));
        expect(await listed(scene, people)).toContain(name);
      }
      scene.news();
      await scene.configure(owner, channel, { 'Nodes Present': without(word) });
      const gone = nodes.map((name) =>
        like(`<message type='headline' from='${channel}' to='${owner.bare}'>
          <event xmlns='${EVENT}'><delete node='${name}'/></event></message>`),
      );
      const news = scene.news();
      expect(news['hecate']).toEqual(gone);
      expect(Object.keys(news)).toEqual(word === 'information' ? ['hecate', 'witch', 'hag'] : ['hecate']);
      for (const name of nodes) {
        expect(await listed(scene, people)).not.toContain(name);
        await scene.refused(owner, 'get', channel, items(name), 'item-not-found/cancel');
        await scene.refused(owner, 'set', channel, subscribe(name, owner), 'item-not-found/cancel');
      }
      expect(await present(scene, people)).not.toContain(word);
      await scene.configure(owner, channel, { 'Nodes Present': DEFAULT });
      for (const name of nodes) {
        expect(await listed(scene, people)).toContain(name);
        await scene.result(owner, 'get', channel, items(name));
      }
    })(),
  );

  test(
    'ADM-19: who was banned stays banned without the banned node',
    play(async (scene) => {
      const { owner, channel, stranger } = await coven(scene);
      await scene.result(owner, 'set', channel, publish(node('banned'), '', stranger.bare));
      await scene.configure(owner, channel, { 'Nodes Present': without('banned') });
      expect(reasonIn(await scene.join(stranger, channel, 'Stranger'))).toBe('forbidden/auth');
      await scene.configure(owner, channel, { 'Nodes Present': DEFAULT });
      expect(await scene.ids(owner, channel, node('banned'))).toEqual([stranger.bare]);
    }),
  );

  test(
    'ADM-19: without presence everybody is seen to go, and nobody comes until it is there again',
    play(async (scene) => {
      const people = await coven(scene);
      const { owner, channel, one, two } = people;
      await scene.configure(owner, channel, { 'Nodes Present': without('presence') });
      const news = scene.news();
      expect(Object.keys(news).sort()).toEqual(['hag', 'witch']);
      for (const seen of Object.values(news)) {
        expect(seen).toHaveLength(2);
        for (const stanza of seen) expect(stanza).toMatch(/^<presence [^>]*type=['"]unavailable/);
      }
      await scene.stage.disconnect(one.player);
      await scene.stage.reconnect(one.player);
      expect(scene.news()).toEqual({});
      expect(await listed(scene, people)).not.toContain(node('presence'));
      const joined = await scene.join(await scene.enter('late'), channel, 'Late', ['presence', 'messages']);
      const join = find(joined, 'join');
      const nodes = join && elements(join).filter(({ name }) => name === 'subscribe');
      expect(nodes?.map(({ attrs }) => attrs['node'])).toEqual([node('messages')]);
      await scene.configure(owner, channel, { 'Nodes Present': DEFAULT });
      scene.news();
      await scene.stage.disconnect(two.player);
      await scene.stage.reconnect(two.player);
      expect(scene.news()['witch']).toHaveLength(1);
    }),
  );

  test(
    'ADM-19: allowed comes empty and keeps who is in; it goes with its entries',
    play(async (scene) => {
      const people = await coven(scene);
      const { owner, channel, one, stranger } = people;
      await scene.refused(owner, 'get', channel, items(node('allowed')), 'item-not-found/cancel');
      await scene.configure(owner, channel, { 'Nodes Present': [...DEFAULT, 'allowed'] });
      expect(await scene.ids(owner, channel, node('allowed'))).toEqual([]);
      expect(await scene.ids(owner, channel, node('participants'))).toHaveLength(2);
      expect(Object.keys(await scene.say(one, channel, '<body>Hail!</body>')).sort()).toEqual([
        'hag',
        'witch',
      ]);
      expect(reasonIn(await scene.join(stranger, channel, 'S'))).toBe('registration-required/auth');
      await scene.result(owner, 'set', channel, publish(node('allowed'), '', stranger.bare));
      await scene.configure(owner, channel, { 'Nodes Present': DEFAULT });
      await scene.configure(owner, channel, { 'Nodes Present': [...DEFAULT, 'allowed'] });
      expect(await scene.ids(owner, channel, node('allowed'))).toEqual([]);
    }),
  );

  test.each(['jidmap-visible', 'jidmap'])(
    'ADM-19: the JID map cannot be taken away (D-29): %s',
    async (word) =>
      play(async (scene) => {
        const people = await coven(scene);
        const { owner, channel } = people;
        await scene.configure(owner, channel, { 'Nodes Present': without('jidmap-visible') });
        expect(await present(scene, people)).toContain('jidmap-visible');
        expect(await scene.ids(owner, channel, node('jidmap'))).toHaveLength(2);
        await scene.configure(owner, channel, { 'Nodes Present': ['participants', word] });
        expect((await present(scene, people))?.toSorted()).toEqual(['jidmap-visible', 'participants']);
        await scene.refused(owner, 'get', channel, items(node('jidmap-visible')), 'item-not-found/cancel');
      })(),
  );
});

/**
 * XEP-0406 MIX-ADMIN 0.3.1 §2.4, §3.2: rows ADM-11, 12, 14 and ADM-40 to ADM-44 of the conformance map.
 * Tests the form of the configuration node: names, item ids, shapes of the request, events.
 * Does not test values (config-values.test.ts) nor what options do (options.test.ts).
 * Always: there is one item, and its id says when it was changed.
 * Before: test/conformance/admin/kit.ts. After: src/xep/0406-admin/wire.ts.
 */
import { describe, expect, test } from 'vitest';
import {
  ADMIN,
  children,
  coven,
  EVENT,
  find,
  form,
  items,
  like,
  node,
  play,
  publish,
  PUBSUB,
  subscribe,
  valuesIn,
  type Coven,
  type Scene,
} from './kit.ts';
import { elements } from '../../../src/xml/element.ts';

const CONFIG = node('config');

/** XEP-0406's table, byte for byte, and 'JID Visibility' (D-01). */
const NAMES = [
  'Last Change Made By',
  'Owner',
  'Administrator',
  'End of Life',
  'Nodes Present',
  'Messages Node Subscription',
  'Presence Node Subscription',
  'Participants Node Subscription',
  'Information Node Subscription',
  'Allowed Node Subscription',
  'Banned Node Subscription',
  'Configuration Node Access',
  'Information Node Update Rights',
  'Avatar Nodes Update Rights',
  'Open Presence',
  'Participants Must Provide Presence',
  'User Message Retraction',
  'Administrator Message Retraction Rights',
  'Participation Addition by Invitation from Participant',
  'Private Messages',
  'Mandatory Nicks',
  'JID Visibility',
];

async function itemId(scene: Scene, { owner, channel }: Coven): Promise<string> {
  const found = await scene.ids(owner, channel, CONFIG);
  expect(found).toHaveLength(1);
  return found[0] ?? '';
}

describe('the item', () => {
  test(
    'ADM-11, ADM-42: there is one, its id is a date-time that grows, and a change is answered with it',
    play(async (scene) => {
      const people = await coven(scene);
      const { owner, channel } = people;
      let last = await itemId(scene, people);
      for (const value of ['false', 'true', 'true']) {
        const answer = await scene.configure(owner, channel, { 'Private Messages': value });
        const now = await itemId(scene, people);
        expect(now).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$/);
        expect(now > last).toBe(true);
        expect(children(answer)).toBe(
          like(`<pubsub xmlns='${PUBSUB}'><publish node='${CONFIG}'><item id='${now}'/></publish></pubsub>`),
        );
        last = now;
      }
    }),
  );

  test(
    'ADM-12, ADM-14: every option is listed, under its own name, with FORM_TYPE',
    play(async (scene) => {
      const { owner, channel } = await coven(scene);
      const config = await scene.config(owner, channel);
      expect([...config.keys()].sort()).toEqual(['FORM_TYPE', ...NAMES].sort());
      expect(config.get('FORM_TYPE')).toEqual([ADMIN]);
      for (const name of NAMES)
        if (name !== 'End of Life') expect(config.get(name)?.length, name).toBeGreaterThan(0);
    }),
  );

  test(
    'ADM-40: what an owner gets is a form to be filled in, which can be sent back as it is',
    play(async (scene) => {
      const { owner, channel } = await coven(scene);
      const got = await scene.result(owner, 'get', channel, items(CONFIG));
      const x = find(got, 'x');
      expect(x?.attrs).toEqual({ type: 'form' });
      const before = valuesIn(got);
      const back = Object.fromEntries([...before].filter(([name]) => name !== 'FORM_TYPE'));
      await scene.configure(owner, channel, back);
      expect(await scene.config(owner, channel)).toEqual(before);
      for (const type of ['form', 'submit'])
        await scene.result(owner, 'set', channel, publish(CONFIG, form(back, ADMIN, type)));
    }),
  );

  test(
    'ADM-41: only what is supplied changes',
    play(async (scene) => {
      const { owner, channel } = await coven(scene);
      const before = await scene.config(owner, channel);
      await scene.configure(owner, channel, { 'Avatar Nodes Update Rights': 'owners' });
      const after = await scene.config(owner, channel);
      expect(after).toEqual(new Map([...before, ['Avatar Nodes Update Rights', ['owners']]]));
    }),
  );

  test(
    'ADM-43: an item stands in publish, or in items inside publish, whatever id it bears',
    play(async (scene) => {
      const { owner, channel } = await coven(scene);
      const shapes = [
        (x: string) => `<publish node='${CONFIG}'><item>${x}</item></publish>`,
        (x: string) => `<publish node='${CONFIG}'><items><item id='mine'>${x}</item></items></publish>`,
      ];
      for (const [place, shape] of shapes.entries()) {
        const value = String(place === 0);
        const asked = shape(form({ 'User Message Retraction': value }));
        const answer = await scene.result(
          owner,
          'set',
          channel,
          `<pubsub xmlns='${PUBSUB}'>${asked}</pubsub>`,
        );
        expect(find(answer, 'item')?.attrs['id']).not.toBe('mine');
        const config = await scene.config(owner, channel);
        expect(config.get('User Message Retraction')).toEqual([value]);
      }
      const empty = `<pubsub xmlns='${PUBSUB}'><publish node='${CONFIG}'/></pubsub>`;
      await scene.refused(owner, 'set', channel, empty, 'bad-request/modify + item-required');
    }),
  );

  test(
    'ADM-44: subscribers get one event for a change, with the new id',
    play(async (scene) => {
      const second = await scene.enter('second');
      const owner = await scene.enter('owner');
      const channel = await scene.create(owner, 'heath', { Owner: [owner.bare, second.bare] });
      await scene.result(second, 'set', channel, subscribe(CONFIG, second));
      scene.news();
      const answer = await scene.configure(owner, channel, { 'Private Messages': 'false' });
      const id = find(answer, 'item')?.attrs['id'] ?? '';
      const [name, ...others] = Object.entries(scene.news());
      expect(others).toEqual([]);
      expect(name?.[0]).toBe('second');
      const [event, more] = second.player.received.slice(-1);
      expect(more).toBeUndefined();
      expect(event?.attrs).toEqual({ from: channel, to: second.bare, type: 'headline' });
      const list = event && find(event, 'items', EVENT);
      expect(list?.attrs).toEqual({ node: CONFIG });
      expect(list && elements(list).map(({ attrs }) => attrs['id'])).toEqual([id]);
      expect(event && find(event, 'x')?.attrs).toEqual({ type: 'result' });
      expect(event && valuesIn(event).get('Private Messages')).toEqual(['false']);
    }),
  );
});

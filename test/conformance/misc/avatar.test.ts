/**
 * XEP-0084 User Avatar 1.1.4 on a channel, XEP-0407 MIX-MISC 0.1.2 §2: rows MISC-01 and MISC-02.
 * Tests the two nodes of the channel's picture.
 * Does not test who may publish by option (test/conformance/admin/access.test.ts).
 * Always: the picture is fetched, only what is said of it comes by event.
 * Before: test/conformance/admin/kit.ts. After: src/xep/0084-avatar/service.ts.
 */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { openSqlite } from '../../../src/storage/sqlite/sqlite.ts';
import { children, coven, EVENT, items, like, play, publish, PUBSUB, subscribe } from '../admin/kit.ts';

const [DATA, METADATA] = ['urn:xmpp:avatar:data', 'urn:xmpp:avatar:metadata'];
const BYTES = Buffer.from('a picture of a cauldron');
const HASH = createHash('sha1').update(BYTES).digest('hex');
const data = `<data xmlns='${DATA}'>${BYTES.toString('base64')}</data>`;
const metadata = (id: string): string =>
  `<metadata xmlns='${METADATA}'><info bytes='23' id='${id}' type='image/png' height='64' width='64'/></metadata>`;
const itemsWith = (name: string, item: string): string =>
  like(`<pubsub xmlns='${PUBSUB}'><items node='${name}'>${item}</items></pubsub>`);

test('MISC-01: published, told of, fetched, also after a restart', async () =>
  play(
    async (scene) => {
      const { admin, one, two, stranger, channel } = await coven(scene);
      await scene.result(two, 'set', channel, subscribe(METADATA, two));
      await scene.refused(one, 'set', channel, publish(DATA, data, HASH), 'forbidden/auth');
      await scene.refused(one, 'set', channel, publish(METADATA, metadata(HASH), HASH), 'forbidden/auth');
      await scene.refused(stranger, 'get', channel, items(DATA), 'not-allowed/cancel + closed-node');
      const answer = await scene.result(admin, 'set', channel, publish(DATA, data, HASH));
      expect(children(answer)).toBe(
        like(`<pubsub xmlns='${PUBSUB}'><publish node='${DATA}'><item id='${HASH}'/></publish></pubsub>`),
      );
      expect(scene.news()).toEqual({});
      await scene.result(admin, 'set', channel, publish(METADATA, metadata(HASH), HASH));
      const item = `<item id='${HASH}'>${metadata(HASH)}</item>`;
      expect(scene.news()).toEqual({
        hag: [
          like(`<message type='headline' from='${channel}' to='${two.bare}'>
            <event xmlns='${EVENT}'><items node='${METADATA}'>${item}</items></event></message>`),
        ],
      });
      await scene.stage.powers.restart();
      scene.news();
      const got = await scene.result(one, 'get', channel, items(METADATA));
      expect(children(got)).toBe(itemsWith(METADATA, item));
      const picture = await scene.result(one, 'get', channel, items(DATA));
      expect(children(picture)).toBe(itemsWith(DATA, `<item id='${HASH}'>${data}</item>`));
    },
    { store: openSqlite(':memory:') },
  )());

test(
  'MISC-02: a picture’s id that is not the SHA-1 of its bytes is refused',
  play(async (scene) => {
    const { admin, one, channel } = await coven(scene);
    const wrong = createHash('sha1').update('another').digest('hex');
    const refused = async (name: string, payload: string, reason: string, id?: string): Promise<void> =>
      scene.refused(admin, 'set', channel, publish(name, payload, id), reason);
    await refused(DATA, data, 'not-acceptable/modify', wrong);
    await refused(DATA, `<data xmlns='${DATA}'>*</data>`, 'bad-request/modify + invalid-payload');
    await refused(DATA, '', 'bad-request/modify + payload-required', HASH);
    expect(children(await scene.result(one, 'get', channel, items(DATA)))).toBe(itemsWith(DATA, ''));
    // Without an id, it is worked out.
    const answer = await scene.result(admin, 'set', channel, publish(DATA, data));
    expect(children(answer)).toContain(HASH);
  }),
);

test(
  'MISC-02: metadata keeps the id that it is given, since it may speak of several pictures',
  play(async (scene) => {
    const { admin, one, channel } = await coven(scene);
    await scene.result(admin, 'set', channel, publish(METADATA, metadata('357a'), HASH));
    const got = await scene.result(one, 'get', channel, items(METADATA));
    expect(children(got)).toBe(itemsWith(METADATA, `<item id='${HASH}'>${metadata('357a')}</item>`));
    const answer = await scene.result(admin, 'set', channel, publish(METADATA, metadata('357a')));
    expect(children(answer)).toContain('357a');
  }),
);

test(
  'MISC-02: a picture is taken down by metadata without any, and another one takes its place',
  play(async (scene) => {
    const { owner, one, channel } = await coven(scene);
    const other = createHash('sha1').update('other').digest('hex');
    for (const id of [HASH, other])
      await scene.result(owner, 'set', channel, publish(METADATA, metadata(id), id));
    const got = await scene.result(one, 'get', channel, items(METADATA));
    expect(children(got)).toBe(itemsWith(METADATA, `<item id='${other}'>${metadata(other)}</item>`));
    await scene.result(owner, 'set', channel, publish(METADATA, `<metadata xmlns='${METADATA}'/>`, 'gone'));
    const none = await scene.result(one, 'get', channel, items(METADATA));
    expect(children(none)).toBe(
      itemsWith(METADATA, `<item id='gone'><metadata xmlns='${METADATA}'/></item>`),
    );
  }),
);

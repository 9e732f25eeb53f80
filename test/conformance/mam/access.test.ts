/**
 * MAM-10, 11, 26 … 28, 30, 31, 42: who reads what, and whom one may ask for.
 */
import { describe, expect, test } from 'vitest';
import { serialize } from '../../../src/xml/write.ts';
import { all, configure, list, openCoven, type Coven } from '../pubsub/kit.ts';
import { MAM, post, query, say, search } from './kit.ts';

const by = (jid: string): string => query([['with', jid]]);

describe('with', () => {
  test('MAM-10: the address of a message’s sender, or of a participant, finds what she said', async () => {
    const coven = await openCoven();
    const { world, channel, toad, newt } = coven;
    await say(coven, toad, 'a');
    await say(coven, newt, 'b');
    await say(coven, toad, 'c');
    const mine = [
      `${channel}/${toad.id}`,
      `${toad.id}#${channel}`,
      `${toad.id}#${channel}/whatever`,
      `${toad.id.toUpperCase()}#${channel.toUpperCase()}`,
    ];
    for (const jid of mine) expect((await search(coven, newt, by(jid))).bodies).toEqual(['a', 'c']);
    expect((await search(coven, newt, by(channel))).bodies).toEqual(['a', 'b', 'c']);
    for (const jid of [
      `${channel}/nobody`,
      `nobody#${channel}`,
      'mix.example',
      `other@mix.example/${toad.id}`,
    ])
      expect((await search(coven, newt, by(jid))).bodies).toEqual([]);
    for (const bad of ['a@@b', '@', 'a@', ' ', `${toad.id}#coven@`])
      if (bad.trim() !== '') await world.refused(newt, 'set', channel, by(bad), 'jid-malformed');
  });

  test.each(['jid-hidden', 'jid-maybe-visible'])(
    'MAM-11: in %s, a real address finds nothing, as that of a stranger does',
    async (mode) => {
      const coven = await openCoven([['JID Visibility', mode]]);
      const { world, channel, toad, newt, stranger, admin } = coven;
      const [id] = await say(coven, toad, 'a');
      for (const asker of [newt, admin]) {
        const told = new Set<string>();
        for (const jid of [toad.bare, toad.full, newt.bare, stranger.bare, 'nobody@nowhere.example']) {
          const found = await search(coven, asker, by(jid));
          expect(found.ids).toEqual([]);
          told.add(found.fin);
        }
        expect([...told]).toEqual([
          `<fin xmlns="${MAM}" complete="true"><set xmlns="http://jabber.org/protocol/rsm"><count>0</count></set></fin>`,
        ]);
      }
      // Whatever else is asked with it is judged alike, too.
      for (const jid of [toad.bare, stranger.bare]) {
        const asked = query([
          ['with', jid],
          ['after-id', 'nothing'],
        ]);
        await world.refused(newt, 'set', channel, asked, 'item-not-found');
        const page = await search(
          coven,
          newt,
          query(
            [
              ['with', jid],
              ['ids', id!],
            ],
            '<max>0</max>',
          ),
        );
        expect([page.count, page.complete]).toEqual(['0', 'true']);
      }
    },
  );

  test('MAM-11: where everybody is shown, it finds what was said in the open, and for insiders only', async () => {
    const coven = await openCoven([
      ['JID Visibility', 'jid-hidden'],
      ['Messages Node Subscription', 'anyone'],
    ]);
    const { toad, newt, stranger } = coven;
    await say(coven, toad, 'hidden');
    await configure(coven, [['JID Visibility', 'jid-mandatory-visible']]);
    await say(coven, toad, 'open');
    expect((await search(coven, newt, by(toad.bare))).bodies).toEqual(['open']);
    expect((await search(coven, stranger, by(toad.bare))).bodies).toEqual([]);
    expect((await search(coven, stranger, query())).bodies).toEqual(['hidden', 'open']);
  });
});

describe('who may read', () => {
  test('MAM-26: whoever takes part, as long as she does', async () => {
    const coven = await openCoven();
    const { world, channel, toad, newt } = coven;
    await say(coven, toad, 'a');
    expect((await search(coven, newt, query())).bodies).toEqual(['a']);
    await world.leave(newt, channel);
    await refusedAll(coven, newt);
    // D-42: what was said meanwhile is read by whoever is back.
    await say(coven, toad, 'b');
    await world.join(newt, channel);
    expect((await search(coven, newt, query())).bodies).toEqual(['a', 'b']);
    await list(coven, 'banned', newt.bare);
    await refusedAll(coven, newt);
  });

  test('MAM-27: somebody else as the option says', async () => {
    const coven = await openCoven();
    const { stranger, toad } = coven;
    await say(coven, toad, 'a');
    await refusedAll(coven, stranger);
    for (const group of ['anyone', 'allowed']) {
      await configure(coven, [['Messages Node Subscription', group]]);
      const found = await search(coven, stranger, query());
      expect(found.bodies).toEqual(['a']);
      expect(found.results.flatMap(({ message }) => all(message, 'jid'))).toEqual([]);
    }
    await list(coven, 'banned', stranger.bare);
    await refusedAll(coven, stranger);
    await configure(coven, [['Messages Node Subscription', 'participants']]);
    await refusedAll(coven, stranger);
  });

  test('MAM-28: owners and administrators, though they take no part', async () => {
    const coven = await openCoven();
    await say(coven, coven.toad, 'a');
    for (const who of [coven.admin, coven.owner])
      expect((await search(coven, who, query())).bodies).toEqual(['a']);
  });

  async function refusedAll({ world, channel }: Coven, who: Coven['toad']): Promise<void> {
    await world.refused(who, 'set', channel, query(), 'forbidden');
    await world.refused(who, 'get', channel, `<query xmlns='${MAM}'/>`, 'forbidden');
    await world.refused(who, 'get', channel, `<metadata xmlns='${MAM}'/>`, 'forbidden');
  }
});

describe('what is not in it', () => {
  test('MAM-30: what was refused', async () => {
    const coven = await openCoven();
    const { toad, newt, stranger, owner } = coven;
    for (const who of [stranger, owner])
      expect((await post(coven, who, '<body>not mine</body>')).map(({ attrs }) => attrs['type'])).toEqual([
        'error',
      ]);
    await post(coven, toad, '<body>a chat</body>', "type='chat'");
    await post(coven, toad, '<body>encrypted</body><encrypted xmlns="urn:xmpp:omemo:2"/>');
    expect((await search(coven, newt, query())).ids).toEqual([]);
  });

  test('MAM-31: what was said in private', async () => {
    const coven = await openCoven();
    const { world, channel, toad, newt } = coven;
    for (let at = 0; at < 20; at++) {
      const [from, to] = at % 2 === 0 ? [toad, newt] : [newt, toad];
      const heard = await world.during(to, () =>
        world.send(
          from,
          `<message type='chat' to='${to.id}#${channel}'><body>psst ${at}</body><store xmlns='urn:xmpp:hints'/></message>`,
        ),
      );
      expect(heard).toHaveLength(1);
    }
    await say(coven, toad, 'aloud');
    for (const who of [newt, coven.owner]) {
      expect((await search(coven, who, query())).bodies).toEqual(['aloud']);
      expect((await search(coven, who, by(`${newt.id}#${channel}`))).bodies).toEqual([]);
    }
  });
});

describe('MAM-42: history keeps its masks', () => {
  const jidsOf = async (coven: Coven): Promise<(readonly [string, string])[]> => {
    const { results } = await search(coven, coven.newt, query());
    return results.map(({ message }) => [
      all(message, 'body')
        .map((body) => serialize(body))
        .join(),
      all(message, 'jid')
        .map((jid) => serialize(jid))
        .join(),
    ]);
  };

  test('what was said in hiding stays so when the channel opens', async () => {
    const coven = await openCoven([['JID Visibility', 'jid-hidden']]);
    await say(coven, coven.toad, 'masked');
    await configure(coven, [['JID Visibility', 'jid-mandatory-visible']]);
    await say(coven, coven.toad, 'unmasked');
    const [masked, unmasked] = await jidsOf(coven);
    expect(masked?.[1]).toBe('');
    expect(unmasked?.[1]).toContain(coven.toad.bare);
  });

  test('what was said in the open is hidden when the channel closes', async () => {
    const coven = await openCoven([['JID Visibility', 'jid-mandatory-visible']]);
    await say(coven, coven.toad, 'unmasked');
    expect((await jidsOf(coven))[0]?.[1]).toContain(coven.toad.bare);
    await configure(coven, [['JID Visibility', 'jid-hidden']]);
    expect((await jidsOf(coven))[0]?.[1]).toBe('');
    const { results } = await search(coven, coven.owner, query());
    expect(serialize(results[0]!.message)).not.toContain(coven.toad.bare);
  });
});

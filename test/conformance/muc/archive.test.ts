/**
 * Rows MUC-18 to MUC-20 of the conformance map: one archive, and a form of it for each kind of people.
 * Tests what an occupant and a participant are given for the same question.
 * Does not test paging (test/conformance/mam/).
 * Always: from outside: stanzas in, stanzas out.
 * Before: test/conformance/muc/talk.test.ts. After: test/conformance/muc/changes.test.ts.
 */
import { expect, test } from 'vitest';
import { memoryStore } from '../../../src/storage/memory.ts';
import type { Store } from '../../../src/storage/store.ts';
import { elements, text, type XmlElement } from '../../../src/xml/element.ts';
import { coven, find, form, node, play, publish, xml, type Person, type Scene } from '../admin/kit.ts';
import { comesIn, goes, MUC, says, sends, USER } from './kit.ts';

const MAM = 'urn:xmpp:mam:2';

/** The messages in an archive's answer. */
async function asked(
  scene: Scene,
  who: Person,
  channel: string,
  fields: Readonly<Record<string, string>> = {},
): Promise<readonly { readonly id: string; readonly message: XmlElement }[]> {
  const before = who.player.received.length;
  const inForm = Object.entries({ FORM_TYPE: MAM, ...fields })
    .map(([name, value]) => `<field var='${name}'><value>${value}</value></field>`)
    .join('');
  await scene.result(
    who,
    'set',
    channel,
    `<query xmlns='${MAM}'><x xmlns='jabber:x:data' type='submit'>${inForm}</x></query>`,
  );
  return who.player.received.slice(before).flatMap((stanza) => {
    const result = find(stanza, 'result', MAM);
    const message = result && find(result, 'message');
    return message === undefined ? [] : [{ id: result?.attrs['id'] ?? '', message }];
  });
}

const bodyOf = (message: XmlElement): string => text(find(message, 'body')!);

test(
  'MUC-18, MUC-19, MUC-20: the same ids in the same order, in the form of the asker',
  play(async (scene) => {
    const { one, channel } = await coven(scene);
    const guest = await scene.enter('guest');
    const twin = await scene.enter('guest', 'guest.example', 'second');
    await comesIn(scene, guest, channel, 'guest');
    await scene.say(one, channel, '<body>first</body>');
    const forged = `<x xmlns='${USER}'><item jid='forged@x.example'/></x>`;
    await says(scene, guest, channel, `<body>second</body>${forged}`);
    const [mine, theirs, others] = [
      await asked(scene, guest, channel),
      await asked(scene, one, channel),
      await asked(scene, twin, channel),
    ];
    expect(mine.map(({ id }) => id)).toEqual(theirs.map(({ id }) => id));
    expect(mine.map(({ message }) => [bodyOf(message), message.attrs])).toEqual([
      ['first', { type: 'groupchat', from: `${channel}/Witch`, id: mine[0]?.id }],
      ['second', { type: 'groupchat', from: `${channel}/guest`, id: mine[1]?.id }],
    ]);
    for (const { message } of mine) {
      expect(xml(message)).not.toMatch(/urn:xmpp:mix|forged/);
      expect(find(message, 'occupant-id')?.attrs['id']).toMatch(/^[a-z2-7]{26}$/);
    }
    expect(theirs.map(({ message }) => message.attrs['from'])).toEqual([
      `${channel}/${one.id}`,
      `${channel}/${guest.id}`,
    ]);
    // Another client of the same account, which is no occupant, gets the other form.
    expect(others.map(({ message }) => xml(message))).toEqual(theirs.map(({ message }) => xml(message)));
  }),
);

test(
  'MUC-20: an occupant may ask for what somebody of a nick has said',
  play(async (scene) => {
    const { one, channel } = await coven(scene);
    const guest = await scene.enter('guest');
    await comesIn(scene, guest, channel, 'guest');
    await scene.say(one, channel, '<body>first</body>');
    await says(scene, guest, channel, '<body>second</body>');
    const of = async (by: string): Promise<string[]> =>
      (await asked(scene, guest, channel, { with: by })).map(({ message }) => bodyOf(message));
    expect(await of(`${channel}/Witch`)).toEqual(['first']);
    expect(await of(`${channel}/guest`)).toEqual(['second']);
    expect(await of(`${channel}/${one.id}`)).toEqual(['first']);
    expect(await of(`${channel}/nobody`)).toEqual([]);
    expect(await of(one.bare)).toEqual([]);
  }),
);

test(
  'MUC-20: where addresses are shown an archived message has that of its sender, as long as they are',
  play(async (scene) => {
    const { one, owner, channel } = await coven(scene, { 'JID Visibility': 'jid-visible' });
    const guest = await scene.enter('guest');
    await comesIn(scene, guest, channel, 'guest');
    await scene.say(one, channel, '<body>first</body>');
    const jid = async (): Promise<string | undefined> => {
      const [found] = await asked(scene, guest, channel);
      return found && find(found.message, 'item')?.attrs['jid'];
    };
    expect(await jid()).toBe(one.bare);
    await scene.configure(owner, channel, { 'JID Visibility': 'jid-hidden' });
    expect(await jid()).toBeUndefined();
    await goes(scene, guest, channel, 'guest');
    await scene.refused(guest, 'set', channel, `<query xmlns='${MAM}'/>`, 'forbidden/auth');
  }),
);

test(
  'MUC-19: a tombstone is one in the words of rooms',
  play(async (scene) => {
    const { one, channel } = await coven(scene, { 'User Message Retraction': 'true' });
    const guest = await scene.enter('guest');
    await comesIn(scene, guest, channel, 'guest');
    const [mine] = (await scene.say(one, channel, '<body>oops</body>'))['witch'] ?? [];
    await scene.say(one, channel, `<retract xmlns='urn:xmpp:mix:misc:0' id='${mine?.attrs['id'] ?? ''}'/>`);
    const [tombstone] = await asked(scene, guest, channel);
    expect(elements(tombstone!.message).map(({ ns, name }) => `${name} ${ns}`)).toEqual([
      'retracted urn:xmpp:message-retract:1',
      'stanza-id urn:xmpp:sid:0',
      'occupant-id urn:xmpp:occupant-id:0',
    ]);
  }),
);

/** A store whose archive answers when the test says so, each question in its turn. */
function slowArchive(): { readonly store: Store; readonly answer: () => void } {
  const store = memoryStore();
  const waiting: (() => void)[] = [];
  const ask = store.archive.bind(store);
  const archive: Store['archive'] = async (...query) => {
    const found = await ask(...query);
    await new Promise<void>((resolve) => waiting.push(resolve));
    return found;
  };
  return { store: Object.assign(store, { archive }), answer: () => waiting.shift()?.() };
}

test('LEAK-26: a page that was asked for while addresses were shown, and comes when they are not, shows none', async () => {
  const { store, answer } = slowArchive();
  await play(
    async (scene) => {
      const { owner, one, two, channel } = await coven(scene, { 'JID Visibility': 'jid-visible' });
      const guest = await scene.enter('guest');
      const late = await scene.enter('late');
      await comesIn(scene, guest, channel, 'guest');
      await scene.say(one, channel, '<body>Hail</body>');
      for (const asker of [two, guest])
        await sends(scene, asker, `<iq type='set' id='q' to='${channel}'><query xmlns='${MAM}'/></iq>`);
      // Somebody enters, whose history is waited for: what comes after has to wait in the channel's line.
      const entry = `<presence to='${channel}/late'><x xmlns='${MUC}'/></presence>`;
      await sends(scene, late, entry);
      const hide = publish(node('config'), form({ 'JID Visibility': 'jid-hidden' }));
      await sends(scene, owner, `<iq type='set' id='h' to='${channel}'>${hide}</iq>`);
      const before = [two, guest].map(({ player }) => player.received.length);
      for (let questions = 0; questions < 3; questions += 1) {
        answer();
        await scene.stage.settle();
      }
      for (const [at, { player }] of [two, guest].entries()) {
        const pages = player.received.slice(before[at]).map(xml).join('');
        expect(pages).toContain('Hail');
        expect(pages).not.toContain(one.bare);
      }
    },
    { store },
  )();
});

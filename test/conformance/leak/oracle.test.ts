/**
 * LEAK-04, LEAK-33: nothing that one can ask tells whether somebody takes part.
 * Asks about a participant, about somebody who has left, and about a stranger, and compares the answers to the byte; and
 * plays the same story in two worlds that differ only in who hides behind the nick.
 * Does not look for addresses in answers: there the question itself names them.
 * Before: test/conformance/leak/kit.ts. After: test/conformance/leak/errors.test.ts.
 */
import { describe, expect, test } from 'vitest';
import { appearAs, closeWorlds, DOMAIN, form, hide, HIDING, joinXml, openWorld, type Person } from './kit.ts';

closeWorlds();

const MAM = 'urn:xmpp:mam:2';
const CORE = 'urn:xmpp:mix:core:1';
const PUBSUB = 'http://jabber.org/protocol/pubsub';

/** Everything that reaches the asker while it does this, without the ids of the requests. */
async function heardWhile(asker: Person, ask: () => Promise<unknown>): Promise<string> {
  const log = (): readonly string[] => asker.world.logs.get(asker.bare) ?? [];
  const before = log().length;
  await ask();
  return log()
    .slice(before)
    .join('\n')
    .replaceAll(/\bid="ask-\d+"/g, 'id=""');
}

describe.each(HIDING)('in %s', (mode) => {
  test('LEAK-04: the archive answers a search by address alike for a participant and a stranger', async () => {
    const { world, owner, one, two, outsider, channel } = await hide(mode, {
      'Messages Node Subscription': 'anyone',
    });
    const [shown, left] = [await world.person('shown'), await world.person('left')];
    await shown.join(channel, {
      preferences: { 'JID Visibility': mode === 'jid-hidden' ? 'prefer' : 'always' },
    });
    await left.join(channel);
    for (const person of [one, shown, left]) await person.post(channel, '<body>Double</body>');
    await left.leave(channel);
    const id = (await one.post(channel, '<body>Trouble</body>')).attrs['id'] ?? '';
    const stranger = 'stranger-7x7x@nowhere.example';
    const about = [
      one.bare,
      one.full,
      shown.bare,
      left.bare,
      one.home,
      stranger,
      `${stranger}/client`,
      'nowhere.example',
    ];
    const more: readonly Readonly<Record<string, string>>[] = [
      {},
      { start: '2020-01-01T00:00:00Z', end: '2030-01-01T00:00:00Z' },
      { 'after-id': id },
      { ids: id },
    ];
    for (const asker of [two, outsider, owner])
      for (const filters of more) {
        const answers = new Set<string>();
        for (const jid of about)
          answers.add(
            await heardWhile(asker, () => asker.history(channel, { FORM_TYPE: MAM, with: jid, ...filters })),
          );
        expect([...answers]).toHaveLength(1);
        expect([...answers][0]).toContain('complete="true"');
        expect([...answers][0]).not.toContain('<result');
      }
  });

  test('LEAK-33: what is asked with an address of a participant is answered as for a stranger', async () => {
    const { world, one, two, outsider, channel } = await hide(mode, {
      'Participation Addition by Invitation from Participant': 'true',
      'Information Node Update Rights': 'participants',
    });
    const left = await world.person('left');
    await left.join(channel);
    await left.leave(channel);
    await appearAs(one, two, channel);
    world.mark();
    const others = { participant: one, departed: left, stranger: { bare: 'stranger-7x7x@nowhere.example' } };
    const questions: readonly ((asker: Person, jid: string) => Promise<unknown>)[] = [
      (asker, jid) =>
        asker.ask('set', channel, `<invite xmlns='urn:xmpp:mix:misc:0'><invitee>${jid}</invitee></invite>`),
      (asker, jid) => asker.publish(channel, 'info', `<item>${form(CORE, { Contact: jid })}</item>`),
      (asker, jid) => asker.publish(channel, 'banned', `<item id='${jid}'/>`),
      (asker, jid) => asker.publish(channel, 'allowed', `<item id='${jid}'/>`),
      (asker, jid) =>
        asker.ask(
          'set',
          channel,
          `<pubsub xmlns='${PUBSUB}'><retract node='urn:xmpp:mix:nodes:banned'><item id='${jid}'/></retract></pubsub>`,
        ),
      (asker, jid) => asker.configure(channel, { Owner: [asker.bare, jid] }),
      (asker, jid) => asker.items(channel, 'jidmap', `<item id='${jid}'/>`),
      (asker, jid) => asker.items(channel, 'participants', `<item id='${jid}'/>`),
      (asker, jid) =>
        asker.ask(
          'set',
          channel,
          `<pubsub xmlns='${PUBSUB}'><subscribe node='urn:xmpp:mix:nodes:messages' jid='${jid}'/></pubsub>`,
        ),
      (asker, jid) =>
        asker.ask(
          'set',
          channel,
          `<pubsub xmlns='${PUBSUB}'><unsubscribe node='urn:xmpp:mix:nodes:messages' jid='${jid}'/></pubsub>`,
        ),
      (asker, jid) => asker.say('chat', `${jid.replace('@', '\\40')}#${channel}`, '<body>Psst</body>'),
      (asker, jid) => asker.say('chat', `${jid.split('@')[0] ?? ''}@${DOMAIN}`, '<body>Psst</body>'),
      (asker, jid) =>
        asker.say('groupchat', channel, `<body>x</body><reply xmlns='urn:xmpp:reply:0' id='1' to='${jid}'/>`),
      (asker, jid) =>
        asker.say(
          'groupchat',
          channel,
          `<body>x</body><reference xmlns='urn:xmpp:reference:0' type='mention' uri='xmpp:${jid}'/>`,
        ),
      (asker, jid) =>
        asker.say('groupchat', channel, `<body>x</body><x xmlns='urn:test' jid='${jid}'>xmpp:${jid}</x>`),
      (asker, jid) =>
        asker.ask(
          'set',
          DOMAIN,
          `<register xmlns='urn:xmpp:mix:misc:0'><nick>${asker.player.name} ${jid.replace('@', ' at ')}</nick></register>`,
        ),
      (asker, jid) =>
        asker.ask('get', channel, `<query xmlns='http://jabber.org/protocol/disco#info' node='${jid}'/>`),
      (asker, jid) =>
        asker.ask(
          'set',
          channel,
          joinXml({ nick: 'again', nodes: ['messages'] }).replace(
            '</join>',
            `<invitation xmlns='urn:xmpp:mix:misc:0'><inviter>${jid}</inviter><invitee>${asker.bare}</invitee><channel>${channel}</channel><token>nosuch</token></invitation></join>`,
          ),
        ),
    ];
    for (const asker of [two, outsider])
      for (const [at, question] of questions.entries()) {
        const answers = new Map<string, string>();
        for (const [who, { bare: jid }] of Object.entries(others)) {
          const heard = await heardWhile(asker, () => question(asker, jid));
          // What is random, counts up, or repeats the question differs without telling anything.
          const same = heard
            .replaceAll(jid, 'JID')
            .replaceAll(jid.replace('@', '\\40'), 'JID')
            .replaceAll(jid.replace('@', ' at '), 'JID')
            .replaceAll(jid.split('@')[0] ?? '', 'NAME')
            .replaceAll(/\bid="(?:[a-z2-7]{26}|[\d-]+T[\d:.]+Z)"/g, 'id=""')
            .replaceAll(/<token[^>]*>[^<]*</g, '<token><');
          answers.set(who, same);
        }
        expect(
          new Set(answers.values()).size,
          `question ${at}: ${JSON.stringify([...answers], undefined, 1)}`,
        ).toBe(1);
        await asker.leave(channel);
        if (asker === two) await two.join(channel);
      }
    // The askers have typed these addresses themselves, and some of the questions show others what was typed.
    world.scanner.leaks.splice(0);
  });
});

test('LEAK-33: in two worlds that differ only in who is behind a nick, the others receive the same bytes', async () => {
  const heard: string[][] = [];
  for (const isOther of [false, true]) {
    const world = await openWorld({ seed: 'two worlds' });
    const [owner, a, b, two, outsider] = (await world.cast('owner', 'ann', 'bea', 'two', 'outsider')) as [
      Person,
      Person,
      Person,
      Person,
      Person,
    ];
    const [hidden, known] = isOther ? [b, a] : [a, b];
    const channel = await owner.create('coven', {
      'Participants Node Subscription': 'anyone',
      'Messages Node Subscription': 'anyone',
      'Participation Addition by Invitation from Participant': 'true',
    });
    await two.join(channel);
    for (const node of ['participants', 'messages']) await outsider.subscribe(channel, node);
    const id = await hidden.join(channel, { nick: 'Mask' });
    const from = await appearAs(hidden, two, channel, '<show>away</show>');
    await hidden.post(channel, `<body>Double</body><x xmlns='urn:test' jid='${hidden.full}'/>`);
    const own = two.heard('presence').length;
    await hidden.say('chat', `${await two.join(channel)}#${channel}`, '<body>Psst</body>');
    expect(own).toBeGreaterThan(0);
    // The same questions about the same two addresses in both worlds.
    for (const asker of [two, outsider])
      for (const { bare } of [a, b]) {
        await asker.history(channel, { FORM_TYPE: MAM, with: bare });
        await asker.ask(
          'set',
          channel,
          `<invite xmlns='urn:xmpp:mix:misc:0'><invitee>${bare}</invitee></invite>`,
        );
        await asker.items(channel, 'jidmap', `<item id='${bare}'/>`);
        await asker.say(
          'groupchat',
          channel,
          `<body>x</body><reply xmlns='urn:xmpp:reply:0' id='1' to='${bare}'/>`,
        );
        await asker.participants(channel);
      }
    await two.say('chat', from, '<body>What?</body>');
    await hidden.ask('set', channel, `<setnick xmlns='${CORE}'><nick/></setnick>`);
    await hidden.disappear(channel);
    await hidden.leave(channel);
    await owner.publish(channel, 'banned', `<item id='${id}#${channel}'/>`);
    await two.history(channel);
    expect(known.news).toEqual([]);
    heard.push([two, outsider].map(({ bare }) => (world.logs.get(bare) ?? []).join('\n')));
  }
  expect(heard[0]!.join().length).toBeGreaterThan(5_000);
  expect(heard[0]).toEqual(heard[1]);
});

/**
 * LEAK-08 to LEAK-12: what private messages, relayed requests and discovery give away.
 * Lets the other side answer as badly as it can, and looks at what arrives.
 * Does not look at what may be asked at all (test/conformance/anon/private-messages.test.ts, the presence family).
 * Before: test/conformance/leak/kit.ts. After: test/conformance/leak/nodes.test.ts.
 */
import { describe, expect, test } from 'vitest';
import {
  appearAs,
  closeWorlds,
  expectAre,
  expectIs,
  expectRefused,
  find,
  hide,
  HIDING,
  xml,
  type Person,
  type Scene,
} from './kit.ts';

closeWorlds();

const INFO = 'http://jabber.org/protocol/disco#info';
const ITEMS = 'http://jabber.org/protocol/disco#items';
const STANZAS = 'urn:ietf:params:xml:ns:xmpp-stanzas';

interface Seen extends Scene {
  readonly oneSeen: string;
  readonly twoSeen: string;
}

async function meet(mode: string): Promise<Seen> {
  const scene = await hide(mode);
  const oneSeen = await appearAs(scene.one, scene.two, scene.channel);
  const twoSeen = await appearAs(scene.two, scene.one, scene.channel);
  scene.world.mark();
  return { ...scene, oneSeen, twoSeen };
}

/** `asker` asks; `target` answers with that; what the asker gets. */
async function relayed(
  asker: Person,
  question: string,
  at: string,
  target: Person,
  answer: string,
  type = 'result',
) {
  target.world.mark();
  await asker.send(`<iq type='get' id='q-1' to='${at}'>${question}</iq>`);
  const request = target.heard('iq')[0];
  if (request === undefined) throw new Error('the question did not arrive');
  await target.send(
    `<iq type='${type}' id='${request.attrs['id'] ?? ''}' to='${request.attrs['from'] ?? ''}'>${answer}</iq>`,
  );
  const answers = asker.heard('iq').filter(({ attrs }) => attrs['id'] === 'q-1');
  expect(answers).toHaveLength(1);
  return { request, answer: answers[0]! };
}

describe.each(HIDING)('in %s', (mode) => {
  test('LEAK-08: private messages, their errors and stale addresses show encoded addresses only', async () => {
    const { world, one, two, channel, oneId, twoId, oneSeen, twoSeen } = await meet(mode);
    await one.say('chat', `${twoId}#${channel}`, '<body>a</body>');
    await two.say('chat', oneSeen, '<body>b</body>');
    await one.say('normal', twoSeen, `<body>c</body><x xmlns='urn:test' of='${one.full}'/>`);
    expect(two.news.map(({ attrs }) => attrs['from'])).toEqual([oneSeen, oneSeen]);
    expect(one.news.map(({ attrs }) => attrs['from'])).toEqual([twoSeen]);
    await two.disappear(channel);
    await one.say('chat', twoSeen, '<body>d</body>');
    world.stage.powers.bounceFor(two.player);
    world.mark();
    for (const to of [`${twoId}#${channel}`, twoSeen]) {
      await one.send(`<message type='chat' id='pm-1' to='${to}'><body>e</body></message>`);
      const from = one.news.at(-1)?.attrs['from'] ?? '';
      expect([`${twoId}#${channel}`, twoSeen]).toContain(from);
      expectIs(
        one.news.at(-1),
        `<message type='error' id='pm-1' from='${from}' to='${one.full}'><error type='cancel'><service-unavailable xmlns='${STANZAS}'/></error></message>`,
      );
    }
    await one.disappear(channel);
    await two.say('chat', oneSeen, '<body>f</body>');
    await two.say('chat', `${oneId}#${channel}/nosuch`, '<body>g</body>');
    world.expectUnknown(one, two);
    world.expectUnknown(two, one);
  });

  test('LEAK-09: a relayed question shows its target the encoded address of the asker, and another id', async () => {
    const { world, one, two, channel, oneId, oneSeen, twoSeen } = await meet(mode);
    await one.send(`<iq type='get' id='${one.resource}-1' to='${twoSeen}'><query xmlns='${INFO}'/></iq>`);
    const id = two.news[0]?.attrs['id'] ?? '';
    expectAre(two.news, [
      `<iq type='get' id='${id}' from='${oneSeen}' to='${two.full}'><query xmlns='${INFO}'/></iq>`,
    ]);
    await one.disappear(channel);
    world.mark();
    await one.send(`<iq type='get' id='q-2' to='${twoSeen}'><ping xmlns='urn:xmpp:ping'/></iq>`);
    const from = two.heard('iq').at(-1)?.attrs['from'] ?? '';
    expect(from).toMatch(new RegExp(`^${oneId}#${channel}/[a-z0-9]+$`));
    world.expectUnknown(one, two);
  });

  test('LEAK-10: questions whose answers name people are not passed on, nor are such answers to others', async () => {
    const { world, one, two, channel, oneId, oneSeen } = await meet(mode);
    const naming = [
      `<query xmlns='${ITEMS}'><item jid='${one.full}'/><item jid='${one.bare}' node='urn:xmpp:avatar:data'/></query>`,
      `<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:avatar:metadata'><item id='a' publisher='${one.full}'/></items></pubsub>`,
      `<query xmlns='jabber:iq:roster'><item jid='${one.bare}'/></query>`,
      `<query xmlns='jabber:iq:last' seconds='5'>${one.full}</query>`,
      `<vCard xmlns='vcard-temp'><JABBERID>${one.bare}</JABBERID></vCard>`,
    ];
    for (const payload of naming) {
      const question = payload.replace(/>.*/s, '/>').replace('//', '/');
      for (const to of [oneSeen, `${oneId}#${channel}`])
        expectRefused(await two.ask('get', to, question), 'service-unavailable/cancel');
      world.expectSilence();
      const { answer } = await relayed(two, `<query xmlns='${INFO}'/>`, oneSeen, one, payload);
      expectRefused(answer, 'service-unavailable/cancel');
      world.mark();
    }
    const own = `<query xmlns='${INFO}' node='${one.bare}'><identity category='client' type='pc' name='${one.full}'/><feature var='urn:xmpp:ping'/></query>`;
    const { answer } = await relayed(two, `<query xmlns='${INFO}'/>`, oneSeen, one, own);
    expectIs(
      find(answer, 'query'),
      `<query xmlns='${INFO}'><identity category='client' type='pc'/><feature var='urn:xmpp:ping'/></query>`,
    );
    world.expectUnknown(one, two);
  });

  test('LEAK-10: a vCard that is passed on has no addresses of XMPP in it', async () => {
    const { world, one, two, channel, oneId } = await meet(mode);
    await one.prefer(channel, { vCard: 'allow' });
    const cards = [
      [
        `<vCard xmlns='vcard-temp'><FN>One</FN><JABBERID>${one.bare}</JABBERID><IMPP>xmpp:${one.bare}</IMPP><URL>xmpp:${one.bare}</URL><DESC> ${one.full} </DESC><EMAIL><USERID>one@mail.example</USERID></EMAIL></vCard>`,
        `<vCard xmlns='vcard-temp'><FN>One</FN><EMAIL><USERID>one@mail.example</USERID></EMAIL></vCard>`,
      ],
      [
        `<vcard xmlns='urn:ietf:params:xml:ns:vcard-4.0'><fn><text>One</text></fn><impp><uri>xmpp:${one.bare}</uri></impp></vcard>`,
        `<vcard xmlns='urn:ietf:params:xml:ns:vcard-4.0'><fn><text>One</text></fn></vcard>`,
      ],
    ] as const;
    for (const [card, passed] of cards) {
      world.stage.powers.setCard(one.player, xml(card));
      const answer = await two.ask('get', `${oneId}#${channel}`, card.replace(/>.*/s, '/>'));
      expect(answer.attrs['type']).toBe('result');
      const name = card.startsWith('<vCard') ? 'vCard' : 'vcard';
      expectIs(find(answer, name), passed);
    }
    world.expectUnknown(one, two);
  });

  test('LEAK-11: of an error to a relayed question, condition and type remain', async () => {
    const { world, one, two, oneSeen } = await meet(mode);
    const error = `<query xmlns='${INFO}' node='${one.full}'/><error type='cancel' by='${one.home}'><gone xmlns='${STANZAS}'>xmpp:${one.bare}</gone><text
      xmlns='${STANZAS}'>${one.full} has moved</text><x xmlns='urn:test' jid='${one.bare}'/></error>`;
    const { answer } = await relayed(two, `<query xmlns='${INFO}'/>`, oneSeen, one, error, 'error');
    expectIs(
      answer,
      `<iq type='error' id='q-1' from='${oneSeen}' to='${two.full}'><error type='cancel'><gone xmlns='${STANZAS}'/></error></iq>`,
    );
    world.expectUnknown(one, two);
  });

  test('LEAK-12: discovery at the channel, its nodes and its participants names no account', async () => {
    const { world, one, two, outsider, channel, oneId, oneSeen } = await meet(mode);
    for (const asker of [two, outsider])
      for (const to of [channel, `${channel}/${oneId}`, `${oneId}#${channel}`, `${oneId}#${channel}/nosuch`])
        for (const ns of [INFO, ITEMS])
          for (const node of [
            '',
            `node='mix'`,
            `node='urn:xmpp:mix:nodes:jidmap'`,
            `node='urn:xmpp:mix:nodes:participants'`,
          ])
            await asker.ask('get', to, `<query xmlns='${ns}' ${node}/>`);
    expectRefused(
      await two.ask('get', `${oneId}#${channel}`, `<query xmlns='${INFO}'/>`),
      'service-unavailable/cancel',
    );
    expectRefused(await two.ask('get', oneSeen, `<query xmlns='${ITEMS}'/>`), 'service-unavailable/cancel');
    for (const to of [`${oneId}#${channel}`, oneSeen, '999#' + channel])
      for (const ns of [INFO, ITEMS])
        expectRefused(await outsider.ask('get', to, `<query xmlns='${ns}'/>`), 'forbidden/auth');
    world.expectUnknown(one, two, outsider);
  });
});

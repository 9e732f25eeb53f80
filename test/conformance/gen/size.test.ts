/**
 * GEN-18, GEN-19: too much of it, and too fast. Stanzas come as bytes here, since the reader has limits of its own.
 */
import { describe, expect, test } from 'vitest';
import { serialize } from '../../../src/xml/write.ts';
import { all, errorOf, escaped, inside, openCoven, textsOf, type Coven, type Person } from '../pubsub/kit.ts';

/** What its sender gets for a stanza of that text. */
async function got({ world }: Coven, person: Person, text: string) {
  return world.during(person, async () => {
    world.stage.server.send(text.replace(/^<(\w+)/, `<$1 from='${escaped(person.full)}'`));
    await world.stage.settle();
  });
}

const body = (bytes: number): string => `<body>${'x'.repeat(bytes)}</body>`;
const KIB = 1_024;

describe('GEN-18: a stanza that is too large', () => {
  test('is refused alone, and the link stays up', async () => {
    const coven = await openCoven();
    const { world, channel, toad, newt } = coven;
    const to = [
      `to='${channel}' type='groupchat'`,
      `to='${newt.id}#${channel}' type='chat'`,
      `to='${channel}' type='groupchat'`,
    ];
    for (const [at, attrs] of to.entries()) {
      // The second is cut by the reader: it is larger than what is read at all.
      const size = at === 2 ? 3 * KIB * KIB : 300 * KIB;
      const heard = newt.received.length;
      const [error, second] = await got(coven, toad, `<message id='m${at}' ${attrs}>${body(size)}</message>`);
      expect(second).toBeUndefined();
      expect(error?.attrs).toEqual({
        type: 'error',
        id: `m${at}`,
        from: at === 1 ? `${newt.id}#${channel}` : channel,
        to: toad.full,
      });
      expect(errorOf(error!)).toEqual(['policy-violation', 'modify', '']);
      expect(all(error!, 'body')).toEqual([]);
      expect(newt.received).toHaveLength(heard);
    }
    const large = await got(
      coven,
      toad,
      `<message type='groupchat' to='${channel}'>${body(200 * KIB)}</message>`,
    );
    expect(large.map((stanza) => textsOf(stanza, 'body')[0]?.length)).toEqual([200 * KIB]);
    const mam = await world.query(newt, 'set', channel, `<query xmlns='urn:xmpp:mam:2'/>`);
    expect(mam.flatMap((stanza) => all(stanza, 'result'))).toHaveLength(1);
  });

  test('of any other kind as well', async () => {
    const coven = await openCoven();
    const { world, channel, toad, newt } = coven;
    const long = 'x'.repeat(300 * KIB);
    const state = await world.state();
    const heard = newt.received.length;
    for (const text of [
      `<iq type='set' id='i1' to='${channel}'><setnick xmlns='urn:xmpp:mix:core:1'><nick>${long}</nick></setnick></iq>`,
      `<iq type='get' id='i1' to='mix.example'><query xmlns='http://jabber.org/protocol/disco#info' node='${long}'/></iq>`,
      `<iq type='get' id='i1' to='${newt.id}#${channel}'><vCard xmlns='vcard-temp'>${long}</vCard></iq>`,
      `<iq type='get' id='i1' to='${channel}'><pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='${long}'/></pubsub></iq>`,
      `<presence id='i1' to='${channel}'><status>${long}</status></presence>`,
    ]) {
      const answers = await got(coven, toad, text);
      expect(answers.map((answer) => [answer.attrs['id'], ...errorOf(answer)])).toEqual([
        ['i1', 'policy-violation', 'modify', ''],
      ]);
    }
    expect(await world.state()).toBe(state);
    expect(newt.received).toHaveLength(heard);
  });

  test('PUBSUB-19: but a picture is read whole, and refused as a picture', async () => {
    const coven = await openCoven();
    const { channel, admin } = coven;
    const data = Buffer.alloc(KIB * KIB, 7).toString('base64');
    const answers = await got(
      coven,
      admin,
      `<iq type='set' id='a' to='${channel}'><pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='urn:xmpp:avatar:data'><item><data xmlns='urn:xmpp:avatar:data'>${data}</data></item></publish></pubsub></iq>`,
    );
    expect(answers.map((answer) => errorOf(answer))).toEqual([
      ['not-acceptable', 'modify', 'payload-too-big'],
    ]);
    expect(inside(answers[0]!)).not.toContain(data.slice(0, 100));
  });

  test('and one with too many parts', async () => {
    const coven = await openCoven();
    const parts = '<x xmlns="urn:x"/>'.repeat(5_000);
    const text = `<message id='p' type='groupchat' to='${coven.channel}'><body>x</body>${parts}</message>`;
    const answers = await got(coven, coven.toad, text);
    expect(answers.map((answer) => errorOf(answer))).toEqual([['policy-violation', 'modify', '']]);
  });

  test('a message with as many parts as may be goes out, and can be taken back', async () => {
    const coven = await openCoven([['User Message Retraction', 'true']]);
    const { world, channel, toad, newt } = coven;
    const attrs = Array.from({ length: 50 }, (_, at) => `a${at}='x'`).join(' ');
    const to = `type='groupchat' to='${channel}'`;
    const parts = `<x xmlns="urn:x" ${attrs}/>`.repeat(400);
    const [copy] = await world.during(newt, () =>
      got(coven, toad, `<message ${to}><body>x</body>${parts}</message>`),
    );
    expect(all(copy!, 'x')).toHaveLength(400);
    const retract = `<retract xmlns='urn:xmpp:message-retract:1' id='${copy!.attrs['id'] ?? ''}'/>`;
    const again = await got(coven, toad, `<message ${to} id='r'>${retract}</message>`);
    expect(again.map(({ attrs }) => attrs['type'])).toEqual(['groupchat']);
    // One to one, it arrives as well.
    const many = '<x xmlns="urn:x"/>'.repeat(3_500);
    const [single] = await world.during(newt, () =>
      got(coven, toad, `<message type='chat' to='${newt.id}#${channel}'><body>x</body>${many}</message>`),
    );
    expect(all(single!, 'x')).toHaveLength(3_500);
  });
});

test('GEN-19: who sends too fast is told so for each stanza that is not taken, and the others are', async () => {
  const { world, channel, toad, newt } = await openCoven();
  const heard = newt.received.length;
  const before = toad.received.length;
  for (let at = 0; at < 500; at++)
    world.stage.send(toad, {
      name: 'message',
      ns: 'jabber:client',
      attrs: { type: 'groupchat', to: channel, id: `m${at}` },
      children: [{ name: 'body', ns: 'jabber:client', attrs: {}, children: [`${at}`] }],
    });
  await world.stage.settle();
  const mine = toad.received.slice(before);
  const errors = mine.filter(({ attrs }) => attrs['type'] === 'error');
  expect(errors.length).toBeGreaterThan(0);
  for (const error of errors) expect(errorOf(error)).toEqual(['resource-constraint', 'wait', '']);
  const refused = new Set(errors.map(({ attrs }) => Number(attrs['id']?.slice(1))));
  const taken = Array.from({ length: 500 }, (_, at) => at).filter((at) => !refused.has(at));
  const texts = newt.received.slice(heard).map((stanza) => Number(textsOf(stanza, 'body')[0]));
  expect(texts).toEqual(taken);
  expect(mine.length).toBe(500);
  // The others are not held up, nor is the sender when a moment has passed.
  await world.result(newt, 'get', channel, `<ping xmlns='urn:xmpp:ping'/>`);
  await world.pass(1_000);
  await world.result(toad, 'get', 'mix.example', `<ping xmlns='urn:xmpp:ping'/>`);
  expect(serialize(errors[0]!)).not.toContain('<body');
});

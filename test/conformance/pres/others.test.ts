/** XEP-0403 §4.3 and §5, D-54: starts, ghosts, and presence that does not belong into a channel. */
import { expect, test } from 'vitest';
import { openSqlite } from '../../../src/storage/sqlite/sqlite.ts';
import type { XmlElement } from '../../../src/xml/element.ts';
import {
  config,
  configure,
  itemsOf,
  refusal,
  say,
  SVC,
  world,
  type Person,
  type World,
} from '../core/kit.ts';

const PRESENCE = 'urn:xmpp:mix:presence:0';
const ANON = 'urn:xmpp:mix:anon:0';
const CONFIRM_MS = 60_000;
const fromOf = (stanza: XmlElement | undefined) => stanza?.attrs['from'] ?? '';
const prefer = (who: Person, channel: string, presence: string) =>
  who.set(
    channel,
    `<user-preference xmlns="${ANON}">${config({ Presence: presence }, ANON)}</user-preference>`,
  );

async function scene(): Promise<{
  w: World;
  coven: string;
  owner: Person;
  u1: Person;
  u2: Person;
  x: Person;
  id1: string;
}> {
  const w = await world({ store: openSqlite(':memory:') });
  const [owner, u1, u2, x] = [w.person('owner'), w.person('u1'), w.person('u2'), w.person('x')];
  const coven = await w.create(owner);
  const id1 = await u1.joined(coven, 'u1', []);
  await u2.join(coven, 'u2', ['presence']);
  await w.calm();
  return { w, coven, owner, u1, u2, x, id1 };
}

test('PRES-12: a stranger’s presence is refused, and shown to nobody', async () => {
  const { w, coven, owner, x } = await scene();
  for (const who of [x, owner]) {
    who.send(`<presence id="p" to="${coven}"/>`);
    const [answer, ...others] = await who.took();
    expect([answer?.name, refusal(answer), others]).toEqual(['presence', 'forbidden/auth', []]);
    expect(answer?.attrs).toEqual({ type: 'error', id: 'p', from: coven, to: who.full });
    who.send(`<presence type="unavailable" to="${coven}"/>`);
    who.send(`<presence to="${coven}"/>`, who.bare);
    who.send(`<presence type="error" to="${coven}"/>`);
  }
  x.send(`<presence to="nochannel@${SVC}"/>`);
  await w.quiet();
});

test('PRES-23, PRES-24: at its start the channel asks those who share, and nobody else', async () => {
  const { w, coven, u1, u2 } = await scene();
  const u3 = w.person('u3');
  await u3.join(coven, 'u3', ['messages']);
  await prefer(u1, coven, 'not share');
  await w.calm();
  await w.stage.powers.restart();
  const probe = (to: Person) => `<presence type="probe" from="${coven}" to="${to.bare}"/>`;
  say(await u2.took(), probe(u2));
  say(await u3.took(), probe(u3));
  await w.quiet();
});

test('PRES-24, D-12: where presence must be given, who did not want to is asked only when it has been given', async () => {
  const { w, coven, owner, u1, u2 } = await scene();
  await prefer(u1, coven, 'not share');
  await owner.set(coven, configure({ 'Participants Must Provide Presence': 'true' }));
  await w.quiet();
  await w.stage.powers.restart();
  expect((await u2.took()).map(({ attrs }) => attrs['type'])).toEqual(['probe']);
  await w.quiet();
  u1.send(`<presence to="${coven}"/>`);
  expect(await u2.took()).toHaveLength(1);
  await w.stage.powers.restart();
  say(await u1.took(), `<presence type="probe" from="${coven}" to="${u1.bare}"/>`);
});

test('PRES-25: whoever says nothing after a start is a ghost, and goes', async () => {
  const { w, coven, u1, u2, id1 } = await scene();
  const phone = u1.client('phone');
  u1.send(`<presence to="${coven}"/>`);
  u1.send(`<presence to="${coven}"/>`, phone);
  const [home, other] = (await u2.took()).map(fromOf);
  expect(home).toContain(id1);
  await w.stage.powers.restart();
  await w.calm();
  // What is there says so again; what is not cannot.
  u1.send(`<presence to="${coven}"/>`, phone);
  await w.stage.settle();
  await w.calm();
  await w.stage.powers.pass(CONFIRM_MS / 2);
  await w.quiet();
  await w.stage.powers.pass(CONFIRM_MS / 2 + 1);
  say(
    await u2.took(),
    `<presence type="unavailable" from="${home}" to="${u2.bare}"><mix xmlns="${PRESENCE}"><nick>u1</nick></mix></presence>`,
  );
  u2.send(`<presence to="${coven}"/>`, u2.bare);
  expect((await u2.took()).map(fromOf)).toEqual([other]);
});

test('PRES-27: requests for a subscription are answered, and change nothing', async () => {
  const { w, coven, owner, u1, u2, x, id1 } = await scene();
  u1.send(`<presence type="subscribe" to="${coven}"/>`, u1.bare);
  say(await u1.took(), `<presence type="subscribed" from="${coven}" to="${u1.bare}"/>`);
  for (const who of [x, owner]) {
    who.send(`<presence type="subscribe" to="${coven}"/>`, who.bare);
    say(await who.took(), `<presence type="unsubscribed" from="${coven}" to="${who.bare}"/>`);
  }
  for (const who of [u1, x])
    for (const type of ['subscribed', 'unsubscribe', 'unsubscribed', 'probe', 'error', 'nonsense']) {
      who.send(`<presence type="${type}" to="${coven}"/>`, who.bare);
      who.send(`<presence type="${type}" to="${coven}"/>`);
    }
  await w.quiet();
  const items = JSON.stringify(await u2.get(coven, itemsOf('participants')));
  expect(items.match(/"participant"/g)).toHaveLength(2);
  expect(items).toContain(id1);
});

test('PRES-28: presence to a participant ends at the channel', async () => {
  const { w, coven, u1, u2, x, id1 } = await scene();
  u1.send(`<presence to="${coven}"/>`);
  const [shown] = await u2.took();
  for (const to of [`${id1}#${coven}`, fromOf(shown), `nobody#${coven}`, `${id1}#nochannel@${SVC}`]) {
    for (const who of [u2, x]) {
      for (const type of ['', 'unavailable', 'subscribed', 'unsubscribe', 'unsubscribed', 'probe', 'error'])
        who.send(`<presence${type === '' ? '' : ` type="${type}"`} to="${to}"/>`);
      await w.quiet();
      who.send(`<presence type="subscribe" to="${to}"/>`, who.bare);
      say(await who.took(), `<presence type="unsubscribed" from="${to}" to="${who.bare}"/>`);
    }
  }
  await w.quiet();
});

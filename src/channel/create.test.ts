/** The beginning and the end of a channel, its lists, its subscriptions and its messages. */
import { describe, expect, test } from 'vitest';
import { Stage, jid, plain, told } from '../testing/rules-kit.ts';
import type { Group, Node } from '../storage/facts.ts';
import { configure, type ConfigChange } from './configure.ts';
import { create, destroy, expire } from './create.ts';
import { newAnonymousResource, newArchiveId, newChannelName, newNick, newParticipantId } from './ids.ts';
import { leave } from './leave.ts';
import { admit, dismiss } from './lists.ts';
import { post } from './post.ts';
import { grantable, refusalOf, subscribe, unsubscribe } from './subscription.ts';
import type { Turn } from './turn.ts';

const OWNER = jid('owner@shakespeare.example/phone');
const ADMIN = jid('admin@shakespeare.example');
const MEMBER = jid('member@shakespeare.example/client');
const GUEST = jid('guest@dunsinane.example');
const STRANGER = jid('stranger@cawdor.example');

describe('a new channel', () => {
  test('D-03, CORE-93, CORE-94, ADM-16, ADM-17: hides addresses, belongs to its creator, and is empty', () => {
    const { channel } = new Stage().create(OWNER);
    expect(channel.config!.mode).toBe('jid-hidden');
    expect(plain(channel.config!.owners)).toEqual([OWNER.bare.toString()]);
    expect(channel.config!.administrators).toEqual([]);
    expect(channel.participants.size).toBe(0);
    expect(channel.version).toBe(1);
  });

  test('D-68: is open: it has no allowed node', () => {
    expect(new Stage().create(OWNER).channel.config!.nodesPresent).toEqual([
      ...['participants', 'presence', 'info', 'banned', 'avatar-data', 'avatar-metadata'],
    ]);
  });

  test('D-66, CORE-92: is not made twice, not even by its owner, nor after its destruction', () => {
    const stage = new Stage().create(OWNER);
    const again = (turn: Turn): void => create(turn, OWNER, true, {});
    expect(stage.refusal(again)).toBe('conflict');
    stage.run((turn) => destroy(turn, OWNER));
    expect(stage.refusal(again)).toBe('conflict');
  });

  test.each<ConfigChange>([
    { owners: [] },
    { nodesPresent: [] },
    { endOfLife: 5 },
    { bannedSubscription: 'participants' },
  ])('CORE-95: is not made with %j', (change) => {
    expect(new Stage().refusal((turn) => create(turn, OWNER, true, change))).toBe('not-acceptable');
  });
});

describe('the end of a channel', () => {
  function scene(change: ConfigChange = {}): Stage {
    const stage = new Stage().create(OWNER, change);
    stage.join(MEMBER);
    stage.appear(MEMBER);
    return stage;
  }

  test('CORE-97, CORE-98, D-67: everybody goes, then every node, and nothing works any more', () => {
    const stage = scene();
    const { notices } = stage.run((turn) => destroy(turn, OWNER));
    expect(told(notices)).toEqual([
      'presence > presence',
      ...['node-gone > messages', 'node-gone > participants', 'node-gone > info'],
    ]);
    expect(stage.channel.exists).toBe(false);
    expect(stage.refusal((turn) => destroy(turn, OWNER))).toBe('item-not-found');
    expect(stage.refusal((turn) => configure(turn, OWNER, {}))).toBe('item-not-found');
    expect(
      stage.refusal((turn) => post(turn, MEMBER, { payload: '', originalId: undefined, isKept: true })),
    ).toBe('item-not-found');
    expect(stage.refusal(() => stage.join(STRANGER))).toBe('item-not-found');
  });

  test('CORE-97: is brought about by owners only', () => {
    const stage = scene({ administrators: [ADMIN] });
    for (const asker of [ADMIN, MEMBER, STRANGER])
      expect(stage.refusal((turn) => destroy(turn, asker))).toBe('forbidden');
    expect(new Stage().refusal((turn) => destroy(turn, OWNER))).toBe('item-not-found');
  });

  test('CORE-99: comes with its end of life, not before, and once', () => {
    const stage = new Stage();
    const endOfLife = stage.now + 2000;
    stage.create(OWNER, { endOfLife });
    stage.join(MEMBER);
    stage.now = endOfLife - 1;
    expect(stage.run(expire).facts).toEqual([]);
    stage.now = endOfLife;
    expect(stage.run(expire).facts).toEqual([{ fact: 'destroyed' }]);
    expect(stage.run(expire).facts).toEqual([]);
  });

  test('CORE-100: does not come because nobody is left', () => {
    const stage = scene();
    stage.run((turn) => leave(turn, MEMBER));
    stage.now += 1e12;
    expect(stage.run(expire).facts).toEqual([]);
  });
});

describe('lists', () => {
  function scene(change: ConfigChange = {}): Stage {
    const stage = new Stage().create(OWNER, {
      nodesPresent: ['participants', 'presence', 'info', 'allowed', 'banned'],
      administrators: [ADMIN],
      ...change,
    });
    stage.run((turn) => admit(turn, 'allowed', jid('shakespeare.example')));
    stage.run((turn) => admit(turn, 'allowed', GUEST));
    for (const node of ['allowed', 'banned'] as const) stage.run((turn) => subscribe(turn, ADMIN, node));
    return stage;
  }

  test('ADM-47, ADM-48, ADM-52: an entry comes and goes once, and is told each time', () => {
    const stage = scene();
    const add = () => stage.run((turn) => admit(turn, 'banned', STRANGER));
    const take = () => stage.run((turn) => dismiss(turn, 'banned', STRANGER));
    expect(told(add().notices)).toEqual(['listed > banned']);
    expect(add().facts).toEqual([]);
    expect(told(take().notices)).toEqual(['unlisted > banned']);
    expect(take().facts).toEqual([]);
  });

  test('ADM-49, PRES-17: a ban removes those whom it reaches, from everything', () => {
    const stage = scene();
    stage.join(MEMBER);
    stage.appear(MEMBER);
    const id = stage.id(MEMBER);
    const { facts, notices } = stage.run((turn) => admit(turn, 'banned', jid('shakespeare.example')));
    expect(facts.map(({ fact }) => fact)).toEqual(['admitted', 'absent', 'left']);
    expect(told(notices)).toEqual([
      'presence > presence',
      'presence > one',
      'participant-gone > one',
      'listed > banned',
    ]);
    expect(stage.channel.participants.has(id)).toBe(false);
    expect(stage.channel.jids.has(id)).toBe(true);
  });

  test('D-75: taking somebody off the allowed list removes nobody, but ends what was read by it alone', () => {
    const stage = scene({ informationSubscription: 'allowed' });
    stage.join(MEMBER, { nodes: ['info'] });
    stage.run((turn) => subscribe(turn, GUEST, 'info'));
    stage.run((turn) => dismiss(turn, 'allowed', jid('shakespeare.example')));
    stage.run((turn) => dismiss(turn, 'allowed', GUEST));
    expect(stage.channel.participant(MEMBER)).not.toBe(undefined);
    expect(stage.channel.subscribers.info.has(MEMBER.bare)).toBe(true);
    expect(stage.channel.subscribers.info.has(GUEST)).toBe(false);
  });

  test('a ban ends the subscriptions of outsiders too, except where anyone may read', () => {
    const stage = scene({ informationSubscription: 'allowed', messagesSubscription: 'anyone' });
    for (const node of ['info', 'messages'] as const) stage.run((turn) => subscribe(turn, GUEST, node));
    stage.run((turn) => admit(turn, 'banned', GUEST));
    expect(stage.channel.subscribers.info.has(GUEST)).toBe(false);
    expect(stage.channel.subscribers.messages.has(GUEST)).toBe(true);
  });

  test('the ban of an administrator ends what the role let it read', () => {
    const stage = scene();
    stage.run((turn) => admit(turn, 'banned', ADMIN));
    expect(stage.channel.subscribers.banned.has(ADMIN)).toBe(false);
  });
});

describe('subscriptions', () => {
  const NODES: readonly Node[] = [
    'messages',
    'participants',
    'presence',
    'info',
    'config',
    'jidmap',
    'allowed',
  ];
  const OPTIONS = {
    messages: 'messagesSubscription',
    participants: 'participantsSubscription',
    presence: 'presenceSubscription',
    info: 'informationSubscription',
    config: 'configurationAccess',
    allowed: 'allowedSubscription',
  } as const;
  const askers = { OWNER, ADMIN, MEMBER, GUEST, STRANGER };

  function scene(change: ConfigChange): Stage {
    const stage = new Stage().create(OWNER, {
      mode: 'jid-visible',
      nodesPresent: ['participants', 'presence', 'info', 'allowed', 'banned'],
      administrators: [ADMIN],
      ...change,
    });
    for (const who of [MEMBER, GUEST]) stage.run((turn) => admit(turn, 'allowed', who.bare));
    stage.join(MEMBER, { nodes: [] });
    return stage;
  }

  const cells = Object.entries(OPTIONS).flatMap(([node, option]) =>
    (
      [
        ['nobody', 'OWNER'],
        ['owners', 'OWNER'],
        ['admins', 'OWNER ADMIN'],
        ['participants', 'OWNER ADMIN MEMBER'],
        ['allowed', 'OWNER ADMIN MEMBER GUEST'],
        ['anyone', 'OWNER ADMIN MEMBER GUEST STRANGER'],
      ] as const
    ).map(([group, who]) => [option, group, who, node as Node] as [keyof ConfigChange, Group, string, Node]),
  );

  test.each(cells)('ADM-20 to ADM-26: with %s = %s those who may are: %s', (option, group, who, node) => {
    const { channel } = scene({ [option]: group });
    const may = Object.entries(askers).filter(
      ([, asker]) => refusalOf(channel, node, asker, false) === undefined,
    );
    expect(may.map(([name]) => name).join(' ')).toBe(who);
  });

  test('PUBSUB-10, PUBSUB-11, PUBSUB-12: closed, banned and unknown are told apart', () => {
    const stage = scene({ informationSubscription: 'allowed' });
    stage.run((turn) => admit(turn, 'banned', GUEST));
    const of = (node: Node | undefined, asker = GUEST) => refusalOf(stage.channel, node, asker, false);
    expect(of('jidmap')).toMatchObject({ condition: 'not-allowed', details: { pubsub: 'closed-node' } });
    expect(of('info', STRANGER)).toMatchObject({ condition: 'not-allowed' });
    expect(of(undefined)).toMatchObject({ condition: 'item-not-found' });
    expect(of('avatar-data', OWNER)).toMatchObject({ condition: 'item-not-found' });
  });

  test('CORE-55, PUBSUB-13: come and go once, for the bare address', () => {
    const stage = scene({});
    const node = 'messages';
    expect(stage.run((turn) => subscribe(turn, MEMBER, node)).facts).toHaveLength(1);
    expect(stage.run((turn) => subscribe(turn, MEMBER, node)).facts).toHaveLength(0);
    expect(stage.run((turn) => unsubscribe(turn, MEMBER.bare, node)).value).toBe(true);
    expect(stage.run((turn) => unsubscribe(turn, MEMBER, node)).value).toBe(false);
  });

  test('nothing asked for is nothing granted', () => {
    const stage = scene({});
    expect(grantable(stage.channel, MEMBER, [], false)).toEqual([]);
    expect(grantable(stage.channel, MEMBER, NODES, false)).toEqual([
      'messages',
      'participants',
      'presence',
      'info',
    ]);
  });
});

describe('a message', () => {
  const post1 = { payload: '<body>1</body>', originalId: 'x1', isKept: true };

  test('CORE-67, CORE-72, CORE-82, MAM-29: has the sender’s id, a random one of its own, and its place', () => {
    const stage = new Stage().create(OWNER);
    const { id } = stage.join(MEMBER, { nick: 'member' });
    const sent = Array.from({ length: 20 }, () => stage.run((turn) => post(turn, MEMBER, post1)).value);
    expect(new Set(sent.map((message) => message.id)).size).toBe(20);
    expect(sent.map(({ position }) => position)).toEqual(sent.map((_, at) => at + 3));
    for (const message of sent)
      expect(message).toMatchObject({ sender: id, nick: 'member', originalId: 'x1' });
  });

  test('CORE-81: needs no subscription nor presence, but participation', () => {
    const stage = new Stage().create(OWNER);
    stage.join(MEMBER, { nodes: [] });
    expect(stage.refusal((turn) => post(turn, MEMBER, post1))).toBe('accepted');
    for (const asker of [OWNER, STRANGER])
      expect(stage.refusal((turn) => post(turn, asker, post1))).toBe('forbidden');
  });

  test('MAM-36: a chat state goes out and is not kept', () => {
    const stage = new Stage().create(OWNER);
    stage.join(MEMBER);
    const { facts, notices } = stage.run((turn) => post(turn, MEMBER, { ...post1, isKept: false }));
    expect(facts).toEqual([]);
    expect(told(notices)).toEqual(['live > messages']);
  });

  test('MAM-07: times never go back, whatever the clock does', () => {
    const stage = new Stage().create(OWNER);
    stage.join(MEMBER);
    const times = [0, 5000, -9000, 10, 0].map((step) => {
      stage.now += step;
      return stage.run((turn) => post(turn, MEMBER, post1)).value.at;
    });
    expect(times.toSorted((one, other) => one - other)).toEqual(times);
  });

  test('ANON-24, D-40: in a maybe visible channel it is told as shown, and kept as not', () => {
    const stage = new Stage().create(OWNER, { mode: 'jid-maybe-visible' });
    stage.join(MEMBER, { preferences: { jidVisibility: 'always' } });
    const { value, notices } = stage.run((turn) => post(turn, MEMBER, post1));
    expect(value.shown).toBe(false);
    expect(notices).toMatchObject([{ shown: true }]);
  });
});

describe('made-up names', () => {
  const random = new Stage().random;

  test.each([
    ['participant ids', newParticipantId, 26],
    ['anonymous resources', newAnonymousResource, 16],
    ['archive ids', newArchiveId, 26],
    ['channel names', newChannelName, 26],
  ] as const)('CORE-05, CORE-90, GEN-25: %s are lower-case base32', (_, make, length) => {
    const made = Array.from({ length: 1000 }, () => make(random));
    for (const name of made) expect(name).toMatch(new RegExp(`^[a-z2-7]{${length}}$`));
    expect(new Set(made).size).toBe(1000);
  });

  test('ANON-106: nicks are letters and digits by turns, and every one of them is used', () => {
    const made = Array.from({ length: 100 }, () => newNick(random));
    for (const nick of made) expect(nick).toMatch(/^([a-z][2-9]){5}$/);
    expect(new Set(made.join('')).size).toBe(16 + 8);
  });
});

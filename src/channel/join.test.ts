/** Joining and leaving: what is true afterwards, and who is told. */
import { describe, expect, test } from 'vitest';
import { Stage, jid, plain, told } from '../testing/rules-kit.ts';
import type { Node, Preferences } from '../storage/facts.ts';
import { join, type JoinRequest } from './join.ts';
import { leave, remove } from './leave.ts';
import { admit } from './lists.ts';
import { DEFAULT_PREFERENCES } from './preference.ts';
import type { Turn } from './turn.ts';
import { configure, type ConfigChange } from './configure.ts';

const OWNER = jid('owner@shakespeare.example');
const HECATE = jid('hecate@shakespeare.example/UUID-x4r/2491');
const WITCH = jid('witch@shakespeare.example/cave');
const GUEST = jid('guest@cawdor.example');
const CLOSED: ConfigChange = { nodesPresent: ['participants', 'allowed', 'banned'] };
const NICKLESS: ConfigChange = { mandatoryNicks: false };

function open(change: ConfigChange = {}, listed = true): Stage {
  return new Stage().create(OWNER, change, listed);
}

function request(asked: Partial<JoinRequest> = {}): JoinRequest {
  return { nodes: ['messages'], nick: 'hecate', preferences: {}, ...asked };
}

const joining =
  (who = HECATE, asked: Partial<JoinRequest> = {}) =>
  (turn: Turn) =>
    join(turn, who, request(asked));

describe('a join', () => {
  test('CORE-38, CORE-40, CORE-41, ANON-44: makes a participant, with id, nick, nodes and a map entry', () => {
    const stage = open();
    stage.run((turn) => configure(turn, OWNER, { administrators: [WITCH.bare] }));
    stage.join(WITCH, { nodes: ['participants', 'jidmap'] });
    const { value, facts, notices } = stage.run(joining(HECATE, { nodes: ['messages', 'participants'] }));
    expect(value).toEqual({
      id: expect.stringMatching(/^[a-z2-7]{26}$/) as string,
      nick: 'hecate',
      preferences: DEFAULT_PREFERENCES,
      nodes: ['messages', 'participants'],
    });
    expect(facts.map(({ fact }) => fact)).toEqual(['identified', 'joined', 'subscribed', 'subscribed']);
    expect(told(notices)).toEqual(['participant > participants', 'jidmap > jidmap']);
    expect(stage.channel.jids.get(value.id)!.equals(HECATE.bare)).toBe(true);
  });

  test('CORE-53, CORE-54: again, from another client, keeps id and nick and adds nodes', () => {
    const stage = open();
    const first = stage.join(HECATE, { nodes: ['messages'], nick: 'hecate' });
    const { value, facts, notices } = stage.run(
      joining(jid('hecate@shakespeare.example/other'), { nodes: ['info', 'messages'], nick: undefined }),
    );
    expect(value).toEqual({ ...first, nodes: ['info', 'messages'] });
    expect(plain(facts)).toEqual(plain([{ fact: 'subscribed', jid: HECATE.bare, node: 'info' }]));
    expect(notices).toEqual([]);
    expect(stage.channel.participants.size).toBe(1);
  });

  test('D-18: again, with another nick and preference, tells of both at once', () => {
    const stage = open({ mode: 'jid-maybe-visible' });
    const { id } = stage.join(HECATE);
    const client = stage.appear(HECATE);
    const { value, notices } = stage.run(
      joining(HECATE, { nick: 'Hecate II', preferences: { jidVisibility: 'always' } }),
    );
    expect(value).toMatchObject({ id, nick: 'Hecate II', preferences: { jidVisibility: 'always' } });
    expect(plain(notices)).toMatchObject([
      { kind: 'participant', id, nick: 'Hecate II' },
      { kind: 'presence', session: { anonymous: client }, nick: 'Hecate II', shown: true },
    ]);
  });

  test('CORE-08, CORE-07: after a leave has the same id, and no other address ever has it', () => {
    const stage = open();
    const { id } = stage.join(HECATE);
    stage.run((turn) => leave(turn, HECATE));
    for (let at = 0; at < 100; at += 1) expect(stage.join(jid(`p${at}@shakespeare.example`)).id).not.toBe(id);
    expect(stage.join(HECATE).id).toBe(id);
  });

  test('CORE-39: without nodes is one all the same', () => {
    const stage = open();
    expect(stage.join(HECATE, { nodes: [] }).nodes).toEqual([]);
    expect(stage.channel.participants.size).toBe(1);
  });

  test('CORE-42: takes the nodes that it may have, in order and once each', () => {
    const nodes: (Node | undefined)[] = ['messages', undefined, 'jidmap', 'messages', 'info', 'config'];
    expect(open().join(HECATE, { nodes }).nodes).toEqual(['messages', 'info']);
  });

  test.each<[string, (Node | undefined)[], string, number[]]>([
    ['CORE-43', [undefined, 'jidmap', undefined], 'item-not-found', [0, 2]],
    ['ANON-51', ['jidmap'], 'not-allowed', [0]],
    ['D-25', ['config', undefined, 'jidmap', 'allowed'], 'not-allowed', [0, 2]],
  ])('%s: with no node that it may have is refused as the first', (_, nodes, condition, places) => {
    const stage = open();
    const failing = (): unknown => stage.run(joining(HECATE, { nodes }));
    expect(failing).toThrow(expect.objectContaining({ condition }) as Error);
    expect(failing).toThrow(
      expect.objectContaining({ details: expect.objectContaining({ places }) as object }) as Error,
    );
    expect(stage.channel.ids.has(HECATE.bare)).toBe(false);
  });

  test('CORE-51: of no channel is refused', () => {
    expect(new Stage().refusal(joining())).toBe('item-not-found');
  });

  test('CORE-50: of the banned is refused, by address and by domain', () => {
    const stage = open();
    stage.run((turn) => admit(turn, 'banned', jid('hecate@shakespeare.example')));
    expect(stage.refusal(joining(HECATE))).toBe('forbidden');
    expect(stage.refusal(joining(WITCH))).toBe('accepted');
    stage.run((turn) => admit(turn, 'banned', jid('cawdor.example')));
    expect(stage.refusal(joining(GUEST))).toBe('forbidden');
  });

  test('CORE-49, ADM-06: is for those on the allowed list, where there is one', () => {
    const stage = open(CLOSED);
    expect(stage.refusal(joining(HECATE))).toBe('registration-required');
    stage.run((turn) => admit(turn, 'allowed', HECATE.bare));
    stage.run((turn) => admit(turn, 'allowed', jid('cawdor.example')));
    expect(stage.refusal(joining(HECATE))).toBe('accepted');
    expect(stage.refusal(joining(GUEST, { nick: 'guest' }))).toBe('accepted');
    expect(stage.refusal(joining(WITCH, { nick: 'witch' }))).toBe('registration-required');
    stage.run((turn) => admit(turn, 'banned', GUEST));
    expect(stage.refusal(joining(GUEST, { nick: 'guest' }))).toBe('forbidden');
  });

  test('D-65: of an unlisted channel needs its name alone, or an entry of its list', () => {
    expect(open({}, false).refusal(joining())).toBe('accepted');
    const secret = open(CLOSED, false);
    expect(secret.refusal(joining())).toBe('item-not-found');
    secret.run((turn) => admit(turn, 'banned', WITCH.bare));
    expect(secret.refusal(joining(WITCH))).toBe('item-not-found');
    secret.run((turn) => admit(turn, 'allowed', HECATE.bare));
    expect(secret.refusal(joining())).toBe('accepted');
    expect(secret.refusal(joining(OWNER, { nick: 'owner' }))).toBe('accepted');
    secret.run((turn) => admit(turn, 'banned', HECATE.bare));
    expect(secret.refusal(joining())).toBe('forbidden');
  });

  test('D-65: a token that is not good does not tell a stranger of an unlisted channel', () => {
    const bad = joining(HECATE, { token: 'guessed' });
    expect(open(CLOSED).refusal(bad)).toBe('forbidden');
    expect(open({}, false).refusal(bad)).toBe('item-not-found');
    expect(open(CLOSED, false).refusal(bad)).toBe('item-not-found');
    expect(new Stage().refusal(bad)).toBe('item-not-found');
  });

  test('CORE-15, CORE-47: without a nick is refused where nicks are mandatory', () => {
    const stage = open();
    expect(stage.refusal(joining(HECATE, { nick: undefined }))).toBe('not-acceptable');
    stage.join(HECATE);
    expect(stage.refusal(joining(HECATE, { nick: undefined }))).toBe('accepted');
  });

  test('ADM-35: without a nick has none where the address is shown and only insiders read', () => {
    const stage = open({ ...NICKLESS, mode: 'jid-visible' });
    expect(stage.join(HECATE, { nick: undefined }).nick).toBe(undefined);
  });

  test.each<[string, ConfigChange]>([
    ['the mode hides it', { mode: 'jid-hidden' }],
    ['its preference hides it', { mode: 'jid-maybe-visible' }],
    ['outsiders read the messages', { mode: 'jid-visible', messagesSubscription: 'anyone' }],
    ['outsiders read the participants', { mode: 'jid-visible', participantsSubscription: 'allowed' }],
    ['outsiders read the presences', { mode: 'jid-visible', presenceSubscription: 'anyone' }],
  ])('ANON-30, D-22, D-94: without a nick is given one where %s', (_, change) => {
    const { nick } = open({ ...NICKLESS, ...change }).join(HECATE, { nick: undefined });
    expect(nick).toMatch(/^([a-z][2-9]){5}$/);
  });

  test('ANON-106: a given nick is of random letters, which the address has no part in', () => {
    const names = Array.from({ length: 50 }, (_, at) => jid(`${1000 + at * 89}.8109@x.example`));
    const stage = open(NICKLESS);
    const nicks = names.map((name) => stage.join(name, { nick: undefined }).nick);
    for (const nick of nicks) expect(nick).toMatch(/^([a-z][2-9]){5}$/);
    expect(new Set(nicks).size).toBe(nicks.length);
  });

  test.each<[string, ConfigChange, Partial<Preferences>]>([
    ['ANON-73', { mode: 'jid-visible' }, { jidVisibility: 'never' }],
    ['ANON-73', { mode: 'jid-hidden' }, { jidVisibility: 'always' }],
    ['ANON-67', { mustProvidePresence: true }, { presence: 'not share' }],
  ])('%s: with a preference against the configuration is refused', (_, change, preferences) => {
    const stage = open(change);
    expect(stage.refusal(joining(HECATE, { preferences }))).toBe('not-acceptable');
    expect(stage.channel.participants.size).toBe(0);
  });

  test('ANON-61, ANON-62, ANON-63, ANON-64: fills in the preferences that it does not give', () => {
    const { preferences } = open().join(HECATE, { preferences: { vCard: 'allow' } });
    expect(preferences).toEqual({
      jidVisibility: 'default',
      privateMessages: 'allow',
      vCard: 'allow',
      presence: 'share',
    });
  });
});

describe('a leave', () => {
  test('CORE-57, CORE-58, CORE-60, PRES-16, ANON-44: ends everything, each told once', () => {
    const stage = open({ administrators: [WITCH.bare] });
    stage.join(WITCH, { nodes: ['participants', 'presence', 'jidmap'] });
    const { id } = stage.join(HECATE);
    stage.appear(HECATE);
    stage.appear(jid('hecate@shakespeare.example/two'));
    const { facts, notices } = stage.run((turn) => leave(turn, HECATE));
    expect(facts.map(({ fact }) => fact)).toEqual(['absent', 'absent', 'left']);
    expect(told(notices)).toEqual([
      ...['presence > presence', 'presence > presence'],
      ...['participant-gone > participants', 'jidmap-gone > jidmap'],
    ]);
    expect(plain(notices)).toMatchObject([
      { session: { available: false } },
      { session: { available: false } },
      { id },
      { id },
    ]);
    const { channel } = stage;
    expect(channel.sessions.has(id)).toBe(false);
    for (const subscribers of Object.values(channel.subscribers))
      expect(subscribers.has(HECATE.bare)).toBe(false);
  });

  test('CORE-59: of somebody who is not there finds nothing', () => {
    const stage = open();
    const { facts, notices } = stage.run((turn) => leave(turn, HECATE));
    expect([facts, notices]).toEqual([[], []]);
  });

  test('ANON-17: who is removed is told by the own id, at the bare address', () => {
    const stage = open();
    const { id } = stage.join(HECATE, { nodes: [] });
    const { notices } = stage.run((turn) => remove(turn, id, 'banned'));
    expect(plain(notices)).toEqual([
      { kind: 'participant-gone', id, audience: { jid: HECATE.bare.toString() } },
    ]);
  });
});

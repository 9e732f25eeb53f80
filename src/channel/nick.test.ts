/** Nicks and preferences: what is true after a change, and who is told. */
import { describe, expect, test } from 'vitest';
import { Stage, jid, plain, told } from '../testing/rules-kit.ts';
import type { Preferences } from '../storage/facts.ts';
import { requireParticipant } from './access.ts';
import { join, type JoinRequest } from './join.ts';
import { leave } from './leave.ts';
import { setNick } from './nick.ts';
import { DEFAULT_PREFERENCES, prefer } from './preference.ts';
import type { Turn } from './turn.ts';
import { configure, type ConfigChange } from './configure.ts';

const OWNER = jid('owner@shakespeare.example');
const HECATE = jid('hecate@shakespeare.example/UUID-x4r/2491');
const WITCH = jid('witch@shakespeare.example/cave');
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

describe('nicks', () => {
  const conflicts: readonly (readonly [string, string])[] = [
    ['third witch', 'third witch'],
    ['third witch', 'Third Witch'],
    ['third witch', '  third  witch '],
    ['third witch', 'third\u00a0witch'],
    ['third witch', '\uff54hird witch'],
    ['Straße', 'STRASSE'.replace('SS', 'ß')],
    ['Σίσυφος', 'ΣΊΣΥΦΟΣ'.toLowerCase()],
  ];

  test.each(conflicts)('CORE-13, CORE-14, CORE-48, CORE-65, GEN-27: %j keeps %j away', (held, wanted) => {
    const stage = open();
    stage.join(WITCH, { nick: held });
    expect(stage.refusal(joining(HECATE, { nick: wanted }))).toBe('conflict');
    stage.join(HECATE, { nick: 'hecate' });
    const renaming = (turn: Turn): unknown => setNick(turn, requireParticipant(turn.channel, HECATE), wanted);
    expect(stage.refusal(renaming)).toBe('conflict');
    stage.run((turn) => leave(turn, WITCH));
    expect(stage.refusal(renaming)).toBe('accepted');
  });

  test.each(['', '   ', '\u00a0', 'a\u0000b', 'a\u0007', '\u200b', '\ud800', 'x'.repeat(101)])(
    'GEN-17, GEN-27: %j is no nick to join with',
    (nick) => {
      expect(open().refusal(joining(HECATE, { nick }))).toBe('not-acceptable');
    },
  );

  test('CORE-61, CORE-63, CORE-64: a change is told once, with every presence, as it was prepared', () => {
    const stage = open();
    const { id } = stage.join(HECATE);
    const one = stage.appear(HECATE);
    const two = stage.appear(jid('hecate@shakespeare.example/two'));
    const participant = stage.channel.participants.get(id)!;
    const { value, notices } = stage.run((turn) => setNick(turn, participant, ' Queen  of   Witches '));
    expect(value).toBe('Queen of Witches');
    expect(plain(notices)).toMatchObject([
      { kind: 'participant', id, nick: value },
      { kind: 'presence', session: { anonymous: one, available: true }, nick: value },
      { kind: 'presence', session: { anonymous: two, available: true }, nick: value },
    ]);
  });

  test('CORE-64: the same nick again tells nobody', () => {
    const stage = open();
    const { id } = stage.join(HECATE, { nick: 'hecate' });
    const { facts, notices } = stage.run((turn) =>
      setNick(turn, turn.channel.participants.get(id)!, ' hecate'),
    );
    expect([facts, notices]).toEqual([[], []]);
  });

  test('one’s own in other letters is no conflict, and is told', () => {
    const stage = open();
    const { id } = stage.join(HECATE, { nick: 'hecate' });
    const found = stage.run((turn) => setNick(turn, turn.channel.participants.get(id)!, 'HECATE'));
    expect(found.value).toBe('HECATE');
    expect(told(found.notices)).toEqual(['participant > participants']);
  });

  test('CORE-62, D-97: an empty or missing one is made up; white space is none', () => {
    const stage = open();
    const { id } = stage.join(HECATE, { nick: 'hecate' });
    const rename = (wanted: string | undefined) => (turn: Turn) =>
      setNick(turn, turn.channel.participants.get(id)!, wanted);
    expect(stage.run(rename('')).value).toMatch(/^([a-z][2-9]){5}$/);
    expect(stage.run(rename(undefined)).value).toMatch(/^([a-z][2-9]){5}$/);
    expect(stage.refusal(rename(' \t '))).toBe('not-acceptable');
  });
});

describe('preferences', () => {
  const preferring = (change: Partial<Preferences>) => (turn: Turn) =>
    prefer(turn, requireParticipant(turn.channel, HECATE), change);

  test('ANON-76, ANON-77: those that are not given stay', () => {
    const stage = open();
    stage.join(HECATE, { preferences: { vCard: 'allow', privateMessages: 'block' } });
    expect(stage.run(preferring({ vCard: 'block' })).value).toEqual({
      ...DEFAULT_PREFERENCES,
      privateMessages: 'block',
    });
  });

  test('ANON-80, ANON-20: always and never show and hide at once', () => {
    const stage = open({ mode: 'jid-maybe-visible' });
    const { id } = stage.join(HECATE);
    const client = stage.appear(HECATE);
    for (const [jidVisibility, shown] of [
      ['always', true],
      ['never', false],
      ['prefer', true],
      ['default', false],
    ] as const) {
      const { notices } = stage.run(preferring({ jidVisibility }));
      expect(plain(notices)).toMatchObject([
        { kind: 'participant', id },
        { kind: 'presence', session: { anonymous: client }, shown },
      ]);
      expect(notices).toHaveLength(2);
    }
  });

  test('a change that nobody sees tells nobody', () => {
    const stage = open({ mode: 'jid-maybe-visible' });
    stage.join(HECATE);
    stage.appear(HECATE);
    const { facts, notices } = stage.run(
      preferring({ jidVisibility: 'never', vCard: 'allow', privateMessages: 'block' }),
    );
    expect(facts).toHaveLength(1);
    expect(notices).toEqual([]);
    expect(stage.run(preferring({ jidVisibility: 'never' })).facts).toEqual([]);
  });

  test('ANON-30: who hides without a nick is given one, in the same event', () => {
    const stage = open({ ...NICKLESS, mode: 'jid-maybe-visible' });
    const { id, nick } = stage.join(HECATE, { nick: undefined, preferences: { jidVisibility: 'always' } });
    expect(nick).toBe(undefined);
    const { notices } = stage.run(preferring({ jidVisibility: 'never' }));
    expect(plain(notices)).toEqual([
      {
        kind: 'participant',
        id,
        nick: expect.stringMatching(/^([a-z][2-9]){5}$/) as string,
        audience: { node: 'participants' },
      },
    ]);
  });

  test('ANON-81, ANON-78, ANON-67: one that does not go changes nothing at all', () => {
    const stage = open({ mustProvidePresence: true });
    stage.join(HECATE);
    expect(stage.refusal(preferring({ vCard: 'allow', jidVisibility: 'always' }))).toBe('not-acceptable');
    expect(stage.refusal(preferring({ vCard: 'allow', presence: 'not share' }))).toBe('not-acceptable');
    expect(stage.channel.participant(HECATE)!.preferences).toEqual(DEFAULT_PREFERENCES);
  });

  test('ANON-64, ANON-66, D-12: not share takes away every client, and later presences are dropped', () => {
    const stage = open();
    stage.join(HECATE);
    stage.appear(HECATE);
    const { notices } = stage.run(preferring({ presence: 'not share' }));
    expect(plain(notices)).toMatchObject([{ kind: 'presence', session: { available: false } }]);
    expect(stage.appear(HECATE)).toBe('none');
    stage.run(preferring({ presence: 'share' }));
    expect(stage.appear(HECATE)).not.toBe('none');
  });

  test('D-12: an old not share gives way to a channel that now asks for presence, and comes back after', () => {
    const stage = open();
    stage.join(HECATE, { preferences: { presence: 'not share' } });
    stage.join(WITCH);
    stage.run((turn) => configure(turn, OWNER, { mustProvidePresence: true }));
    expect(stage.appear(HECATE)).not.toBe('none');
    expect(stage.run(preferring({ vCard: 'allow' })).value.presence).toBe('not share');
    expect(stage.refusal(joining(HECATE, { nick: undefined }))).toBe('accepted');
    expect(stage.refusal(preferring({ presence: 'not share' }))).toBe('not-acceptable');
    const { notices } = stage.run((turn) => configure(turn, OWNER, { mustProvidePresence: false }));
    expect(plain(notices)).toMatchObject([{ kind: 'presence', session: { available: false } }]);
    expect(stage.appear(HECATE)).toBe('none');
  });
});

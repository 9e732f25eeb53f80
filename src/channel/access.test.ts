/** Roles, lists, and who may know of a channel. */
import { describe, expect, test } from 'vitest';
import { Stage, jid } from '../testing/rules-kit.ts';
import type { RealJid } from '../jid/real-jid.ts';
import type { Group } from '../storage/facts.ts';
import {
  isAdministrator,
  isAllowed,
  isBanned,
  isIn,
  isInsider,
  isOwner,
  mayRead,
  meet,
  requireAdministrator,
  requireOwner,
  requireParticipant,
} from './access.ts';
import { destroy } from './create.ts';
import { admit } from './lists.ts';

const OWNER = jid('owner@shakespeare.example');
const ADMIN = jid('admin@shakespeare.example');
const MEMBER = jid('member@shakespeare.example');
const GUEST = jid('guest@dunsinane.example');
const STRANGER = jid('stranger@cawdor.example');
const OPERATOR = jid('operator@mix.example');
const EVERYBODY = [OPERATOR, OWNER, ADMIN, MEMBER, GUEST, STRANGER];

/** Owner, administrator, participant, an allowed guest, and a stranger; with the allowed node if `isClosed`. */
function scene({ isClosed = true, isListed = true } = {}): Stage {
  const stage = new Stage({ operators: [OPERATOR] }).create(
    OWNER,
    {
      administrators: [ADMIN],
      nodesPresent: isClosed ? ['participants', 'allowed', 'banned'] : ['participants', 'banned'],
    },
    isListed,
  );
  stage.run((turn) => admit(turn, 'allowed', MEMBER));
  stage.run((turn) => admit(turn, 'allowed', jid('dunsinane.example')));
  stage.join(MEMBER, { nodes: [] });
  return stage;
}

function ban(stage: Stage, who: string): void {
  stage.run((turn) => admit(turn, 'banned', jid(who)));
}

function those(is: (asker: RealJid) => boolean): string {
  const names = ['operator', 'owner', 'admin', 'member', 'guest', 'stranger'];
  return names.filter((_, at) => is(EVERYBODY[at]!)).join(' ');
}

test.each<[Group, string]>([
  ['nobody', 'operator owner'],
  ['owners', 'operator owner'],
  ['admins', 'operator owner admin'],
  ['participants', 'operator owner admin member'],
  ['allowed', 'operator owner admin member guest'],
  ['anyone', 'operator owner admin member guest stranger'],
])('ADM-01: %s are %s', (group, names) => {
  const stage = scene();
  expect(those((asker) => isIn(stage.channel, group, asker))).toBe(names);
});

describe('ADM-06: allowed are', () => {
  test('those on the list, where there is one', () => {
    const stage = scene();
    expect(those((asker) => isAllowed(stage.channel, asker))).toBe('operator owner admin member guest');
  });

  test('all, where there is no list', () => {
    const stage = scene({ isClosed: false });
    expect(those((asker) => isAllowed(stage.channel, asker))).toBe(
      'operator owner admin member guest stranger',
    );
  });

  test('ADM-08: never those who are banned', () => {
    const stage = scene();
    ban(stage, 'guest@dunsinane.example');
    ban(stage, 'member@shakespeare.example');
    expect(those((asker) => isAllowed(stage.channel, asker))).toBe('operator owner admin');
  });
});

describe('D-75: the ban', () => {
  test('of a domain skips owners and administrators', () => {
    const stage = scene();
    ban(stage, 'shakespeare.example');
    expect(those((asker) => isBanned(stage.channel, asker))).toBe('member');
    expect(isAdministrator(stage.channel, ADMIN)).toBe(true);
  });

  test('of an owner or operator is refused', () => {
    const stage = scene();
    expect(stage.refusal((turn) => admit(turn, 'banned', OWNER))).toBe('not-allowed');
    expect(stage.refusal((turn) => admit(turn, 'banned', OPERATOR))).toBe('not-allowed');
  });

  test('of an administrator ends the role with all that hangs on it', () => {
    const stage = scene();
    ban(stage, 'admin@shakespeare.example');
    const { channel } = stage;
    expect(isBanned(channel, ADMIN)).toBe(true);
    expect(isAdministrator(channel, ADMIN)).toBe(false);
    expect(isInsider(channel, ADMIN)).toBe(false);
    expect(mayRead(channel, 'jidmap', ADMIN)).toBe(false);
    expect(stage.refusal((turn) => requireAdministrator(turn.channel, ADMIN))).toBe('forbidden');
    expect(stage.refusal((turn) => meet(turn.channel, ADMIN))).toBe('forbidden');
  });

  test('reaches addresses whatever their resource', () => {
    const stage = scene();
    ban(stage, 'guest@dunsinane.example');
    expect(isBanned(stage.channel, jid('guest@dunsinane.example/phone'))).toBe(true);
    expect(isBanned(stage.channel, jid('other@dunsinane.example'))).toBe(false);
  });
});

describe('D-65, CORE-30: who may know of the channel', () => {
  const meeting = (stage: Stage, asker: RealJid): string =>
    stage.refusal((turn) => meet(turn.channel, asker));

  test('listed and open: everybody but the banned', () => {
    const stage = scene({ isClosed: false });
    ban(stage, 'stranger@cawdor.example');
    expect(EVERYBODY.map((asker) => meeting(stage, asker))).toEqual([
      ...['accepted', 'accepted', 'accepted', 'accepted', 'accepted'],
      'forbidden',
    ]);
  });

  test('listed and closed: strangers are told to register', () => {
    const stage = scene();
    expect(EVERYBODY.map((asker) => meeting(stage, asker))).toEqual([
      ...['accepted', 'accepted', 'accepted', 'accepted', 'accepted'],
      'registration-required',
    ]);
  });

  test('CORE-91: unlisted: strangers are told that there is none, banned or not', () => {
    for (const isClosed of [true, false]) {
      const stage = scene({ isListed: false, isClosed });
      expect(meeting(stage, MEMBER)).toBe('accepted');
      expect(meeting(stage, GUEST)).toBe('accepted');
      expect(meeting(stage, STRANGER)).toBe('item-not-found');
      ban(stage, 'stranger@cawdor.example');
      expect(meeting(stage, STRANGER)).toBe('item-not-found');
    }
  });

  test('no channel, and one that is destroyed: nobody, not even the owner', () => {
    expect(meeting(new Stage(), OWNER)).toBe('item-not-found');
    const stage = scene();
    stage.run((turn) => destroy(turn, OWNER));
    for (const asker of EVERYBODY) expect(meeting(stage, asker)).toBe('item-not-found');
    for (const require of [requireParticipant, requireOwner, requireAdministrator])
      for (const asker of EVERYBODY)
        expect(stage.refusal(({ channel }) => require(channel, asker))).toBe('item-not-found');
  });
});

describe('gates', () => {
  test.each([
    [
      'requireParticipant',
      requireParticipant,
      ['forbidden', 'forbidden', 'forbidden', 'accepted', 'forbidden', 'forbidden'],
    ],
    [
      'requireAdministrator',
      requireAdministrator,
      ['accepted', 'accepted', 'accepted', 'forbidden', 'forbidden', 'forbidden'],
    ],
    [
      'requireOwner',
      requireOwner,
      ['accepted', 'accepted', 'forbidden', 'forbidden', 'forbidden', 'forbidden'],
    ],
  ] as const)('D-95: %s', (_, gate, expected) => {
    const stage = scene();
    expect(EVERYBODY.map((asker) => stage.refusal((turn) => gate(turn.channel, asker)))).toEqual(expected);
  });

  test('of an unlisted channel tell strangers that there is none', () => {
    const stage = scene({ isListed: false });
    for (const gate of [requireParticipant, requireAdministrator, requireOwner]) {
      expect(stage.refusal((turn) => gate(turn.channel, STRANGER))).toBe('item-not-found');
      expect(stage.refusal((turn) => gate(turn.channel, GUEST))).toBe('forbidden');
    }
  });

  test('the service’s own administrators are owners everywhere', () => {
    const stage = scene();
    expect(isOwner(stage.channel, jid('operator@mix.example/phone'))).toBe(true);
    expect(isOwner(stage.channel, STRANGER)).toBe(false);
  });
});

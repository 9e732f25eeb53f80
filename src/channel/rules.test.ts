/** Whatever people do, in whatever order, some things always hold. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Stage, jid, snapshot } from '../testing/rules-kit.ts';
import { nicknameKey } from '../jid/nickname.ts';
import type { RealJid } from '../jid/real-jid.ts';
import { Refusal } from '../refusal.ts';
import type { Group, Mode, Node, Preferences } from '../storage/facts.ts';
import { isBanned, mayRead, requireAdministrator, requireParticipant } from './access.ts';
import { configure, publishInfo, type ConfigChange } from './configure.ts';
import { destroy, expire } from './create.ts';
import { invite } from './invite.ts';
import { join } from './join.ts';
import { leave } from './leave.ts';
import { admit, dismiss } from './lists.ts';
import { needsNick, setNick } from './nick.ts';
import { post } from './post.ts';
import { publishPicture } from './picture.ts';
import { prefer } from './preference.ts';
import { appear, disappear, refresh } from './presence.ts';
import { speak, wayOfPrivateMessage } from './private-message.ts';
import { wayOfRequest } from './relay.ts';
import type { ChannelState } from './state.ts';
import { grantable, subscribe, unsubscribe } from './subscription.ts';
import type { Turn } from './turn.ts';
import { fits } from './visibility.ts';

const PEOPLE = ['owner@a.example', 'admin@a.example', 'ann@a.example', 'bob@a.example', 'cat@b.example'];
const NODES: readonly Node[] = [
  ...(['messages', 'participants', 'presence', 'info', 'config', 'jidmap', 'allowed', 'banned'] as const),
];
const NICKS = ['ann', 'Ann', '  ANN ', 'bob', 'bo b', '\u0000', '', undefined];
const PREFERENCES = ['default', 'prefer not', 'never', 'prefer', 'always'] as const;
const MODES: readonly Mode[] = ['jid-visible', 'jid-maybe-visible', 'jid-hidden'];
const GROUPS: readonly Group[] = ['nobody', 'owners', 'admins', 'participants', 'allowed', 'anyone'];

const person = fc.constantFrom(...PEOPLE).map(jid);
const client = fc
  .tuple(fc.constantFrom(...PEOPLE), fc.constantFrom('/one', '/two', ''))
  .map(([bare, resource]) => jid(bare + resource));
const entry = fc.constantFrom(...PEOPLE, 'a.example', 'b.example').map(jid);
const list = fc.constantFrom('allowed' as const, 'banned' as const);
const node = fc.constantFrom(...NODES);
const preferences: fc.Arbitrary<Partial<Preferences>> = fc.record(
  {
    jidVisibility: fc.constantFrom(...PREFERENCES),
    privateMessages: fc.constantFrom('allow' as const, 'block' as const),
    vCard: fc.constantFrom('allow' as const, 'block' as const),
    presence: fc.constantFrom('share' as const, 'not share' as const),
  },
  { requiredKeys: [] },
);
const group = fc.constantFrom(...GROUPS);
const change: fc.Arbitrary<ConfigChange> = fc.record(
  {
    mode: fc.constantFrom(...MODES),
    owners: fc.subarray(PEOPLE.slice(0, 3)).map((names) => names.map(jid)),
    administrators: fc.subarray(PEOPLE.slice(1, 4)).map((names) => names.map(jid)),
    nodesPresent: fc
      .subarray<Node>(['presence', 'info', 'allowed', 'banned'])
      .map((nodes): Node[] => ['participants', ...nodes]),
    messagesSubscription: group,
    presenceSubscription: group,
    participantsSubscription: group,
    informationSubscription: group,
    allowedSubscription: group,
    configurationAccess: group,
    mandatoryNicks: fc.boolean(),
    mustProvidePresence: fc.boolean(),
    privateMessages: fc.boolean(),
    invitationByParticipant: fc.boolean(),
  },
  { requiredKeys: [] },
);

interface Act {
  readonly what: string;
  readonly rule: (turn: Turn) => unknown;
}

function act<Values extends unknown[]>(
  what: string,
  values: { [At in keyof Values]: fc.Arbitrary<Values[At]> },
  rule: (turn: Turn, ...values: Values) => unknown,
): fc.Arbitrary<Act> {
  return fc.tuple(...values).map((drawn) => ({
    what: `${what}(${JSON.stringify(drawn)})`,
    rule: (turn: Turn) => rule(turn, ...(drawn as unknown as Values)),
  }));
}

/** The id of somebody who may be there, have left, or never have been. */
const idOf = (turn: Turn, who: RealJid) => turn.channel.ids.get(who.bare) ?? ('nobody' as never);

const acts: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 6,
    arbitrary: act(
      'join',
      [client, fc.subarray([...NODES]), fc.constantFrom(...NICKS), preferences],
      (turn, who, nodes, nick, asked) => join(turn, who, { nodes, nick, preferences: asked }),
    ),
  },
  { weight: 2, arbitrary: act('leave', [client], leave) },
  {
    weight: 2,
    arbitrary: act('setNick', [client, fc.constantFrom(...NICKS)], (turn, who, nick) =>
      setNick(turn, requireParticipant(turn.channel, who), nick),
    ),
  },
  {
    weight: 3,
    arbitrary: act('prefer', [client, preferences], (turn, who, asked) =>
      prefer(turn, requireParticipant(turn.channel, who), asked),
    ),
  },
  { weight: 3, arbitrary: act('configure', [person, change], configure) },
  {
    weight: 3,
    arbitrary: act('appear', [client], (turn, who) =>
      appear(turn, requireParticipant(turn.channel, who), who, '<show>away</show>'),
    ),
  },
  { weight: 2, arbitrary: act('disappear', [client], (turn, who) => disappear(turn, who, '')) },
  act('refresh', [client], refresh),
  act('info', [person], (turn, who) =>
    publishInfo(turn, who, { name: 'x', description: undefined, contact: [] }),
  ),
  {
    weight: 2,
    arbitrary: act('admit', [person, list, entry], (turn, who, on, whom) => {
      requireAdministrator(turn.channel, who);
      admit(turn, on, whom);
    }),
  },
  act('dismiss', [person, list, entry], (turn, who, on, whom) => {
    requireAdministrator(turn.channel, who);
    dismiss(turn, on, whom);
  }),
  {
    weight: 2,
    arbitrary: act('subscribe', [client, node], (turn, who, to) => {
      for (const granted of grantable(turn.channel, who, [to], false)) subscribe(turn, who, granted);
    }),
  },
  act('unsubscribe', [client, node], unsubscribe),
  act('post', [client, fc.boolean()], (turn, who, isKept) =>
    post(turn, who, { payload: '', originalId: undefined, isKept }),
  ),
  act('write', [client, person], (turn, who, to) =>
    speak(turn, wayOfPrivateMessage(turn, who, { id: idOf(turn, to), resource: undefined })),
  ),
  act('ask', [client, person], (turn, who, to) =>
    speak(turn, wayOfRequest(turn, who, { id: idOf(turn, to), resource: undefined }, 'vcard')),
  ),
  act('invite', [client, person], (turn, who, whom) => invite(turn, who, whom)),
  act('redeem', [client, fc.nat(3)], (turn, who, at) => {
    const token = [...turn.channel.invitations.keys()][at] ?? 'no token';
    return join(turn, who, { nodes: [], nick: undefined, preferences: {}, token });
  }),
  act(
    'picture',
    [client, fc.constantFrom('avatar-data' as const, 'avatar-metadata' as const)],
    (turn, who, of) => publishPicture(turn, who, { node: of, itemId: 'x', payload: '<x/>' }),
  ),
  act('expire', [], expire),
  // Rare, as nothing is left to do after it.
  act('destroy', [person, fc.integer({ min: 0, max: 15 })], (turn, who, chance) => {
    if (chance === 0) destroy(turn, who);
  }),
);

function checkPeople(channel: ChannelState): void {
  const { participants, jids, ids, nicks, config } = channel;
  expect(ids.size).toBe(jids.size);
  for (const [id, of] of jids) expect(ids.get(of)).toBe(id);
  const held = new Map<string, string>();
  for (const { id, jid: of, nick, preferences: has } of participants.values()) {
    expect(jids.get(id)!.equals(of)).toBe(true);
    if (nick !== undefined) held.set(nicknameKey(nick), id);
    expect(nick === undefined && needsNick(config!, has.jidVisibility)).toBe(false);
    expect(fits(config!.mode, has.jidVisibility)).toBe(true);
    expect(isBanned(channel, of)).toBe(false);
  }
  expect(new Map(nicks)).toEqual(held);
  expect(held.size).toBe([...participants.values()].filter(({ nick }) => nick !== undefined).length);
}

function checkClients(channel: ChannelState): void {
  let count = 0;
  for (const [id, sessions] of channel.sessions) {
    expect(channel.participants.has(id)).toBe(true);
    expect(sessions.size).toBeGreaterThan(0);
    for (const [anonymous, session] of sessions) {
      count += 1;
      expect(session).toMatchObject({ id, anonymous });
      expect(channel.jids.get(id)!.equals(session.client.bare)).toBe(true);
      expect(channel.clients.get(session.client)).toBe(session);
      expect(session.available && !channel.config!.nodesPresent.includes('presence')).toBe(false);
    }
  }
  expect(channel.clients.size).toBe(count);
}

function checkReaders(channel: ChannelState): void {
  if (!channel.exists) return;
  for (const [of, subscribers] of Object.entries(channel.subscribers))
    for (const { jid: who } of subscribers.values()) expect(mayRead(channel, of as Node, who)).toBe(true);
}

test('jidmap 1:1, nicks unique, clients of participants only, nobody reads what is closed, and facts say it all', () => {
  let refused = 0;
  let accepted = 0;
  fc.assert(
    fc.property(
      fc.integer(),
      fc.array(acts, { minLength: 10, maxLength: 60, size: 'max' }),
      (seed, story) => {
        const stage = new Stage({ seed }).create(jid(PEOPLE[0]!), { administrators: [jid(PEOPLE[1]!)] });
        const { channel } = stage;
        for (const { rule } of story) {
          stage.now += 1;
          const given = new Map(channel.jids);
          try {
            stage.run(rule);
            accepted += 1;
          } catch (error) {
            // The stage has seen that it left no trace.
            if (!(error instanceof Refusal)) throw error;
            refused += 1;
          }
          for (const [id, of] of given) expect(channel.jids.get(id)).toBe(of);
          checkPeople(channel);
          checkClients(channel);
          checkReaders(channel);
        }
        expect(snapshot(stage.replayed())).toEqual(snapshot(channel));
      },
    ),
    { numRuns: 150, interruptAfterTimeLimit: 15_000 },
  );
  // A story in which nothing happens proves nothing.
  expect(Math.min(refused, accepted)).toBeGreaterThan(1000);
});

/** Clients and their anonymous resources; private messages and requests between them. */
import { describe, expect, test } from 'vitest';
import { DOMAIN, Stage, jid, plain, told } from '../testing/rules-kit.ts';
import type { ParticipantId } from '../jid/public-jid.ts';
import type { Refusal } from '../refusal.ts';
import type { Mode } from '../storage/facts.ts';
import { requireParticipant } from './access.ts';
import { configure, type ConfigChange } from './configure.ts';
import { leave } from './leave.ts';
import { admit } from './lists.ts';
import { prefer } from './preference.ts';
import { disappear, refresh } from './presence.ts';
import { speak, wayOfPrivateMessage } from './private-message.ts';
import { wayOfRequest, type Question } from './relay.ts';
import { subscribe } from './subscription.ts';

const OWNER = jid('owner@shakespeare.example');
const HECATE = jid('hecate@shakespeare.example/UUID-x4r/2491');
const HECATE_TOO = jid('hecate@shakespeare.example/phone-SECRET');
const WITCH = jid('witch@shakespeare.example/cave');
const STRANGER = jid('macbeth@cawdor.example/castle');

function scene(change: ConfigChange = {}): Stage {
  const stage = new Stage().create(OWNER, change);
  stage.join(HECATE);
  stage.join(WITCH);
  return stage;
}

describe('presence', () => {
  test('ANON-27, ANON-33, PRES-11: a client has one random resource for as long as it is available', () => {
    const stage = scene();
    const resource = stage.appear(HECATE);
    expect(resource).toMatch(/^[a-z2-7]{16}$/);
    for (const payload of ['<show>away</show>', '<show>dnd</show>', ''])
      expect(stage.appear(HECATE, payload)).toBe(resource);
    expect(stage.channel.clients.size).toBe(1);
  });

  test('ANON-31, ANON-35, PRES-15, LEAK-32: two clients, and two channels, have nothing in common', () => {
    const [stage, other] = [scene(), new Stage({ seed: 2 }).create(OWNER)];
    other.join(HECATE);
    const resources = [stage.appear(HECATE), stage.appear(HECATE_TOO), other.appear(HECATE)];
    expect(new Set(resources).size).toBe(3);
    expect(stage.id(HECATE)).not.toBe(other.id(HECATE));
  });

  test('ANON-34, D-50: after unavailable it is a new one', () => {
    const stage = scene();
    const first = stage.appear(HECATE);
    stage.run((turn) => disappear(turn, HECATE, ''));
    expect(stage.appear(HECATE)).not.toBe(first);
  });

  test('PRES-13: unavailable is told under the same resource, with what the client said', () => {
    const stage = scene();
    const anonymous = stage.appear(HECATE, '<show>away</show>');
    const { notices } = stage.run((turn) => disappear(turn, HECATE, '<status>bye</status>'));
    expect(plain(notices)).toMatchObject([
      { kind: 'presence', session: { anonymous, available: false, payload: '<status>bye</status>' } },
    ]);
  });

  test('PRES-14: unavailable of a client that was not there tells nobody', () => {
    const stage = scene();
    expect(stage.run((turn) => disappear(turn, HECATE, '')).notices).toEqual([]);
    const way = stage.run((turn) => {
      const found = wayOfPrivateMessage(turn, HECATE, { id: stage.id(WITCH), resource: undefined });
      speak(turn, found);
      return found;
    });
    expect(way.facts).toHaveLength(1);
    expect(stage.run((turn) => disappear(turn, HECATE, '')).notices).toEqual([]);
    expect(stage.channel.clients.size).toBe(0);
  });

  test('PRES-19, PRES-21: a new subscriber, and whoever asks again, is shown who is there', () => {
    const stage = scene();
    stage.appear(HECATE);
    const watcher = jid('watcher@shakespeare.example');
    stage.join(watcher, { nodes: [] });
    const subscribing = () => stage.run((turn) => subscribe(turn, watcher, 'presence')).notices;
    expect(plain(subscribing())).toEqual([{ kind: 'presences', audience: { jid: watcher.toString() } }]);
    expect(subscribing()).toEqual([]);
    expect(told(stage.run((turn) => refresh(turn, watcher)).notices)).toEqual(['presences > one']);
    expect(stage.run((turn) => refresh(turn, STRANGER)).notices).toEqual([]);
  });

  test('one account has a bounded number of clients; the oldest gives way, silent ones first', () => {
    const stage = scene();
    const first = stage.appear(jid('hecate@shakespeare.example/first'));
    stage.run((turn) =>
      speak(turn, wayOfPrivateMessage(turn, HECATE, { id: stage.id(WITCH), resource: undefined })),
    );
    for (let at = 0; at < 30; at += 1) stage.appear(jid(`hecate@shakespeare.example/${at}`));
    const sessions = () => stage.channel.sessions.get(stage.id(HECATE))!;
    expect(sessions().size).toBe(32);
    stage.appear(jid('hecate@shakespeare.example/one-more'));
    expect(stage.channel.clients.has(HECATE)).toBe(false);
    expect(sessions().has(first as never)).toBe(true);
    const { notices } = stage.run(() => undefined);
    expect(notices).toEqual([]);
    stage.appear(jid('hecate@shakespeare.example/and-one'));
    expect(sessions().size).toBe(32);
    expect(sessions().has(first as never)).toBe(false);
  });
});

describe('a private message', () => {
  const way = (stage: Stage, sender = HECATE, to = stage.id(WITCH), resource?: string) =>
    stage.run((turn) => {
      const found = wayOfPrivateMessage(turn, sender, { id: to, resource });
      speak(turn, found);
      return { ...found, to: found.routes[0]!.to };
    }).value;
  const refusal = (stage: Stage, sender = HECATE, id = stage.id(WITCH)): string =>
    stage.refusal((turn) => wayOfPrivateMessage(turn, sender, { id, resource: undefined }));

  test('ANON-87, ANON-90: goes to the bare address, from the sender’s encoded one', () => {
    const stage = scene();
    const anonymous = stage.appear(HECATE);
    const { to, from } = way(stage);
    expect(to.equals(WITCH.bare)).toBe(true);
    expect(from).toBe(`${stage.id(HECATE)}#coven@${DOMAIN}/${anonymous}`);
  });

  test('ANON-88, ANON-89, D-99: to a client reaches it while it is there, and the account after', () => {
    const stage = scene();
    const resource = stage.appear(WITCH);
    expect(way(stage, HECATE, stage.id(WITCH), resource).to.equals(WITCH)).toBe(true);
    expect(way(stage, HECATE, stage.id(WITCH), 'nosuch').to.equals(WITCH.bare)).toBe(true);
    stage.run((turn) => disappear(turn, WITCH, ''));
    expect(way(stage, HECATE, stage.id(WITCH), resource).to.equals(WITCH.bare)).toBe(true);
  });

  test('a resource of somebody else leads to the account that was addressed', () => {
    const stage = scene();
    const resource = stage.appear(HECATE);
    expect(way(stage, HECATE, stage.id(WITCH), resource).to.equals(WITCH.bare)).toBe(true);
  });

  test('ANON-91, ANON-93: a client without presence is given a resource that stays, and answers find it', () => {
    const stage = scene();
    const { from } = way(stage);
    expect(way(stage).from).toBe(from);
    const resource = from.slice(from.indexOf('/') + 1);
    expect(way(stage, WITCH, stage.id(HECATE), resource).to.equals(HECATE)).toBe(true);
    expect(stage.appear(HECATE)).toBe(resource);
  });

  test('ANON-103: to oneself is allowed', () => {
    const stage = scene();
    expect(way(stage, HECATE, stage.id(HECATE)).to.equals(HECATE.bare)).toBe(true);
  });

  test('ANON-96, CORE-80: from somebody who takes no part is refused, the owner included', () => {
    const stage = scene();
    expect(refusal(stage, STRANGER)).toBe('forbidden');
    expect(refusal(stage, OWNER)).toBe('forbidden');
  });

  test('ANON-97, D-57: to the unknown, the departed and the banned looks the same', () => {
    const stage = scene();
    const departed = jid('departed@x.example');
    const banned = jid('banned@x.example');
    stage.join(departed);
    stage.join(banned);
    stage.run((turn) => leave(turn, departed));
    stage.run((turn) => admit(turn, 'banned', banned));
    const errors = ['nobody' as ParticipantId, stage.id(departed), stage.id(banned)].map((id) => {
      try {
        stage.run((turn) => wayOfPrivateMessage(turn, HECATE, { id, resource: undefined }));
        return 'accepted';
      } catch (error) {
        const { condition, type, message, details } = error as Refusal;
        return { condition, type, message, details };
      }
    });
    expect(errors[0]).toMatchObject({ condition: 'item-not-found', type: 'cancel' });
    expect(errors[1]).toEqual(errors[0]);
    expect(errors[2]).toEqual(errors[0]);
  });

  test('ANON-62, ANON-102, D-13: to somebody who wants none is refused; from there it goes', () => {
    const stage = scene();
    stage.run((turn) => prefer(turn, requireParticipant(turn.channel, WITCH), { privateMessages: 'block' }));
    expect(refusal(stage)).toBe('service-unavailable');
    expect(refusal(stage, WITCH, stage.id(HECATE))).toBe('accepted');
  });

  test('ANON-98, ADM-34: in a channel that passes none on is refused for all', () => {
    const stage = scene({ privateMessages: false });
    expect(refusal(stage)).toBe('not-allowed');
    expect(refusal(stage, HECATE, 'nobody' as ParticipantId)).toBe('not-allowed');
    expect(refusal(stage, STRANGER)).toBe('forbidden');
  });

  test('finding the way records nothing, so that the content may still be refused', () => {
    const stage = scene();
    const { facts } = stage.run((turn) =>
      wayOfPrivateMessage(turn, HECATE, { id: stage.id(WITCH), resource: undefined }),
    );
    expect(facts).toEqual([]);
  });
});

describe('D-59: a request', () => {
  type Asked = 'bare' | 'client' | 'nosuch';
  const outcome = (stage: Stage, asked: Asked, question: Question, asker = HECATE): string => {
    const resource = asked === 'bare' ? undefined : asked === 'client' ? stage.appear(WITCH) : 'nosuch';
    return stage.refusal((turn) => wayOfRequest(turn, asker, { id: stage.id(WITCH), resource }, question));
  };
  const CELLS: readonly (readonly [Mode, Asked, Question, string, string])[] = [
    // mode, address, question, with vCard blocked, with vCard allowed
    ['jid-hidden', 'bare', 'vcard', 'service-unavailable', 'accepted'],
    ['jid-hidden', 'bare', 'client', 'service-unavailable', 'service-unavailable'],
    ['jid-hidden', 'bare', 'other', 'service-unavailable', 'service-unavailable'],
    ['jid-hidden', 'client', 'vcard', 'service-unavailable', 'service-unavailable'],
    ['jid-hidden', 'client', 'client', 'accepted', 'accepted'],
    ['jid-hidden', 'client', 'other', 'service-unavailable', 'service-unavailable'],
    ['jid-maybe-visible', 'bare', 'vcard', 'service-unavailable', 'accepted'],
    ['jid-maybe-visible', 'bare', 'other', 'service-unavailable', 'service-unavailable'],
    ['jid-maybe-visible', 'client', 'client', 'accepted', 'accepted'],
    ['jid-maybe-visible', 'client', 'other', 'service-unavailable', 'service-unavailable'],
    ['jid-visible', 'bare', 'vcard', 'service-unavailable', 'accepted'],
    ['jid-visible', 'bare', 'client', 'accepted', 'accepted'],
    ['jid-visible', 'bare', 'other', 'accepted', 'accepted'],
    ['jid-visible', 'client', 'vcard', 'service-unavailable', 'accepted'],
    ['jid-visible', 'client', 'client', 'accepted', 'accepted'],
    ['jid-visible', 'client', 'other', 'accepted', 'accepted'],
    ['jid-visible', 'nosuch', 'other', 'service-unavailable', 'service-unavailable'],
    ['jid-hidden', 'nosuch', 'client', 'service-unavailable', 'service-unavailable'],
  ];

  test.each(CELLS)(
    'ANON-63, ANON-38, PRES-29, PRES-31, PRES-34, PRES-36: %s, to %s, %s: %s, or %s',
    (mode, asked, question, blocked, allowed) => {
      const stage = scene({ mode });
      expect(outcome(stage, asked, question)).toBe(blocked);
      stage.run((turn) => prefer(turn, requireParticipant(turn.channel, WITCH), { vCard: 'allow' }));
      expect(outcome(stage, asked, question)).toBe(allowed);
    },
  );

  test('in a channel that is maybe visible two who are shown are no exception', () => {
    const stage = scene({ mode: 'jid-maybe-visible' });
    for (const who of [HECATE, WITCH])
      stage.run((turn) => prefer(turn, requireParticipant(turn.channel, who), { jidVisibility: 'always' }));
    expect(outcome(stage, 'client', 'other')).toBe('service-unavailable');
  });

  test('PRES-32, PRES-33: is for participants, and of those that are there', () => {
    const stage = scene();
    expect(outcome(stage, 'client', 'client', STRANGER)).toBe('forbidden');
    const target = { id: 'nobody' as ParticipantId, resource: undefined };
    expect(stage.refusal((turn) => wayOfRequest(turn, HECATE, target, 'vcard'))).toBe('item-not-found');
  });

  test('to clients does not pass in a channel without presence, which knows none', () => {
    const stage = scene();
    const resource = stage.appear(WITCH);
    stage.run((turn) => configure(turn, OWNER, { nodesPresent: ['participants'] }));
    const target = { id: stage.id(WITCH), resource };
    expect(stage.refusal((turn) => wayOfRequest(turn, HECATE, target, 'client'))).toBe('service-unavailable');
  });

  test('ANON-36: reaches the client that was asked, and none other', () => {
    const stage = scene();
    stage.appear(HECATE);
    const resource = stage.appear(HECATE_TOO);
    const target = { id: stage.id(HECATE), resource };
    const { value, facts } = stage.run((turn) => wayOfRequest(turn, WITCH, target, 'client'));
    expect(value.routes.map(({ to }) => to.equals(HECATE_TOO))).toEqual([true]);
    expect(facts).toEqual([]);
  });
});

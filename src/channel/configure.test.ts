/** Changes of a channel, above all of its mode: who goes, who is shown, and in what order. */
import { describe, expect, test } from 'vitest';
import { Stage, jid, plain, told } from '../testing/rules-kit.ts';
import type { ChannelConfig, Mode, Node, Preferences } from '../storage/facts.ts';
import { configOf, mayRead } from './access.ts';
import { configure, publishInfo, type ConfigChange } from './configure.ts';
import { admit } from './lists.ts';
import { post } from './post.ts';
import { subscribe } from './subscription.ts';

const OWNER = jid('owner@shakespeare.example');
const ADMIN = jid('admin@shakespeare.example');
const WATCHER = jid('watcher@shakespeare.example');
const CLIENTS = ['default', 'prefer not', 'never', 'prefer', 'always'].map(
  (name) =>
    [name as Preferences['jidVisibility'], jid(`${name.replace(' ', '-')}@x.example/secret`)] as const,
);

/** One participant of each preference that the mode holds, all of them online, and a watcher of everything. */
function scene(mode: Mode, change: ConfigChange = {}): Stage {
  const stage = new Stage().create(OWNER, { mode, administrators: [ADMIN], ...change });
  stage.join(WATCHER, { nodes: ['messages', 'participants', 'presence', 'info'] });
  for (const [jidVisibility, client] of CLIENTS) {
    const isRefused =
      mode === 'jid-visible'
        ? jidVisibility === 'never'
        : mode === 'jid-hidden' && jidVisibility === 'always';
    if (isRefused) continue;
    stage.join(client, { preferences: { jidVisibility }, nodes: ['messages'] });
    stage.appear(client);
  }
  for (const node of ['config', 'jidmap'] as const) stage.run((turn) => subscribe(turn, OWNER, node));
  return stage;
}

const change = (stage: Stage, asked: ConfigChange, asker = OWNER) =>
  stage.run((turn) => configure(turn, asker, asked));

/** The notices of a change, each with the one whom it is about. */
function story(stage: Stage, asked: ConfigChange): string[] {
  const names = new Map(CLIENTS.map(([name, client]) => [stage.channel.ids.get(client.bare), name]));
  return change(stage, asked).notices.map((notice) => {
    const id = notice.kind === 'presence' ? notice.session.id : 'id' in notice ? notice.id : undefined;
    const how = notice.kind === 'presence' ? (notice.session.available ? ' here' : ' gone') : '';
    const shown = 'shown' in notice && notice.shown ? ' shown' : '';
    const to = 'node' in notice.audience ? notice.audience.node : 'the one';
    return `${notice.kind}${how}${shown}: ${(id && names.get(id)) ?? '-'} > ${to}`;
  });
}

describe('a change of mode', () => {
  test('D-08, ANON-13, LEAK-27: hidden to visible: never is gone before anybody is shown', () => {
    const stage = scene('jid-hidden');
    expect(story(stage, { mode: 'jid-visible' })).toEqual([
      'presence gone: never > presence',
      'participant-gone: never > participants',
      'jidmap-gone: never > jidmap',
      'participant-gone: never > the one',
      'participant: - > participants',
      ...['default', 'prefer not', 'prefer'].flatMap((name) => [
        `participant: ${name} > participants`,
        `presence here shown: ${name} > presence`,
      ]),
      'config: - > config',
      'info: - > info',
    ]);
  });

  test('D-08, ANON-14, LEAK-26: visible to hidden: always is gone, everybody else is hidden at once', () => {
    const stage = scene('jid-visible');
    expect(story(stage, { mode: 'jid-hidden' })).toEqual([
      'presence gone: always > presence',
      'participant-gone: always > participants',
      'jidmap-gone: always > jidmap',
      'participant-gone: always > the one',
      'participant: - > participants',
      ...['default', 'prefer not', 'prefer'].flatMap((name) => [
        `participant: ${name} > participants`,
        `presence here: ${name} > presence`,
      ]),
      'config: - > config',
      'info: - > info',
    ]);
  });

  test('D-09: maybe visible to hidden rewrites only those who were shown', () => {
    const stage = scene('jid-maybe-visible');
    expect(story(stage, { mode: 'jid-hidden' }).filter((line) => line.startsWith('participant:'))).toEqual([
      'participant: prefer > participants',
    ]);
  });

  test('D-09: hidden to maybe visible rewrites only those who are shown now', () => {
    const stage = scene('jid-hidden');
    expect(story(stage, { mode: 'jid-maybe-visible' })).toEqual([
      'participant: prefer > participants',
      'presence here shown: prefer > presence',
      'config: - > config',
      'info: - > info',
    ]);
  });

  test('ANON-16: those who are gone have nothing left, not even where the address fits again', () => {
    const stage = scene('jid-hidden');
    const [, never] = CLIENTS[2]!;
    change(stage, { mode: 'jid-visible' });
    expect(
      stage.refusal((turn) => post(turn, never, { payload: '', originalId: undefined, isKept: true })),
    ).toBe('forbidden');
    expect(mayRead(stage.channel, 'messages', never)).toBe(false);
    expect(stage.channel.clients.has(never)).toBe(false);
  });

  test('ANON-30, D-22: who has no nick is given one as the address goes, in the same event', () => {
    const stage = new Stage().create(OWNER, { mode: 'jid-visible', mandatoryNicks: false });
    stage.join(WATCHER, { nodes: ['participants'] });
    const { id, nick } = stage.join(jid('x@x.example'), { nick: undefined });
    expect(nick).toBe(undefined);
    const { notices } = change(stage, { mode: 'jid-hidden' });
    expect(plain(notices)).toContainEqual({
      kind: 'participant',
      id,
      nick: expect.stringMatching(/^([a-z][2-9]){5}$/) as string,
      audience: { node: 'participants' },
    });
  });

  test.each<ConfigChange>([
    { mandatoryNicks: true },
    { messagesSubscription: 'anyone' },
    { presenceSubscription: 'allowed' },
  ])('D-94: %j gives those a nick who have none', (asked) => {
    const stage = new Stage().create(OWNER, { mode: 'jid-visible', mandatoryNicks: false });
    const { id } = stage.join(WATCHER, { nick: undefined });
    const { notices } = change(stage, asked);
    expect(stage.channel.participants.get(id)!.nick).toMatch(/^([a-z][2-9]){5}$/);
    expect(told(notices)).toEqual(['participant > participants']);
  });

  test('the mode it has already tells of the configuration only', () => {
    const stage = scene('jid-hidden');
    expect(story(stage, { mode: 'jid-hidden' })).toEqual(['config: - > config']);
  });
});

describe('D-31: lists of addresses', () => {
  const WIDE: ConfigChange = {
    allowedSubscription: 'participants',
    bannedSubscription: 'allowed',
    configurationAccess: 'participants',
  };
  const LISTS: readonly Node[] = ['allowed', 'banned', 'config'];

  test('close with the mode, and those who may not read them any more are not told any more', () => {
    const stage = new Stage().create(OWNER, {
      mode: 'jid-visible',
      nodesPresent: ['participants', 'allowed', 'banned'],
      administrators: [ADMIN],
      ...WIDE,
    });
    stage.run((turn) => admit(turn, 'allowed', WATCHER));
    stage.join(WATCHER, { nodes: LISTS });
    for (const node of LISTS) stage.run((turn) => subscribe(turn, ADMIN, node));
    const { notices } = change(stage, { mode: 'jid-maybe-visible' });
    const { config, subscribers } = stage.channel;
    expect(config).toMatchObject({
      allowedSubscription: 'admins',
      bannedSubscription: 'admins',
      configurationAccess: 'admins',
    });
    for (const node of LISTS) {
      expect(subscribers[node].has(WATCHER)).toBe(false);
      expect(subscribers[node].has(ADMIN)).toBe(true);
    }
    expect(told(notices)).toEqual(['config > config']);
  });

  test('ANON-05: leave what was narrower as it is', () => {
    const stage = new Stage().create(OWNER, { mode: 'jid-visible', allowedSubscription: 'nobody' });
    change(stage, { mode: 'jid-hidden' });
    expect(stage.channel.config).toMatchObject({
      allowedSubscription: 'nobody',
      configurationAccess: 'owners',
    });
  });

  test.each(['allowedSubscription', 'bannedSubscription', 'configurationAccess'] as const)(
    'ADM-10, LEAK-14: %s cannot be opened while addresses are hidden, nor together with the mode',
    (option) => {
      for (const group of ['participants', 'allowed', 'anyone'] as const) {
        const hidden = scene('jid-maybe-visible');
        expect(hidden.refusal((turn) => configure(turn, OWNER, { [option]: group }))).toBe('not-acceptable');
        const visible = scene('jid-visible');
        expect(
          visible.refusal((turn) => configure(turn, OWNER, { mode: 'jid-hidden', [option]: group })),
        ).toBe('not-acceptable');
        expect(visible.refusal((turn) => configure(turn, OWNER, { [option]: group }))).toBe('accepted');
      }
    },
  );
});

describe('roles', () => {
  test('ANON-54: a demoted administrator loses the map and the lists at once', () => {
    const stage = scene('jid-hidden');
    for (const node of ['jidmap', 'banned'] as const) stage.run((turn) => subscribe(turn, ADMIN, node));
    change(stage, { administrators: [] });
    expect(stage.channel.subscribers.jidmap.has(ADMIN)).toBe(false);
    expect(stage.channel.subscribers.banned.has(ADMIN)).toBe(false);
    expect(stage.channel.subscribers.jidmap.has(OWNER)).toBe(true);
  });

  test('ADM-02: there is always an owner', () => {
    expect(scene('jid-hidden').refusal((turn) => configure(turn, OWNER, { owners: [] }))).toBe(
      'not-acceptable',
    );
  });

  test('ADM-04, ANON-18: nobody else changes the configuration', () => {
    const stage = scene('jid-hidden');
    for (const asker of [ADMIN, WATCHER, jid('stranger@x.example')])
      expect(stage.refusal((turn) => configure(turn, asker, { mode: 'jid-visible' }))).toBe('forbidden');
  });

  test('ADM-15, GEN-33: who changed it last is noted, and roles are given once', () => {
    const stage = scene('jid-hidden');
    change(stage, { owners: [OWNER, ADMIN, OWNER] }, jid('owner@shakespeare.example/phone'));
    const { owners, lastChangeBy } = configOf(stage.channel);
    expect(owners).toHaveLength(2);
    expect(lastChangeBy.equals(OWNER)).toBe(true);
  });

  test('a former owner whom a ban reaches is gone', () => {
    const stage = scene('jid-hidden');
    change(stage, { owners: [OWNER, WATCHER] });
    stage.run((turn) => admit(turn, 'banned', jid('shakespeare.example')));
    expect(stage.channel.participant(WATCHER)).not.toBe(undefined);
    change(stage, { owners: [OWNER] });
    expect(stage.channel.participant(WATCHER)).toBe(undefined);
  });
});

describe('nodes', () => {
  const without = (stage: Stage, node: Node): ConfigChange => ({
    nodesPresent: configOf(stage.channel).nodesPresent.filter((one) => one !== node),
  });

  test('D-68, ADM-19: without presence everybody goes, and those who were subscribed are told', () => {
    const stage = scene('jid-hidden');
    const { notices } = change(stage, without(stage, 'presence'));
    expect(told(notices)).toEqual([...Array<string>(4).fill('presence > presence'), 'config > config']);
    expect(stage.channel.sessions.size).toBe(0);
    expect(stage.channel.subscribers.presence.size).toBeGreaterThan(0);
    expect(stage.appear(WATCHER)).toBe('none');
  });

  test('the subscribers of a node that goes are told so, and of nothing more', () => {
    const stage = scene('jid-hidden');
    expect(told(change(stage, without(stage, 'info')).notices)).toEqual([
      'node-gone > info',
      'config > config',
    ]);
    expect(told(change(stage, { mode: 'jid-maybe-visible' }).notices)).not.toContain('info > info');
  });

  test('D-68: the allowed list begins empty each time, and keeps those who take part', () => {
    const stage = scene('jid-hidden');
    const withAllowed: ConfigChange = { nodesPresent: [...configOf(stage.channel).nodesPresent, 'allowed'] };
    const before = stage.channel.participants.size;
    change(stage, withAllowed);
    stage.run((turn) => admit(turn, 'allowed', jid('y.example')));
    change(stage, without(stage, 'allowed'));
    expect(stage.channel.allowed.size).toBe(0);
    change(stage, withAllowed);
    expect(stage.channel.allowed.size).toBe(0);
    expect(stage.channel.participants.size).toBe(before);
  });

  test('bans outlive the banned node', () => {
    const stage = scene('jid-hidden');
    const [, client] = CLIENTS[0]!;
    stage.run((turn) => admit(turn, 'banned', client.bare));
    change(stage, without(stage, 'banned'));
    expect(stage.channel.banned.has(client.bare)).toBe(true);
  });

  test.each<[string, ConfigChange]>([
    ['ADM-19: participants cannot be dropped', { nodesPresent: ['presence'] }],
    ['ADM-18: an end in the past', { endOfLife: 1 }],
  ])('%s is refused', (_, asked) => {
    expect(scene('jid-visible').refusal((turn) => configure(turn, OWNER, asked))).toBe('not-acceptable');
  });
});

describe('items', () => {
  test('ADM-41: options that are not given stay', () => {
    const stage = scene('jid-hidden');
    const before = configOf(stage.channel);
    change(stage, { privateMessages: false });
    const expected: ChannelConfig = { ...before, privateMessages: false };
    expect(plain(configOf(stage.channel))).toEqual(plain(expected));
  });

  test('ADM-11, ADM-42, D-71: ids are times that only grow, whatever the clock says', () => {
    const stage = scene('jid-hidden');
    const ids = [stage.channel.configId];
    for (const step of [1000, 0, -5000, 0]) {
      stage.now += step;
      ids.push(change(stage, { privateMessages: step > 0 }).value);
      expect(stage.channel.configId).toBe(ids.at(-1));
    }
    expect(ids.toSorted()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  test('ADM-45, ADM-27: information is for those whom the configuration names', () => {
    const stage = scene('jid-hidden');
    const info = { name: 'Coven', description: undefined, contact: [] };
    const publish = (asker = WATCHER): string => stage.refusal((turn) => publishInfo(turn, asker, info));
    expect(publish()).toBe('forbidden');
    expect(publish(ADMIN)).toBe('accepted');
    change(stage, { informationUpdate: 'participants' });
    expect(publish()).toBe('accepted');
    expect(publish(jid('stranger@x.example'))).toBe('forbidden');
    change(stage, { informationUpdate: 'owners' });
    expect(publish(ADMIN)).toBe('forbidden');
    expect(told(stage.run((turn) => publishInfo(turn, OWNER, info)).notices)).toEqual(['info > info']);
  });
});

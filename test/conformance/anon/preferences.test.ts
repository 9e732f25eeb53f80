/**
 * ANON-60 to ANON-63, ANON-68 to ANON-77, ANON-83 to ANON-85: the form of preferences, asked for, sent and answered.
 * Compares the forms word for word, and tries what they must not take.
 * Does not look at what follows from a preference (preferences-at-work.test.ts).
 * Before: test/conformance/anon/modes.test.ts. After: test/conformance/anon/preferences-at-work.test.ts.
 */
import { describe, expect, test } from 'vitest';
import {
  closeWorlds,
  DOMAIN,
  expectIs,
  expectRefused,
  fieldsOf,
  find,
  findAll,
  form,
  joinXml,
  openWorld,
  textOf,
  type Person,
  type World,
} from './kit.ts';

closeWorlds();

const NS = 'urn:xmpp:mix:anon:0';
const DEFAULTS = {
  'JID Visibility': 'default',
  'Private Messages': 'allow',
  vCard: 'block',
  Presence: 'share',
};

interface Scene {
  readonly world: World;
  readonly owner: Person;
  readonly one: Person;
  readonly two: Person;
  readonly channel: string;
}

/** `two` takes part and follows everything; `one` is not there yet. */
async function setUp(options: Readonly<Record<string, string>> = {}): Promise<Scene> {
  const world = await openWorld();
  const [owner, one, two] = (await world.cast('owner', 'one', 'two')) as [Person, Person, Person];
  const channel = await owner.create('coven', { 'JID Visibility': 'jid-maybe-visible', ...options });
  await two.join(channel);
  world.mark();
  return { world, owner, one, two, channel };
}

/** The form of an answer, word for word. */
function resultForm(values: Readonly<Record<string, string>>): string {
  const fields = Object.entries({ ...DEFAULTS, ...values }).map(
    ([name, value]) => `<field var='${name}' type='list-single'><value>${value}</value></field>`,
  );
  return `<x xmlns='jabber:x:data' type='result'><field var='FORM_TYPE' type='hidden'><value>${NS}</value></field>${fields.join('')}</x>`;
}

test('ANON-60: every value of JID Visibility is taken, and answered as it is spelt in the document', async () => {
  const { one, channel } = await setUp();
  await one.join(channel);
  for (const value of ['never', 'always', 'prefer not', 'default', 'prefer']) {
    const answer = await one.prefer(channel, { 'JID Visibility': value });
    expectIs(find(answer, 'x'), resultForm({ 'JID Visibility': value }));
    expect((await one.preferences(channel))['JID Visibility']).toBe(value);
  }
});

test('ANON-61, ANON-62, ANON-63, ANON-64, ANON-70: a join is answered with all four preferences, defaults filled in', async () => {
  for (const mode of ['jid-hidden', 'jid-maybe-visible', 'jid-visible']) {
    const { one, channel } = await setUp({ 'JID Visibility': mode });
    const answer = await one.ask('set', channel, joinXml({ nick: 'one' }));
    expectIs(find(answer, 'x'), resultForm({}));
    await one.leave(channel);
    const other = await one.ask('set', channel, joinXml({ nick: 'one', preferences: { vCard: 'allow' } }));
    expectIs(find(other, 'x'), resultForm({ vCard: 'allow' }));
    await one.leave(channel);
    const empty = await one.ask('set', channel, joinXml({ nick: 'one', preferences: {} }));
    expectIs(find(empty, 'x'), resultForm({}));
  }
});

test('ANON-61: after a leave and another join the preferences are the defaults again', async () => {
  const { one, channel } = await setUp();
  await one.join(channel, { preferences: { 'JID Visibility': 'never', vCard: 'allow' } });
  await one.leave(channel);
  const answer = await one.ask('set', channel, joinXml({ nick: 'one' }));
  expectIs(find(answer, 'x'), resultForm({}));
});

test('ANON-68: options that nobody knows are passed over, and not repeated', async () => {
  const { one, channel } = await setUp();
  const answer = await one.ask(
    'set',
    channel,
    joinXml({ nick: 'one', preferences: { 'Custom Preference': 'x', vCard: 'allow' } }),
  );
  expectIs(find(answer, 'x'), resultForm({ vCard: 'allow' }));
  const set = await one.prefer(channel, { 'Custom Preference': 'Custom Value', Presence: 'not share' });
  expectIs(find(set, 'x'), resultForm({ vCard: 'allow', Presence: 'not share' }));
});

test('ANON-69: a join may bring preferences, which hold from the first event on', async () => {
  for (const [wish, isShown] of [
    ['never', false],
    ['always', true],
  ] as const) {
    const { one, two, channel } = await setUp();
    const id = await one.join(channel, { preferences: { 'JID Visibility': wish } });
    const [event] = two.heard('message', 'participants');
    expect(textOf(event, 'jid')).toBe(isShown ? one.bare : undefined);
    await one.post(channel, '<body>Double</body>');
    const copy = two.heard('message').find(({ attrs }) => attrs['type'] === 'groupchat');
    expect(textOf(copy, 'jid')).toBe(isShown ? one.bare : undefined);
    expect(copy?.attrs['from']).toBe(`${channel}/${id}`);
  }
});

test('ANON-71: a join is taken in anon:0 and in core:1, and answered in the namespace in which it was asked', async () => {
  for (const ns of [NS, 'urn:xmpp:mix:core:1']) {
    const { one, two, channel } = await setUp();
    const wish = { nick: 'one', nodes: ['messages'], preferences: { 'JID Visibility': 'never' }, ns };
    const answer = await one.ask('set', channel, joinXml(wish));
    const id = find(answer, 'join')?.attrs['id'] ?? '';
    expectIs(
      find(answer, 'join'),
      `<join xmlns='${ns}' id='${id}' jid='${id}#${channel}'><subscribe node='urn:xmpp:mix:nodes:messages'/><nick>one</nick>${resultForm({ 'JID Visibility': 'never' })}</join>`,
    );
    expect((await two.participants(channel))[id]).toEqual({ nick: 'one' });
  }
});

test('ANON-72: a join with a value that no preference has does nothing at all', async () => {
  const { world, owner, one, channel } = await setUp();
  await owner.subscribe(channel, 'jidmap');
  world.mark();
  for (const preferences of [
    { 'JID Visibility': 'maybe' },
    { 'JID Visibility': ['always', 'never'] },
    { vCard: 'perhaps' },
    { Presence: 'allow' },
    { 'Private Messages': 'never' },
  ])
    expectRefused(
      await one.ask('set', channel, joinXml({ nick: 'one', preferences })),
      'not-acceptable/modify',
    );
  world.expectSilence();
  expect(Object.values(await owner.participants(channel))).toEqual([{ nick: 'two' }]);
  expectRefused(await one.say('groupchat', channel, '<body>Double</body>'), 'forbidden/auth');
});

test('ANON-73: so does one with a preference that the mode excludes', async () => {
  for (const [mode, wish] of [
    ['jid-visible', 'never'],
    ['jid-hidden', 'always'],
  ] as const) {
    const { world, owner, one, channel } = await setUp({ 'JID Visibility': mode });
    const wishes = { nick: 'one', preferences: { 'JID Visibility': wish } };
    expectRefused(await one.ask('set', channel, joinXml(wishes)), 'not-acceptable/modify');
    world.expectSilence();
    expect(Object.values(await owner.participants(channel)).map(({ nick }) => nick)).toEqual(['two']);
  }
});

describe('ANON-74: the form to fill in', () => {
  test.each([
    ['jid-hidden', ['default', 'never', 'prefer not', 'prefer']],
    ['jid-maybe-visible', ['default', 'never', 'prefer not', 'prefer', 'always']],
    ['jid-visible', ['default', 'prefer not', 'prefer', 'always']],
  ] as const)('in %s offers %j', async (mode, options) => {
    const { one, two, owner, channel } = await setUp({ 'JID Visibility': mode });
    for (const person of [one, two, owner]) {
      const answer = await person.ask('get', channel, `<user-preference xmlns='${NS}'/>`);
      const x = find(find(answer, 'user-preference', NS), 'x', 'jabber:x:data');
      expect(x?.attrs['type']).toBe('form');
      const fields = x === undefined ? [] : findAll(x, 'field');
      expect(fields.map(({ attrs }) => [attrs['var'], attrs['type']])).toEqual([
        ['FORM_TYPE', 'hidden'],
        ...Object.keys(DEFAULTS).map((name) => [name, 'list-single']),
      ]);
      expect(fieldsOf(answer)).toEqual({ FORM_TYPE: NS, ...DEFAULTS });
      const offered = fields.map((field) =>
        findAll(field, 'option').map((option) => textOf(option, 'value') ?? ''),
      );
      expect(offered.map((values) => values.toSorted())).toEqual([
        [],
        options.toSorted(),
        ['allow', 'block'],
        ['allow', 'block'],
        ['not share', 'share'],
      ]);
    }
  });

  test('is not for those who could not join', async () => {
    const { owner, one, channel } = await setUp();
    await owner.publish(channel, 'banned', `<item id='${one.bare}'/>`);
    expectRefused(await one.ask('get', channel, `<user-preference xmlns='${NS}'/>`), 'forbidden/auth');
  });
});

test('ANON-75: the form carries the values of the participant who asks', async () => {
  const { one, two, channel } = await setUp();
  await one.join(channel);
  const own = {
    'JID Visibility': 'prefer not',
    'Private Messages': 'block',
    vCard: 'allow',
    Presence: 'not share',
  };
  await one.prefer(channel, own);
  expect(await one.preferences(channel)).toEqual(own);
  expect(await two.preferences(channel)).toEqual(DEFAULTS);
});

test('ANON-76, ANON-77: a set of some fields leaves the others, and is answered with all', async () => {
  const { one, channel } = await setUp();
  await one.join(channel, { preferences: { 'JID Visibility': 'never', 'Private Messages': 'block' } });
  const answer = await one.prefer(channel, { vCard: 'allow' });
  expectIs(
    answer,
    `<iq type='result' id='${answer.attrs['id'] ?? ''}' from='${channel}' to='${one.full}'><user-preference xmlns='${NS}'>${resultForm(
      { 'JID Visibility': 'never', 'Private Messages': 'block', vCard: 'allow' },
    )}</user-preference></iq>`,
  );
  // An empty field is the default again (D-10).
  const reset = `<user-preference xmlns='${NS}'><x xmlns='jabber:x:data' type='submit'><field var='JID Visibility'/></x></user-preference>`;
  expectIs(
    find(await one.ask('set', channel, reset), 'x'),
    resultForm({ 'Private Messages': 'block', vCard: 'allow' }),
  );
});

test('ANON-83: a set needs a form, and one of this kind', async () => {
  const { world, one, channel } = await setUp();
  await one.join(channel);
  world.mark();
  const wrong = [
    '',
    form('urn:xmpp:mix:core:1', { vCard: 'allow' }),
    form('urn:xmpp:mix:admin:0', { vCard: 'allow' }),
    form(NS, { vCard: 'allow' }).replace("type='submit'", "type='result'"),
    form(NS, { vCard: 'allow' }) + form(NS, { vCard: 'allow' }),
  ];
  for (const content of wrong) {
    const answer = await one.ask(
      'set',
      channel,
      `<user-preference xmlns='${NS}'>${content}</user-preference>`,
    );
    expectRefused(answer, 'bad-request/modify');
  }
  world.expectSilence();
  expect(await one.preferences(channel)).toEqual(DEFAULTS);
  // Without a FORM_TYPE it is taken (D-10).
  const bare = form(undefined, { vCard: 'allow' });
  const taken = await one.ask('set', channel, `<user-preference xmlns='${NS}'>${bare}</user-preference>`);
  expectIs(find(taken, 'x'), resultForm({ vCard: 'allow' }));
});

test('ANON-84: the service itself has no preferences', async () => {
  const { one } = await setUp();
  expectRefused(
    await one.ask('get', DOMAIN, `<user-preference xmlns='${NS}'/>`),
    'service-unavailable/cancel',
  );
  const set = `<user-preference xmlns='${NS}'>${form(NS, { vCard: 'allow' })}</user-preference>`;
  expectRefused(await one.ask('set', DOMAIN, set), 'service-unavailable/cancel');
});

describe('ANON-85: other spellings are understood', () => {
  test.each([
    ['JID Visibility', 'Never', 'never'],
    ['JID Visibility', 'prefer_not', 'prefer not'],
    ['JID_Visibility', 'Enforce Hidden', 'never'],
    ['jid-visibility', 'Enforce Visible', 'always'],
    ['JID Visibility', 'Prefer Hidden', 'prefer not'],
    ['JID Visibility', 'Prefer Visible', 'prefer'],
    ['JID Visibility', ' ALWAYS ', 'always'],
    ['Private_Messages', 'Block', 'block'],
    ['VCARD', 'ALLOW', 'allow'],
    ['presence', 'not_share', 'not share'],
    ['Presence', 'Share', 'share'],
  ])('%s: %j is %j', async (name, value, meant) => {
    const { one, channel } = await setUp();
    await one.join(channel);
    const canonical =
      Object.keys(DEFAULTS).find((each) => each.toLowerCase() === name.toLowerCase().replace(/[_-]/g, ' ')) ??
      '';
    expectIs(find(await one.prefer(channel, { [name]: value }), 'x'), resultForm({ [canonical]: meant }));
  });
});

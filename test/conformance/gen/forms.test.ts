/**
 * GEN-28 … 36: forms.
 */
import { describe, expect, test } from 'vitest';
import { elements, type XmlElement } from '../../../src/xml/element.ts';
import {
  all,
  configure,
  form,
  NODES,
  openCoven,
  publish,
  pubsub,
  textsOf,
  type Coven,
  type Person,
} from '../pubsub/kit.ts';

const CONFIG = 'urn:xmpp:mix:admin:0';
const INFO = 'urn:xmpp:mix:core:1';
const ANON = 'urn:xmpp:mix:anon:0';
const MAM = 'urn:xmpp:mam:2';
const prefer = (x: string): string => `<user-preference xmlns='${ANON}'>${x}</user-preference>`;
const search = (x: string): string => `<query xmlns='${MAM}'>${x}</query>`;

/** What a form in the answer says, by field. */
function valuesIn(stanza: XmlElement): Record<string, string[]> {
  return Object.fromEntries(
    all(stanza, 'field').map((field) => [
      field.attrs['var'] ?? '',
      elements(field)
        .filter(({ name }) => name === 'value')
        .flatMap((value) => value.children as string[]),
    ]),
  );
}

async function configOf({ world, channel }: Coven, who: Person): Promise<XmlElement> {
  return world.result(who, 'get', channel, pubsub(`<items node='${NODES.config}'/>`));
}

describe('GEN-28: the FORM_TYPE', () => {
  test('may be left out where the form can mean one thing only', async () => {
    const coven = await openCoven();
    const { world, channel, owner, newt } = coven;
    const set = await world.result(
      newt,
      'set',
      channel,
      prefer(form(undefined, [['Private Messages', 'block']])),
    );
    expect(valuesIn(set)['Private Messages']).toEqual(['block']);
    await world.result(owner, 'set', channel, publish(NODES.info, form(undefined, [['Name', 'Coven']])));
    await world.result(
      owner,
      'set',
      channel,
      publish(NODES.config, form(undefined, [['Private Messages', 'false']])),
    );
    expect(valuesIn(await configOf(coven, owner))['Private Messages']).toEqual(['false']);
    await world.refused(newt, 'set', channel, search(form(undefined, [['with', newt.bare]])), 'bad-request');
  });

  test('must be the right one', async () => {
    const { world, channel, owner, newt } = await openCoven();
    for (const wrong of ['foo', 'urn:xmpp:mix:core:0', '']) {
      await world.refused(
        newt,
        'set',
        channel,
        prefer(form(wrong, [['Private Messages', 'block']])),
        'bad-request',
      );
      await world.refused(newt, 'set', channel, search(form(wrong, [['with', newt.bare]])), 'bad-request');
      for (const [node, field] of [
        [NODES.info, ['Name', 'x']],
        [NODES.config, ['Private Messages', 'false']],
      ] as const)
        await world.refused(
          owner,
          'set',
          channel,
          publish(node, form(wrong, [field])),
          'bad-request',
          'invalid-payload',
        );
    }
  });
});

describe('GEN-29: the type of the form', () => {
  test('cancel changes nothing', async () => {
    const coven = await openCoven();
    const { world, channel, owner, newt } = coven;
    const state = await world.state();
    const answer = await world.result(
      newt,
      'set',
      channel,
      prefer(form(ANON, [['Private Messages', 'block']], 'cancel')),
    );
    expect(valuesIn(answer)['Private Messages']).toEqual(['allow']);
    await world.result(
      owner,
      'set',
      channel,
      publish(NODES.config, form(CONFIG, [['Private Messages', 'false']], 'cancel')),
    );
    await world.result(owner, 'set', channel, publish(NODES.info, form(INFO, [['Name', 'x']], 'cancel')));
    expect(await world.state()).toBe(state);
  });

  test.each(['result', 'foo'])('%s is no submission', async (type) => {
    const { world, channel, owner, newt } = await openCoven();
    await world.refused(
      newt,
      'set',
      channel,
      prefer(form(ANON, [['Private Messages', 'block']], type)),
      'bad-request',
    );
    await world.refused(newt, 'set', channel, search(form(MAM, [], type)), 'bad-request');
    const application = type === 'result' ? 'invalid-payload' : '';
    for (const x of [
      publish(NODES.config, form(CONFIG, [['Private Messages', 'false']], type)),
      publish(NODES.info, form(INFO, [['Name', 'x']], type)),
    ])
      await world.refused(owner, 'set', channel, x, 'bad-request', application);
  });

  test('a form is no submission of preferences', async () => {
    const { world, channel, newt } = await openCoven();
    await world.refused(
      newt,
      'set',
      channel,
      prefer(form(ANON, [['Private Messages', 'block']], 'form')),
      'bad-request',
    );
  });
});

test('GEN-30, GEN-31: the type of a field does not matter, be it absent or wrong', async () => {
  const coven = await openCoven();
  const { world, channel, owner, newt } = coven;
  const typed = (x: string, type: string): string => x.replaceAll('<field ', `<field type='${type}' `);
  for (const type of ['list-single', 'boolean', 'text-single', 'hidden', 'nonsense'])
    for (const value of ['false', 'true']) {
      await world.result(
        owner,
        'set',
        channel,
        publish(NODES.config, typed(form(CONFIG, [['Mandatory Nicks', value]]), type)),
      );
      expect(valuesIn(await configOf(coven, owner))['Mandatory Nicks']).toEqual([value]);
    }
  await world.result(owner, 'set', channel, publish(NODES.config, form(CONFIG, [['Mandatory Nicks', '0']])));
  expect(valuesIn(await configOf(coven, owner))['Mandatory Nicks']).toEqual(['false']);
  for (const x of [
    form(ANON, [['Private Messages', 'block']]),
    typed(form(ANON, [['Private Messages', 'block']]), 'boolean'),
  ])
    expect(valuesIn(await world.result(newt, 'set', channel, prefer(x)))['Private Messages']).toEqual([
      'block',
    ]);
});

describe('values', () => {
  test('GEN-32: several where there may be several, one where there is one', async () => {
    const coven = await openCoven();
    const { world, channel, owner, admin, newt } = coven;
    await configure(coven, [['Owner', owner.bare, admin.bare]]);
    expect(valuesIn(await configOf(coven, owner))['Owner']).toEqual([owner.bare, admin.bare]);
    for (const field of [
      ['Configuration Node Access', 'owners', 'admins'],
      ['Private Messages', 'true', 'false'],
    ])
      await world.refused(
        owner,
        'set',
        channel,
        publish(NODES.config, form(CONFIG, [field])),
        'not-acceptable',
      );
    await world.refused(
      newt,
      'set',
      channel,
      prefer(form(ANON, [['Private Messages', 'block', 'allow']])),
      'not-acceptable',
    );
  });

  test('GEN-33: an address that is there twice is there once', async () => {
    const coven = await openCoven();
    const { owner, admin } = coven;
    await configure(coven, [
      ['Owner', owner.bare, owner.bare.toUpperCase(), owner.bare.replace('owner.example', 'OWNER.example')],
    ]);
    await configure(coven, [['Administrator', admin.bare.toUpperCase(), admin.bare, admin.bare]]);
    const { Owner, Administrator } = valuesIn(await configOf(coven, owner));
    expect([Owner, Administrator]).toEqual([[owner.bare], [admin.bare]]);
  });

  test('GEN-34: an empty field takes a value away, but never the last owner', async () => {
    const coven = await openCoven();
    const { world, channel, owner } = coven;
    const end = '2030-01-01T00:00:00Z';
    await configure(coven, [['End of Life', end]]);
    expect(valuesIn(await configOf(coven, owner))['End of Life']?.map((value) => Date.parse(value))).toEqual([
      Date.parse(end),
    ]);
    await configure(coven, [['End of Life'], ['Administrator']]);
    const { Administrator, 'End of Life': none } = valuesIn(await configOf(coven, owner));
    expect([Administrator ?? [], none ?? []]).toEqual([[], []]);
    for (const field of [['Owner'], ['Owner', '']])
      await world.refused(
        owner,
        'set',
        channel,
        publish(NODES.config, form(CONFIG, [field])),
        'not-acceptable',
      );
  });

  test.each([
    [['Messages Node Subscription', 'everybody']],
    [['Mandatory Nicks', 'perhaps']],
    [['End of Life', 'tomorrow']],
    [['JID Visibility', 'sometimes']],
    [['Nodes Present', 'participants', 'kitchen']],
  ])('GEN-35: %j is no value of that field', async (field) => {
    const { world, channel, owner } = await openCoven();
    await world.refused(
      owner,
      'set',
      channel,
      publish(NODES.config, form(CONFIG, [field])),
      'not-acceptable',
    );
  });

  test('GEN-36: to fill in, a form has labels and choices; to show, types only', async () => {
    const coven = await openCoven([['Configuration Node Access', 'admins']]);
    const { world, channel, owner, admin, newt } = coven;
    const template = await world.result(newt, 'get', channel, prefer(''));
    expect(all(template, 'x').map(({ attrs }) => attrs['type'])).toEqual(['form']);
    const fields = all(template, 'field').filter(({ attrs }) => attrs['var'] !== 'FORM_TYPE');
    expect(fields).toHaveLength(4);
    for (const field of fields) {
      expect([field.attrs['type'], (field.attrs['label'] ?? '') !== '']).toEqual(['list-single', true]);
      expect(all(field, 'option').length).toBeGreaterThan(1);
    }
    const filling = await configOf(coven, owner);
    expect(all(filling, 'x')[0]?.attrs['type']).toBe('form');
    expect(all(filling, 'option').length).toBeGreaterThan(10);
    for (const event of [await configOf(coven, admin), await eventOf(coven)]) {
      expect(all(event, 'x').map(({ attrs }) => attrs['type'])).toEqual(['result']);
      expect(all(event, 'option')).toEqual([]);
      for (const { attrs } of all(event, 'field'))
        expect([attrs['label'], (attrs['type'] ?? '') !== '']).toEqual([undefined, true]);
      expect(textsOf(event, 'value')[0]).toBe(CONFIG);
    }
  });

  async function eventOf(coven: Coven): Promise<XmlElement> {
    const { world, channel, admin } = coven;
    await world.result(
      admin,
      'set',
      channel,
      pubsub(`<subscribe node='${NODES.config}' jid='${admin.bare}'/>`),
    );
    const [event] = await world.during(admin, () => configure(coven, [['Private Messages', 'false']]));
    return event!;
  }
});

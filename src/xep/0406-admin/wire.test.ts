/**
 * XEP-0406 MIX-ADMIN 0.3.1 (2022-03-22): all examples of the document, both ways, every option, and hostile forms.
 * One line for each example file: what our codec must make of its stanzas.
 * Does not test the rules (channel/) nor the service.
 * Always: every file in examples/ has its line.
 * Before: xep/0406-admin/wire.ts. After: xep/0406-admin/service.ts.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { all, meaning, readExample, reads, same, within, type Check } from '../../stanza/examples.ts';
import { el, type XmlElement } from '../../xml/element.ts';
import { field, parseForm, type Form } from '../0004-forms/wire.ts';
import * as pubsub from '../0060-pubsub/wire.ts';
import { buildInfo, buildInfoSubmit, NODE_NAMES, parseInfo, readInfo } from '../0369-core/wire.ts';
import * as admin from './wire.ts';

const asked = (node: string): Check => same(pubsub.parsePubsub, () => pubsub.buildItemsRequest(node));
/** The value of a node stands alone in the document; it is read inside the element that it comes in. */
const listed = (...ids: string[]): Check =>
  reads(
    (items) => pubsub.parseItems(el('pubsub', pubsub.NS, {}, [items])).items.map(({ id }) => id),
    ids,
    (items) => items,
  );
const information = meaning(
  (x) => readInfo(parseForm(x)),
  ({ name, description, contact = [] }) => buildInfo({ name, description, contact }, undefined, 'form'),
  within('x'),
);
const itemId = reads(pubsub.parsePublished, '2016-05-30T09:00:00');
const done = same(pubsub.parsePublished, (id) => pubsub.buildPublished('any', id));
const published = (read: (form: Form) => unknown, expected: unknown): Check =>
  reads(
    (e) => {
      const request = pubsub.parsePubsub(e);
      if (request.verb !== 'publish') return request;
      return request.items.map(({ payload }) => payload && read(parseForm(payload)));
    },
    [expected],
  );

const owners = ['hecate@shakespeare.example', 'greymalkin@shakespeare.example'];
const config = { owners, messagesSubscription: 'allowed', privateMessages: false } as const;

const examples: Readonly<Record<string, readonly Check[]>> = {
  '01': [listed('shakespeare.example', 'alice@wonderland.example')],
  '02': [listed('lear@shakespeare.example', 'macbeth@shakespeare.example')],
  // 'No Private Messages' is read, and written as its opposite (D-70).
  '03': [
    all(
      reads((x) => admin.readConfig(parseForm(x)), config, within('x')),
      meaning((x) => admin.readConfig(parseForm(x)), admin.buildConfigSubmit, within('x')),
    ),
  ],
  // Its item has no id, and its title stands behind a field.
  '04': [asked(NODE_NAMES.info), information],
  '05': [
    all(
      published((form) => parseInfo(form).contact, ['greymalkin@shakespeare.example']),
      meaning((x) => parseInfo(parseForm(x)), buildInfoSubmit, within('x')),
    ),
    itemId,
  ],
  // The items of the answer are in the namespace of the form (D-90).
  '06': [
    asked(NODE_NAMES.config),
    all(
      reads((e) => pubsub.parseItems(e).items.length, 1),
      reads((x) => admin.readConfig(parseForm(x)), { administrators: [] }, within('x')),
    ),
  ],
  '07': [
    all(
      published(admin.parseConfig, { ...config, mode: 'jid-visible' }),
      meaning((x) => admin.parseConfig(parseForm(x)), admin.buildConfigSubmit, within('x')),
    ),
    itemId,
  ],
  '08': [
    asked(NODE_NAMES.allowed),
    same(pubsub.parseItems, ({ node, items }) =>
      pubsub.buildItems(
        node,
        items.map(({ id = '' }) => ({ id })),
      ),
    ),
  ],
  '09': [
    same(pubsub.parsePubsub, () => pubsub.buildPublish(NODE_NAMES.allowed, [{ id: 'marlow.example' }])),
    done,
  ],
  '10': [
    same(pubsub.parsePubsub, () => pubsub.buildRetract(NODE_NAMES.banned, ['lear@shakespeare.example'])),
    done,
  ],
};

const folder = new URL('./examples/', import.meta.url);

test.each(readdirSync(folder).filter((file) => file.endsWith('.xml')))('%s', (file) => {
  const stanzas = readExample(readFileSync(new URL(file, folder), 'utf8'));
  const checks = examples[file.slice(0, 2)] ?? [];
  expect(checks).toHaveLength(stanzas.length);
  for (const [at, stanza] of stanzas.entries()) {
    const [made, expected] = checks[at]!(stanza);
    expect(made).toEqual(expected);
  }
});

const options: admin.ConfigOptions = {
  mode: 'jid-maybe-visible',
  owners: ['a@example', 'b@example'],
  administrators: [],
  endOfLife: Date.UTC(2030, 0, 1),
  nodesPresent: ['participants', 'info', 'jidmap', 'avatar-data', 'avatar-metadata'],
  messagesSubscription: 'anyone',
  presenceSubscription: 'allowed',
  participantsSubscription: 'nobody',
  informationSubscription: 'participants',
  allowedSubscription: 'owners',
  bannedSubscription: 'admins',
  configurationAccess: 'admins',
  informationUpdate: 'participants',
  avatarUpdate: 'owners',
  openPresence: true,
  mustProvidePresence: true,
  userRetraction: true,
  administratorRetraction: 'nobody',
  invitationByParticipant: true,
  privateMessages: false,
  mandatoryNicks: false,
};
const whole: admin.ConfigShown = { ...options, lastChangeBy: 'a@example' };

/** XEP-0406 §2.4, the first column of its table, and the name of D-01. */
const NAMES = [
  'Last Change Made By',
  'Owner',
  'Administrator',
  'End of Life',
  'Nodes Present',
  'Messages Node Subscription',
  'Presence Node Subscription',
  'Participants Node Subscription',
  'Information Node Subscription',
  'Allowed Node Subscription',
  'Banned Node Subscription',
  'Configuration Node Access',
  'Information Node Update Rights',
  'Avatar Nodes Update Rights',
  'Open Presence',
  'Participants Must Provide Presence',
  'User Message Retraction',
  'Administrator Message Retraction Rights',
  'Participation Addition by Invitation from Participant',
  'Private Messages',
  'Mandatory Nicks',
  'JID Visibility',
];

describe('the whole configuration', () => {
  const shown = (type: 'form' | 'result'): Form => parseForm(admin.buildConfig(whole, type));

  test('ADM-12, ADM-14: every option is there, named as in the document', () => {
    expect(shown('result').fields.map((each) => each.var)).toEqual(NAMES);
    expect(shown('form').fields.map((each) => each.var)).toEqual(NAMES);
    expect(shown('result').formType).toBe('urn:xmpp:mix:admin:0');
  });

  test('ADM-40: it is read as it was written, and can be submitted as it was got', () => {
    expect(admin.readConfig(shown('result'))).toEqual(options);
    expect(admin.parseConfig(shown('form'))).toEqual(options);
    expect(admin.parseConfig({ ...shown('form'), type: 'submit' })).toEqual(options);
    expect(admin.parseConfig(parseForm(admin.buildConfigSubmit(admin.readConfig(shown('result')))))).toEqual(
      options,
    );
    expect(admin.parseLastChangeBy(shown('result'))).toBe('a@example');
  });

  test('GEN-36: to fill in, it has labels and choices; to show, types only', () => {
    for (const each of shown('form').fields) {
      expect(each.label).toBeDefined();
      const choices = each.options?.map(({ value }) => value) ?? [];
      if (each.type?.startsWith('list-')) expect(choices).toEqual(expect.arrayContaining([...each.values]));
    }
    for (const each of shown('result').fields) {
      expect(each.type).toBeDefined();
      expect(each.label).toBeUndefined();
      expect(each.options).toEqual([]);
    }
  });

  test('D-02: the mode is written in the first vocabulary', () => {
    expect(field(shown('result'), 'JID Visibility')?.values).toEqual(['jid-optionally-visible']);
  });

  test('D-29, D-68: participants and jidmap-visible are always present', () => {
    const without = parseForm(admin.buildConfig({ ...whole, nodesPresent: [] }, 'result'));
    expect(field(without, 'Nodes Present')?.values).toEqual(['participants', 'jidmap-visible']);
  });

  test('a channel without an end has an empty field', () => {
    for (const endOfLife of [null, undefined]) {
      const without = parseForm(admin.buildConfig({ ...whole, endOfLife }, 'result'));
      expect(field(without, 'End of Life')?.values).toEqual([]);
      expect(admin.readConfig(without).endOfLife).toBeNull();
    }
  });
});

test('an empty submission sets nothing', () => {
  const x: XmlElement = admin.buildConfigSubmit({});
  expect(admin.parseConfig(parseForm(x))).toEqual({});
});

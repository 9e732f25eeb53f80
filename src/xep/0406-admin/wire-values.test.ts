/**
 * XEP-0406 MIX-ADMIN 0.3.1 (2022-03-22) §2.4, §3.2: what a submitted config form sets, and hostile forms.
 * Tables of values for each kind of option, and of those that are refused.
 * Does not test the examples (wire.test.ts) nor the rules (channel/).
 * Always: a bad value refuses the whole form.
 * Before: xep/0406-admin/wire.test.ts. After: xep/0406-admin/service.ts.
 */
import { describe, expect, test } from 'vitest';
import { type Form } from '../0004-forms/wire.ts';
import * as admin from './wire.ts';

const refused = (condition: string): unknown => expect.objectContaining({ condition });

function form(
  fields: readonly [string, ...string[]][],
  type: Form['type'] = 'submit',
  formType?: string,
): Form {
  return { type, formType, fields: fields.map(([name, ...values]) => ({ var: name, values })) };
}

describe('values', () => {
  test.each<[string, string[], admin.ConfigForm]>([
    ['Owner', ['a@example', ' a@example ', 'b@example'], { owners: ['a@example', 'b@example'] }],
    ['Administrator', [], { administrators: [] }],
    ['administrator', [''], { administrators: [] }],
    ['End of Life', ['2030-01-01T00:00:00Z'], { endOfLife: Date.UTC(2030, 0, 1) }],
    ['End of Life', [''], { endOfLife: null }],
    ['Nodes Present', ['participants'], { nodesPresent: ['participants', 'jidmap'] }],
    [
      'Nodes_Present',
      ['Participants', 'jidmap', 'allowed'],
      { nodesPresent: ['participants', 'allowed', 'jidmap'] },
    ],
    ['Messages Node Subscription', ['Anyone'], { messagesSubscription: 'anyone' }],
    ['messages-node-subscription', [], { messagesSubscription: 'participants' }],
    ['Configuration Node Access', [''], { configurationAccess: 'owners' }],
    ['Administrator Message Retraction Rights', ['nobody'], { administratorRetraction: 'nobody' }],
    ['Mandatory Nicks', ['0'], { mandatoryNicks: false }],
    ['Mandatory Nicks', [''], { mandatoryNicks: true }],
    ['Open Presence', [], { openPresence: false }],
    ['No Private Messages', ['true'], { privateMessages: false }],
    ['No Private Messages', [''], { privateMessages: true }],
    ['Allow User Message Retraction', ['1'], { userRetraction: true }],
    ['JID Visibility', ['JID Visible'], { mode: 'jid-visible' }],
    ['JID_Visibility', ['jid-mandatory-visible'], { mode: 'jid-visible' }],
    ['JID Visibility', [], { mode: 'jid-hidden' }],
    ['Last Change Made By', ['forged@example'], {}],
    ['Colour', ['green'], {}],
  ])('%s %j', (name, values, expected) => {
    expect(admin.parseConfig(form([[name, ...values]]))).toEqual(expected);
  });

  test.each([
    ['Owner'],
    ['Owner', ' '],
    ['End of Life', 'soon'],
    ['End of Life', '2030-01-01'],
    ['End of Life', '2030-01-01T00:00:00Z', '2031-01-01T00:00:00Z'],
    ['Nodes Present'],
    ['Nodes Present', 'presence'],
    ['Nodes Present', 'participants', 'constructor'],
    ['Messages Node Subscription', 'everybody'],
    ['Messages Node Subscription', 'nobody'],
    ['Configuration Node Access', 'anyone'],
    ['Configuration Node Access', 'admins', 'owners'],
    ['Information Node Update Rights', 'allowed'],
    ['Administrator Message Retraction Rights', 'participants'],
    ['Private Messages', 'yes'],
    ['No Private Messages', 'no'],
    ['Mandatory Nicks', 'true', 'false'],
    ['JID Visibility', 'banana'],
  ] satisfies [string, ...string[]][])(
    'GEN-32, GEN-35: %s %j is refused, with all that stands beside it',
    (name, ...values) => {
      const beside: [string, ...string[]] = ['Open Presence', 'true'];
      expect(() => admin.parseConfig(form([beside, [name, ...values]]))).toThrow(refused('not-acceptable'));
    },
  );

  test.each([
    ['Private Messages', 'true', 'No Private Messages', 'false', { privateMessages: true }],
    ['Private Messages', '0', 'No Private Messages', '1', { privateMessages: false }],
    ['User Message Retraction', 'true', 'Allow User Message Retraction', 'true', { userRetraction: true }],
  ])('ADM-36: %s=%s and %s=%s agree', (name, value, otherName, otherValue, expected) => {
    const given = form([
      [name, value],
      [otherName, otherValue],
    ]);
    expect(admin.parseConfig(given)).toEqual(expected);
  });

  test.each([
    ['Private Messages', 'true', 'No Private Messages', 'true'],
    ['User Message Retraction', 'true', 'Allow User Message Retraction', 'false'],
  ])('ADM-36: %s=%s and %s=%s contradict each other', (name, value, otherName, otherValue) => {
    const given = form([
      [name, value],
      [otherName, otherValue],
    ]);
    expect(() => admin.parseConfig(given)).toThrow(refused('not-acceptable'));
  });
});

describe('forms', () => {
  test('GEN-31: the type of a field does not matter', () => {
    const fields = [{ var: 'Mandatory Nicks', type: 'list-single', values: ['false'] }];
    expect(admin.parseConfig({ type: 'submit', formType: admin.NS, fields })).toEqual({
      mandatoryNicks: false,
    });
  });

  test('D-69: submit, form and no type are carried out; cancel changes nothing; result is refused', () => {
    const given: [string, string][] = [['Open Presence', 'true']];
    for (const type of ['submit', 'form', undefined] as const)
      expect(admin.parseConfig(form(given, type))).toEqual({ openPresence: true });
    expect(admin.parseConfig(form(given, 'cancel'))).toEqual({});
    expect(() => admin.parseConfig(form(given, 'result'))).toThrow(refused('bad-request'));
  });

  test('PUBSUB-18: a foreign FORM_TYPE is an invalid payload', () => {
    expect(() => admin.parseConfig(form([], 'submit', 'urn:xmpp:mix:core:1'))).toThrow(
      expect.objectContaining({ condition: 'bad-request', details: { pubsub: 'invalid-payload' } }),
    );
  });

  test('one option under two spellings is refused', () => {
    const twice = form([
      ['Open Presence', 'true'],
      ['open_presence', 'false'],
    ]);
    expect(() => admin.parseConfig(twice)).toThrow(refused('bad-request'));
  });

  test('what a foreign channel says in words that we do not know is left out', () => {
    const answer: Form = form(
      [
        ['JID Visibility', 'banana'],
        ['Owner', ''],
        ['Open Presence', 'true'],
      ],
      'result',
    );
    expect(admin.readConfig(answer)).toEqual({ openPresence: true });
  });
});

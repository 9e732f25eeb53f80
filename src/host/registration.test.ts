import { afterEach, describe, expect, test } from 'vitest';
import type { Jid } from '../jid/jid.ts';
import { child, type XmlElement } from '../xml/element.ts';
import { serialize } from '../xml/write.ts';
import { Client, openStage, PASSWORD, type Stage } from './stage.ts';

const NS = 'jabber:iq:register';
const NS_STANZAS = 'urn:ietf:params:xml:ns:xmpp-stanzas';
const NS_COMMANDS = 'http://jabber.org/protocol/commands';

let stage: Stage;
afterEach(() => stage.stop());

const connect = {
  TCP: () => new Client().overTcp(stage.host.tcpAddress),
  WebSocket: () => new Client().overWebSocket(stage.host.httpUrl),
};
const tokenOf = (url: string) => url.slice(url.lastIndexOf('/') + 1);
const preauth = (client: Client, token: string) =>
  client.iq(`<preauth xmlns='urn:xmpp:pars:0' token='${token}'/>`, 'set', 'localhost');
const register = (client: Client, name: string, password = PASSWORD) =>
  client.iq(
    `<query xmlns='${NS}'><username>${name}</username><password>${password}</password></query>`,
    'set',
    'localhost',
  );

/** 'result', or the condition of the error. */
function outcome(answer: XmlElement): string {
  const error = child(answer, 'error');
  if (error === undefined) return answer.attrs['type'] ?? '';
  const condition = error.children.find(
    (node) => typeof node === 'object' && 'ns' in node && node.ns === NS_STANZAS,
  );
  return (condition as XmlElement).name;
}

const features = (element: XmlElement) => element.children.map((node) => (node as XmlElement).ns);

describe.each(['TCP', 'WebSocket'] as const)('before the log-in, over %s', (over) => {
  test('a token makes one account, which can log in on the same stream', async () => {
    stage = await openStage();
    const token = tokenOf(stage.host.createInvite());
    const client = await connect[over]();
    expect(features(await client.open())).toEqual([
      'urn:ietf:params:xml:ns:xmpp-sasl',
      'urn:xmpp:ibr-token:0',
      'http://jabber.org/features/iq-register',
    ]);
    expect(serialize(await client.iq(`<query xmlns='${NS}'/>`))).toContain('with an invite');
    expect(outcome(await register(client, 'hag66'))).toBe('forbidden');
    expect(outcome(await preauth(client, 'guess'))).toBe('item-not-found');
    expect(outcome(await preauth(client, token))).toBe('result');
    const fields = child(await client.iq(`<query xmlns='${NS}'/>`, 'get', 'localhost'), 'query', NS);
    expect(fields && child(fields, 'username')).toBeDefined();
    expect(fields && child(fields, 'password')).toBeDefined();
    expect(outcome(await register(client, 'hag66', 'short'))).toBe('not-acceptable');
    expect(outcome(await register(client, 'h@g'))).toBe('not-acceptable');
    expect(outcome(await register(client, 'Hag66'))).toBe('result');
    expect(outcome(await register(client, 'second'))).toBe('forbidden');
    expect((await client.authenticate('hag66', PASSWORD)).name).toBe('success');
    const other = await connect[over]();
    await other.open();
    expect(outcome(await preauth(other, token))).toBe('item-not-found');
    expect(stage.host.accounts.list().map(({ name }) => name)).toEqual(['hag66']);
  });

  test('where registration is open, no token is needed, and tries are counted', async () => {
    stage = await openStage({ registration: 'open', limits: { registrationsPerMinuteMax: 3 } });
    const client = await connect[over]();
    expect(features(await client.open())[1]).toBe('http://jabber.org/features/iq-register');
    expect(outcome(await client.iq(`<query xmlns='${NS}'/>`))).toBe('result');
    expect(outcome(await register(client, 'hag66'))).toBe('result');
    expect(outcome(await register(client, 'hag66'))).toBe('conflict');
    expect(outcome(await register(client, 'hag67'))).toBe('result');
    expect(outcome(await register(client, 'hag68'))).toBe('resource-constraint');
    // The same count for all connections of one address, and for forms.
    const other = await connect[over]();
    await other.open();
    expect(outcome(await register(other, 'hag68'))).toBe('resource-constraint');
    const body = new URLSearchParams({ name: 'hag68', password: PASSWORD });
    expect((await fetch(`${stage.host.httpUrl}/register`, { method: 'POST', body })).status).toBe(429);
  });

  test('where registration is closed, nothing of it is there', async () => {
    stage = await openStage({ registration: 'closed' });
    const token = tokenOf(stage.host.createInvite());
    const client = await connect[over]();
    expect(features(await client.open())).toEqual(['urn:ietf:params:xml:ns:xmpp-sasl']);
    client.request(`<preauth xmlns='urn:xmpp:pars:0' token='${token}'/>`, 'set', 'localhost');
    const error = await client.inbox.take(({ name }) => name === 'error');
    expect(child(error, 'not-authorized', 'urn:ietf:params:xml:ns:xmpp-streams')).toBeDefined();
  });
});

describe('before the log-in', () => {
  test('a token that expires after it was shown is good; one that somebody else has used is not', async () => {
    let now = 0;
    stage = await openStage({ clock: { now: () => now }, limits: { inviteDays: 1 } });
    const [mine, ours] = [tokenOf(stage.host.createInvite()), tokenOf(stage.host.createInvite())];
    const [one, two] = [await connect.TCP(), await connect.TCP()];
    for (const client of [one, two]) await client.open();
    expect(outcome(await preauth(one, ours))).toBe('result');
    expect(outcome(await preauth(two, ours))).toBe('result');
    expect(outcome(await register(one, 'one'))).toBe('result');
    expect(outcome(await register(two, 'two'))).toBe('forbidden');
    expect(outcome(await preauth(two, mine))).toBe('result');
    now = 2 * 86_400_000;
    expect(outcome(await register(two, 'two'))).toBe('result');
  });

  test.each([
    [`<query xmlns='${NS}'><remove/></query>`, 'set', 'localhost', 'registration-required'],
    [`<query xmlns='${NS}'/>`, 'set', 'localhost', 'not-acceptable'],
    [`<query xmlns='${NS}'/>`, 'get', 'mix.localhost', 'not-authorized'],
    [`<other xmlns='${NS}'/>`, 'get', 'localhost', 'feature-not-implemented'],
    [`<preauth xmlns='urn:xmpp:pars:0'/>`, 'set', 'localhost', 'bad-request'],
    [`<query xmlns='${NS}'/><query xmlns='${NS}'/>`, 'get', 'localhost', 'bad-request'],
  ] as const)('%s (%s to %s) is refused with %s', async (payload, type, to, condition) => {
    stage = await openStage({ registration: 'open' });
    const client = await connect.TCP();
    await client.open();
    expect(outcome(await client.iq(payload, type, to))).toBe(condition);
  });

  test('anything else still needs a log-in', async () => {
    stage = await openStage({ registration: 'open' });
    const client = await connect.TCP();
    await client.open();
    client.request(`<ping xmlns='urn:xmpp:ping'/>`, 'get', 'localhost');
    await client.inbox.take(({ name }) => name === 'error');
  });
});

describe('an account', () => {
  test('changes its password, at either address', async () => {
    stage = await openStage();
    const client = await stage.client('hag66');
    const current = await client.iq(`<query xmlns='${NS}'/>`, 'get', 'localhost');
    expect(serialize(current)).toMatch(/<registered\/>.*<username>hag66<\/username>/);
    expect(outcome(await register(client, 'HAG66', 'a new password'))).toBe('result');
    const change = `<query xmlns='${NS}'><username>hag66</username><password>another one</password></query>`;
    expect(outcome(await client.iq(change, 'set'))).toBe('result');
    const again = await connect.TCP();
    await again.open();
    expect((await again.authenticate('hag66', 'another one')).name).toBe('success');
  });

  test('does not change that of another, nor to one that cannot be, nor all the time', async () => {
    stage = await openStage({ limits: { passwordChangesPerMinuteMax: 2 } });
    await stage.client('hecate');
    const client = await stage.client('hag66');
    expect(outcome(await register(client, 'hecate'))).toBe('not-allowed');
    expect(outcome(await register(client, 'hag66', 'short'))).toBe('not-acceptable');
    const other = `<query xmlns='${NS}'><remove/></query>`;
    expect(outcome(await client.iq(other, 'set', 'hecate@localhost'))).toBe('forbidden');
    expect(outcome(await register(client, 'hag66'))).toBe('result');
    expect(outcome(await register(client, 'hag66'))).toBe('resource-constraint');
  });

  test('removes itself: it is answered, and its streams end', async () => {
    stage = await openStage();
    const client = await stage.client('hag66');
    expect(outcome(await client.iq(`<query xmlns='${NS}'><remove/></query>`, 'set', 'localhost'))).toBe(
      'result',
    );
    await client.inbox.take(({ name }) => name === 'error');
    await client.inbox.ended();
    expect(stage.host.accounts.exists('hag66')).toBe(false);
    const again = await connect.TCP();
    await again.open();
    expect((await again.authenticate('hag66', PASSWORD)).name).toBe('failure');
  });
});

describe('the operator', () => {
  test('is the first account, by an invite of its own kind, and at once', async () => {
    const told: string[][] = [];
    const names = (accounts: readonly Jid[]) => void told.push(accounts.map(({ local }) => local ?? ''));
    stage = await openStage({ admins: { has: () => false, set: names } });
    const first = stage.host.createOperatorInvite() ?? '';
    const spare = stage.host.createOperatorInvite() ?? '';
    const post = (url: string, name: string) =>
      fetch(url, { method: 'POST', body: new URLSearchParams({ name, password: PASSWORD }) });
    // Whoever comes earlier by another invite does not take the place.
    expect((await post(stage.host.createInvite(), 'hag66')).status).toBe(201);
    expect(told).toEqual([]);
    expect(stage.host.createOperatorInvite()).toBeUndefined();
    expect((await post(first, 'Hecate')).status).toBe(201);
    expect(told).toEqual([['hecate']]);
    expect((await post(spare, 'other')).status).toBe(404);
    await stage.restart();
    expect(told).toEqual([['hecate'], ['hecate']]);
    stage.host.accounts.remove('hecate');
    await expect.poll(() => told.at(-1)).toEqual([]);
  });

  test('is not made where registration is closed', async () => {
    stage = await openStage({ registration: 'closed' });
    expect(stage.host.createOperatorInvite()).toBeUndefined();
  });
});

describe('an invite from a client', () => {
  const invite = (client: Client, action = 'execute') =>
    client.iq(
      `<command xmlns='${NS_COMMANDS}' node='urn:xmpp:invite#invite' action='${action}'/>`,
      'set',
      'localhost',
    );
  const items = async (client: Client) => {
    const query = `<query xmlns='http://jabber.org/protocol/disco#items' node='${NS_COMMANDS}'/>`;
    return serialize(await client.iq(query, 'get', 'localhost'));
  };
  const about = (client: Client) =>
    client.iq(
      `<query xmlns='http://jabber.org/protocol/disco#info' node='urn:xmpp:invite#invite'/>`,
      'get',
      'localhost',
    );

  test('is for operators, who find the command, and makes an account', async () => {
    stage = await openStage();
    await stage.host.accounts.add('hecate', PASSWORD, true);
    const [operator, other] = [await stage.client('hecate'), await stage.client('hag66')];
    expect(await items(operator)).toContain('urn:xmpp:invite#invite');
    expect(await items(other)).not.toContain('invite#invite');
    expect(outcome(await about(operator))).toBe('result');
    expect(outcome(await about(other))).toBe('item-not-found');
    expect(outcome(await invite(other))).toBe('forbidden');
    const answer = serialize(await invite(operator));
    const [, url = ''] = /<field [^>]*landing-url[^>]*><value>([^<]*)/.exec(answer) ?? [];
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/invite\/[\w-]{24}$/);
    expect(answer).toContain(`<value>xmpp:localhost?register;preauth=${tokenOf(url)}</value>`);
    expect(answer).not.toContain('hecate@localhost?');
    const body = new URLSearchParams({ name: 'guest', password: PASSWORD });
    expect((await fetch(url, { method: 'POST', body })).status).toBe(201);
  });

  test('is for anyone where the config says so, in bounds, and gone with the account', async () => {
    stage = await openStage({ inviteBy: 'anyone', limits: { invitesPerAccountMax: 2 } });
    const client = await stage.client('hag66');
    const answer = serialize(await invite(client));
    const [, url = ''] = /<value>(http[^<]*)/.exec(answer) ?? [];
    expect(outcome(await invite(client))).toBe('result');
    expect(outcome(await invite(client))).toBe('resource-constraint');
    expect((await fetch(url)).status).toBe(200);
    stage.host.accounts.remove('hag66');
    expect((await fetch(url)).status).toBe(404);
  });

  test('is for those whom the config names as well', async () => {
    stage = await openStage({ admins: { has: ({ local }) => local === 'hag66', set: () => undefined } });
    expect(outcome(await invite(await stage.client('hag66')))).toBe('result');
  });

  test('can be called off, and has one step', async () => {
    stage = await openStage({ inviteBy: 'anyone' });
    const client = await stage.client('hag66');
    expect(serialize(await invite(client, 'cancel'))).toContain('status="canceled"');
    expect(outcome(await invite(client, 'next'))).toBe('bad-request');
    const other = `<command xmlns='${NS_COMMANDS}' node='other'/>`;
    expect(outcome(await client.iq(other, 'set', 'localhost'))).toBe('item-not-found');
  });

  test('is nobody’s where registration is closed', async () => {
    stage = await openStage({ inviteBy: 'anyone', registration: 'closed' });
    expect(outcome(await invite(await stage.client('hag66')))).toBe('forbidden');
  });
});

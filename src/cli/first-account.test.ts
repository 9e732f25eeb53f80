import { afterEach, beforeAll, expect, test } from 'vitest';
import { Client, PASSWORD } from '../host/stage.ts';
import { serialize } from '../xml/write.ts';
import { anywhere, build, cleanUp, launch, makeFolder, run } from './program.ts';

beforeAll(build, 120_000);
afterEach(cleanUp);

const FIRST = /Open this to make the first account: it will be the operator\.\n {2}(http\S+)\n/;

async function makeAccount(url: string, name: string): Promise<void> {
  const body = new URLSearchParams({ name, password: PASSWORD });
  expect((await fetch(url, { method: 'POST', body })).status).toBe(201);
}

async function logIn(address: string, name: string): Promise<Client> {
  const client = await new Client().overTcp(address);
  await client.open();
  await client.authenticate(name, PASSWORD);
  await client.open();
  await client.bind();
  return client;
}

test('the first account is the operator, without a restart; the second is not', async () => {
  const folder = makeFolder();
  const program = launch(folder, ['start'], { env: anywhere });
  const [, first = ''] = await program.until(FIRST);
  const [, invite = ''] = await program.until(/Invite +(http\S+) \(for the second person\)/);
  const [, address = ''] = await program.until(/Clients +(127\.0\.0\.1:\d+) /);
  await makeAccount(invite, 'hag');
  const hag = await logIn(address, 'hag');
  await hag.iq(`<create xmlns='urn:xmpp:mix:core:1' channel='coven'/>`, 'set', 'mix.localhost');
  const config = `<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:mix:nodes:config'/></pubsub>`;
  await makeAccount(first, 'hecate');
  const hecate = await logIn(address, 'hecate');
  const seen = await hecate.iq(config, 'get', 'coven@mix.localhost');
  expect(serialize(seen)).toContain('hag@localhost');
  await hecate.iq(`<create xmlns='urn:xmpp:mix:core:1' channel='den'/>`, 'set', 'mix.localhost');
  expect((await hag.iq(config, 'get', 'den@mix.localhost')).attrs['type']).toBe('error');
  const { stdout } = await run(folder, ['user', 'list'], { env: anywhere });
  expect(stdout).toMatch(/^hag@localhost +since \S+\nhecate@localhost +since \S+ +operator\n$/);
  program.process.kill('SIGTERM');
  await program.ended;
  const later = launch(folder, ['start'], { env: anywhere });
  await later.until(/Invite +http\S+\n/);
  expect(later.said()).not.toMatch(FIRST);
});

test('the operator can be made by the command line', async () => {
  const folder = makeFolder();
  const program = launch(folder, ['start'], { env: anywhere });
  const [, first = ''] = await program.until(FIRST);
  const options = { env: anywhere, input: `${PASSWORD}\n` };
  const { stdout } = await run(folder, ['user', 'add', 'hecate', '--operator', '--password-stdin'], options);
  expect(stdout).toBe('Added hecate@localhost, an operator.\n');
  expect((await fetch(`${first}?plain`)).status).toBe(404);
});

test('there is a channel to go to, which hides addresses, and which the operator owns', async () => {
  const folder = makeFolder();
  const program = launch(folder, ['start'], { env: anywhere });
  const [, first = ''] = await program.until(FIRST);
  const [, invite = ''] = await program.until(/Invite +(http\S+) /);
  const [, address = ''] = await program.until(/Clients +(127\.0\.0\.1:\d+) /);
  await makeAccount(invite, 'hag');
  const hag = await logIn(address, 'hag');
  const channels = `<query xmlns='http://jabber.org/protocol/disco#items'/>`;
  const found = async () => serialize(await hag.iq(channels, 'get', 'mix.localhost'));
  await expect.poll(found).toContain('lobby@mix.localhost');
  await hag.online();
  const join = `<client-join xmlns='urn:xmpp:mix:pam:2' channel='lobby@mix.localhost'>
    <join xmlns='urn:xmpp:mix:core:1'><nick>Hag</nick>
    <subscribe node='urn:xmpp:mix:nodes:messages'/><subscribe node='urn:xmpp:mix:nodes:participants'/></join></client-join>`;
  expect(serialize(await hag.iq(join, 'set', 'hag@localhost'))).toMatch(/type="result"/);
  const archive = await hag.iq(`<query xmlns='urn:xmpp:mam:2'/>`, 'set', 'lobby@mix.localhost');
  expect(archive.attrs['type']).toBe('result');
  const welcome = serialize(await hag.inbox.take((stanza) => serialize(stanza).includes('Welcome.')));
  expect(welcome).toContain('<nick>Vizard</nick>');
  const items = `<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:mix:nodes:participants'/></pubsub>`;
  const participants = serialize(await hag.iq(items, 'get', 'lobby@mix.localhost'));
  expect(participants).toContain('<nick>Hag</nick>');
  expect(participants).not.toContain('Vizard');
  const info = `<query xmlns='http://jabber.org/protocol/disco#info'/>`;
  expect(serialize(await hag.iq(info, 'get', 'lobby@mix.localhost'))).toContain('name="Lobby"');
  await makeAccount(first, 'hecate');
  const hecate = await logIn(address, 'hecate');
  const node = `<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:mix:nodes:config'/></pubsub>`;
  const config = async () => serialize(await hecate.iq(node, 'get', 'lobby@mix.localhost'));
  await expect
    .poll(config, { timeout: 10_000 })
    .toMatch(/var="Owner"[^/]*><value>hecate@localhost<\/value><\/field>/);
  await hecate.iq(`<destroy xmlns='urn:xmpp:mix:core:1' channel='lobby'/>`, 'set', 'mix.localhost');
  program.process.kill('SIGTERM');
  await program.ended;
  const later = launch(folder, ['start'], { env: anywhere });
  const [, again = ''] = await later.until(/Clients +(127\.0\.0\.1:\d+) /);
  const back = await logIn(again, 'hag');
  expect(serialize(await back.iq(channels, 'get', 'mix.localhost'))).not.toContain('lobby@');
});

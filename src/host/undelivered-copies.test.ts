import { afterEach, beforeEach, expect, test } from 'vitest';
import { child, childText, elements, type XmlElement } from '../xml/element.ts';
import { ManagedClient } from './managed-client.ts';
import { openStage, type Client, type Stage } from './stage.ts';

const NS_ITEMS = 'http://jabber.org/protocol/disco#items';

let stage: Stage;
let hecate: Client;
beforeEach(async () => {
  stage = await openStage({ limits: { resumeMs: 200, ackRequestMs: 20 } });
  hecate = await stage.client('hecate', 'h');
});
afterEach(async () => stage.stop());

const isMessage = ({ name }: XmlElement) => name === 'message';
const bodies = (client: Client) =>
  client.inbox.takeAll(isMessage).map((message) => {
    const carbon = child(message, 'received', 'urn:xmpp:carbons:2');
    return carbon === undefined ? childText(message, 'body', 'jabber:client') : 'a copy';
  });

async function say(to: string, body: string): Promise<void> {
  hecate.send(`<message to='${to}' type='chat' id='${body}'><body>${body}</body></message>`);
  await hecate.sync();
}

async function managed(resource: string, hasCopies: boolean, priority = 0): Promise<ManagedClient> {
  const client = await ManagedClient.open(stage, 'hag66', resource);
  await client.client.online([], `<priority>${priority}</priority>`);
  if (hasCopies) await client.client.iq("<enable xmlns='urn:xmpp:carbons:2'/>", 'set');
  client.acknowledge();
  await client.client.sync();
  return client;
}

/** What comes to the next client, when so many of the others are left. */
async function whatWaits(left: number): Promise<(string | undefined)[]> {
  const watcher = await stage.client('hag66', 'watcher');
  const others = async () => {
    const items = await watcher.iq(`<query xmlns='${NS_ITEMS}'/>`, 'get', 'hag66@localhost');
    return elements(child(items, 'query', NS_ITEMS)!).length;
  };
  await expect.poll(others, { timeout: 3_000 }).toBe(left);
  await watcher.online([]);
  await watcher.sync();
  return bodies(watcher);
}

test('who has had the copy does not get the message as well, when its recipient never comes back', async () => {
  const phone = await managed('phone', false);
  const desk = await managed('desk', true);
  await say('hag66@localhost/phone', 'for the phone');
  await desk.client.inbox.take(isMessage);
  desk.acknowledge();
  await desk.client.sync();
  phone.cut();
  expect(await whatWaits(1)).toEqual([]);
  expect(bodies(desk.client)).toEqual([]);
});

test('a message of which all clients lost the text or the copy waits once', async () => {
  const phone = await managed('phone', false);
  const desk = await managed('desk', true);
  await say('hag66@localhost/phone', 'for the phone');
  phone.cut();
  desk.cut();
  expect(await whatWaits(0)).toEqual(['for the phone']);
});

test('a copy that is lost is no matter where the message itself has come, or waits', async () => {
  const phone = await stage.client('hag66', 'phone');
  await phone.online([], '<priority>1</priority>');
  const desk = await managed('desk', true, -1);
  desk.cut();
  await say('hag66@localhost/phone', 'for the phone');
  expect(childText(await phone.inbox.take(isMessage), 'body')).toBe('for the phone');
  phone.send('</stream:stream>');
  await phone.inbox.ended();
  await say('hag66@localhost', 'for anybody');
  expect(await whatWaits(0)).toEqual(['for anybody']);
});

test('what comes from somebody who has been blocked meanwhile does not come to other clients', async () => {
  const phone = await managed('phone', false);
  const desk = await managed('desk', false);
  await say('hag66@localhost/phone', 'for the phone');
  const block = "<block xmlns='urn:xmpp:blocking'><item jid='hecate@localhost'/></block>";
  await desk.client.iq(block, 'set');
  phone.cut();
  expect(await whatWaits(1)).toEqual([]);
  expect(bodies(desk.client)).toEqual([]);
});

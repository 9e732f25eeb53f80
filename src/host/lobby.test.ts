import { afterEach, expect, test } from 'vitest';
import { elements, type XmlElement } from '../xml/element.ts';
import { serialize } from '../xml/write.ts';
import { openStage, PASSWORD, type Stage } from './stage.ts';

let stage: Stage;
afterEach(() => stage.stop());

/** The next request that the service gets from the host itself. */
const request = () =>
  stage.service.take(({ name, attrs }) => name === 'iq' && attrs['from'] === 'localhost', 'a request');

function answer({ attrs }: XmlElement, type: 'result' | 'error', payload = ''): void {
  stage.say(
    `<iq type='${type}' id='${attrs['id'] ?? ''}' from='${attrs['to'] ?? ''}' to='localhost'>${payload}</iq>`,
  );
}

const error = (condition: string, type = 'cancel') =>
  `<error type='${type}'><${condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>`;

/** What the host asks for, in a word. */
async function allow(): Promise<string> {
  const iq = await request();
  answer(iq, 'result');
  const [payload] = elements(iq);
  const [verb] = payload?.name === 'pubsub' ? elements(payload) : [];
  return `${payload?.name ?? ''} ${verb?.attrs['node'] ?? ''}`.trim();
}

test('is made in steps, once', async () => {
  stage = await openStage();
  stage.host.openLobby();
  const asked = [];
  for (let step = 0; step < 4; step++) asked.push(await allow());
  expect(asked).toEqual(['create', 'pubsub urn:xmpp:mix:nodes:info', 'join', 'leave']);
  const said = await stage.service.take(({ name }) => name === 'message');
  expect(serialize(said)).toMatch(/type="groupchat".*<body>Welcome\./);
  await stage.settled();
  await stage.restart();
  stage.host.openLobby();
  await stage.host.accounts.add('hecate', PASSWORD, true);
  const iq = await request();
  expect(serialize(iq)).toContain('<value>hecate@localhost</value>');
  answer(iq, 'result');
  await stage.settled();
  await stage.restart();
  stage.host.openLobby();
  await stage.settled();
  expect(stage.service.stanzas).toEqual([]);
});

test('is tried again where the service has trouble, and not where it refuses', async () => {
  stage = await openStage();
  stage.host.openLobby();
  answer(await request(), 'error', error('internal-server-error'));
  answer(await request(), 'error', error('conflict'));
  await stage.settled();
  await stage.restart();
  stage.host.openLobby();
  await stage.settled();
  expect(stage.service.stanzas).toEqual([]);
});

test('the welcome is said once, though the host ends before it has left', async () => {
  stage = await openStage();
  stage.host.openLobby();
  for (let step = 0; step < 3; step++) await allow();
  await stage.service.take(({ name }) => name === 'message');
  await request();
  await stage.restart();
  stage.host.openLobby();
  expect(await allow()).toBe('leave');
  await stage.settled();
  expect(stage.service.stanzas).toEqual([]);
});

test('is not made before the service is there', async () => {
  stage = await openStage();
  await stage.host.accounts.add('hecate', PASSWORD, true);
  await stage.settled();
  expect(stage.service.stanzas).toEqual([]);
});

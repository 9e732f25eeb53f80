import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStage, type Client, type Stage } from '../stage.ts';
import {
  channelAnswers,
  channelError,
  CORE,
  COVEN,
  form,
  HEATH,
  isPresence,
  join,
  PRESENCE,
} from './stage.ts';

let stage: Stage;
let hag: Client;
beforeEach(async () => {
  stage = await openStage();
  hag = await stage.client('hag66', 'a');
});
afterEach(async () => stage.stop());

test('PAM-39, PAM-40, PAM-41: channels see clients that know channels come, change and go, and no others', async () => {
  await join(stage, hag);
  await join(stage, hag, { channel: HEATH, joined: form('not share', 'result') });
  const plain = await stage.client('hag66', 'plain');
  await plain.online([]);
  plain.send('<presence><show>away</show></presence><presence type="unavailable"/>');
  await plain.sync();
  await hag.online();
  hag.send('<presence><show>away</show></presence>');
  await hag.sync();
  hag.send("<presence type='unavailable'><status>bye</status></presence>");
  await hag.sync();
  hag.send('<presence/>');
  await hag.sync();
  hag.vanish();
  const seen: (readonly (string | undefined)[])[] = [];
  while (seen.length < 5) {
    const { attrs } = await stage.service.take(isPresence);
    seen.push([attrs['from'], attrs['to'], attrs['type']]);
  }
  const full = 'hag66@localhost/a';
  expect(seen).toEqual([
    [full, COVEN, undefined],
    [full, COVEN, undefined],
    [full, COVEN, 'unavailable'],
    [full, COVEN, undefined],
    [full, COVEN, 'unavailable'],
  ]);
});

test('PAM-42, PAM-46: presence of a joined channel goes to its clients; of an unknown channel to nobody', async () => {
  const plain = await stage.client('hag66', 'plain');
  await hag.online();
  await plain.online([]);
  await join(stage, hag);
  hag.inbox.stanzas.length = plain.inbox.stanzas.length = 0;
  stage.say("<presence from='9#heath@mix.localhost/x' to='hag66@localhost'/>");
  stage.say(
    "<presence from='9#coven@mix.localhost/x' to='hag66@localhost' id='p'><show>dnd</show></presence>",
  );
  stage.say("<presence from='9#coven@mix.localhost/x' to='hag66@localhost' type='unavailable'/>");
  await stage.settled();
  await hag.sync();
  await plain.sync();
  expect(hag.inbox.takeAll(isPresence).map(({ attrs }) => attrs)).toEqual([
    { from: '9#coven@mix.localhost/x', to: hag.jid, id: 'p' },
    { from: '9#coven@mix.localhost/x', to: hag.jid, type: 'unavailable' },
  ]);
  expect(plain.inbox.takeAll(isPresence)).toEqual([]);
});

test('PAM-44: a client that comes online has each channel whose presence it gets asked, from the bare JID', async () => {
  await join(stage, hag, { joined: `<subscribe node='${PRESENCE}'/>` });
  await join(stage, hag, { channel: HEATH, joined: form('not share', 'result') });
  await stage.restart();
  const asked = async () => {
    const client = await stage.client('hag66');
    await client.online();
    await stage.settled();
    const found = stage.service.takeAll(
      (stanza) => isPresence(stanza) && stanza.attrs['from'] === 'hag66@localhost',
    );
    return [client, found.map(({ attrs }) => attrs)] as const;
  };
  const [client, first] = await asked();
  expect(first).toEqual([{ from: 'hag66@localhost', to: COVEN }]);
  const update = async (channel: string, inside: string) => {
    const answer = client.iq(
      `<update-subscription xmlns='${CORE}'>${inside}</update-subscription>`,
      'set',
      channel,
    );
    await channelAnswers(
      stage,
      `type='result'><update-subscription xmlns='${CORE}' jid='hag66@localhost'>${inside}</update-subscription>`,
      channel,
    );
    await answer;
  };
  await update(COVEN, `<unsubscribe node='${PRESENCE}'/>`);
  await update(HEATH, `<subscribe node='${PRESENCE}'/>`);
  expect((await asked())[1]).toEqual([{ from: 'hag66@localhost', to: HEATH }]);
});

test('PAM-45: a probe is answered with the presence of each client that knows channels', async () => {
  const [other, plain] = [await stage.client('hag66', 'b'), await stage.client('hag66', 'plain')];
  await hag.online();
  await other.online();
  await plain.online([]);
  await join(stage, hag);
  await stage.settled();
  stage.service.takeAll(isPresence);
  stage.say(`<presence type='probe' from='${COVEN}' to='hag66@localhost'/>`);
  stage.say("<presence type='probe' from='heath@mix.localhost' to='hag66@localhost'/>");
  await stage.settled();
  const answers = stage.service.takeAll(isPresence).map(({ attrs }) => attrs);
  expect(answers).toEqual([
    { from: 'hag66@localhost/a', to: COVEN },
    { from: 'hag66@localhost/b', to: COVEN },
  ]);
});

test('PAM-50: a removed account leaves its channels, until they have confirmed it', async () => {
  await join(stage, hag);
  await join(stage, hag, { channel: HEATH });
  stage.host.accounts.remove('hag66');
  const request = await channelAnswers(stage, `type='result'><leave xmlns='${CORE}'/>`);
  expect(request.attrs['from']).toBe('hag66@localhost');
  await channelAnswers(stage, channelError('internal-server-error'), HEATH);
  await channelAnswers(stage, channelError('item-not-found'), HEATH);
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(stage.service.stanzas).toEqual([]);
});

import { afterEach, beforeEach, expect, test } from 'vitest';
import { serialize } from '../../xml/write.ts';
import { COVEN, errorOf, join, PRESENCE } from '../pam/stage.ts';
import { openStage, type Client, type Stage } from '../stage.ts';
import { events, fetch, publish, PUBSUB, retract, TUNE } from './stage.ts';

const MISSING = 'item-not-found/cancel';
const wants = [`${TUNE}+notify`, 'private+notify', 'public+notify'];
const WHITELIST = { node: 'private', id: 'p', options: { 'pubsub#access_model': 'whitelist' } };
const OPEN = { node: 'public', id: 'o', options: { 'pubsub#access_model': 'open' } };

let stage: Stage;
let hag: Client;
let hecate: Client;
beforeEach(async () => {
  stage = await openStage();
  hag = await stage.client('hag66', 'a');
  hecate = await stage.client('hecate', 'h');
  await hag.online();
  await hecate.online(wants);
});
afterEach(async () => stage.stop());

/** From now on hecate sees hag's presence. */
async function reveal(): Promise<void> {
  hecate.send("<presence to='hag66@localhost' type='subscribe'/>");
  await hag.inbox.take(({ attrs }) => attrs['type'] === 'subscribe');
  hag.send("<presence to='hecate@localhost' type='subscribed'/>");
  await hag.sync();
}

async function publishAll(): Promise<void> {
  await publish(hag, 'shared', { id: 's' });
  await publish(hag, 'secret', WHITELIST);
  await publish(hag, 'for all', OPEN);
}

const seen = async (of = 'hag66@localhost') => [
  await fetch(hecate, of),
  await fetch(hecate, of, 'private'),
  await fetch(hecate, of, 'public'),
];

test('to those who see the presence; to everybody; to the account alone', async () => {
  await publishAll();
  expect(await seen()).toEqual([MISSING, MISSING, 'o: for all']);
  expect(await events(hecate)).toEqual([]);
  await reveal();
  expect(await events(hecate)).toEqual([
    `hag66@localhost ${TUNE}: s: shared`,
    'hag66@localhost public: o: for all',
  ]);
  expect(await seen()).toEqual(['s: shared', MISSING, 'o: for all']);
  const listed = serialize(
    await hecate.iq("<query xmlns='http://jabber.org/protocol/disco#items'/>", 'get', 'hag66@localhost'),
  );
  expect([listed.includes('node="public"'), listed.includes('node="private"')]).toEqual([true, false]);
  await publish(hag, 'again', { id: 's' });
  await publish(hag, 'secret', WHITELIST);
  expect(await events(hecate)).toEqual([`hag66@localhost ${TUNE}: s: again`]);
  hag.send("<presence to='hecate@localhost' type='unsubscribed'/>");
  await hag.sync();
  await publish(hag, 'more', { id: 's' });
  expect(await events(hecate)).toEqual([]);
  expect(await seen()).toEqual([MISSING, MISSING, 'o: for all']);
});

test('a contact that comes online gets the last items, and only what it may see', async () => {
  await publishAll();
  await reveal();
  const late = await stage.client('hecate', 'late');
  await late.online(wants);
  expect(await events(late)).toEqual([
    `hag66@localhost ${TUNE}: s: shared`,
    'hag66@localhost public: o: for all',
  ]);
});

test('nobody else may publish, and nobody learns whether an account exists or has a node', async () => {
  await publishAll();
  expect(await seen('nobody@localhost')).toEqual([MISSING, MISSING, MISSING]);
  for (const payload of [
    `<pubsub xmlns='${PUBSUB}'><publish node='${TUNE}'><item><a xmlns='a'/></item></publish></pubsub>`,
    `<pubsub xmlns='${PUBSUB}'><retract node='public'><item id='o'/></retract></pubsub>`,
    `<pubsub xmlns='${PUBSUB}#owner'><delete node='public'/></pubsub>`,
    `<pubsub xmlns='${PUBSUB}'><frobnicate/></pubsub>`,
  ]) {
    const here = await hecate.iq(payload, 'set', 'hag66@localhost');
    const nowhere = await hecate.iq(payload, 'set', 'nobody@localhost');
    expect([errorOf(here), errorOf(nowhere)]).toEqual(['forbidden/auth', 'forbidden/auth']);
  }
  expect(await fetch(hag, undefined, 'public')).toBe('o: for all');
});

test('somebody blocked is told nothing, and neither is somebody told who blocks', async () => {
  await reveal();
  await hag.iq("<block xmlns='urn:xmpp:blocking'><item jid='hecate@localhost'/></block>", 'set');
  await publishAll();
  expect(await events(hecate)).toEqual([]);
  expect(await fetch(hecate, 'hag66@localhost', 'public')).toBe('service-unavailable/cancel');
  await hag.iq("<unblock xmlns='urn:xmpp:blocking'/>", 'set');
  expect((await events(hecate)).length).toBe(2);
  await hecate.iq("<block xmlns='urn:xmpp:blocking'><item jid='hag66@localhost'/></block>", 'set');
  await publishAll();
  expect(await events(hecate)).toEqual([]);
  await hag.sync();
  expect(hag.inbox.takeAll(({ attrs }) => attrs['type'] === 'error')).toEqual([]);
});

test('nothing goes to a channel that sees the presence, nor to anybody in it, asked or not', async () => {
  await publishAll();
  await join(stage, hag, { joined: `<subscribe node='${PRESENCE}'/>` });
  stage.say(`<presence from='9#coven@mix.localhost/x' to='hag66@localhost'/>`);
  hag.send("<presence to='9#coven@mix.localhost/x'/>");
  await hag.sync();
  await stage.settled();
  stage.service.stanzas.length = 0;
  await publishAll();
  await retract(hag, 's');
  await stage.settled();
  expect(stage.service.stanzas).toEqual([]);
  for (const from of [COVEN, '9#coven@mix.localhost/x', '9#coven@mix.localhost', 'mix.localhost']) {
    for (const node of [TUNE, 'private', 'public', 'none']) {
      const inside = `<items node='${node}'/>`;
      stage.say(
        `<iq type='get' id='g' from='${from}' to='hag66@localhost'><pubsub xmlns='${PUBSUB}'>${inside}</pubsub></iq>`,
      );
      const answer = await stage.service.take(({ attrs }) => attrs['id'] === 'g');
      expect(errorOf(answer), `${node} to ${from}`).toBe(MISSING);
    }
    stage.say(
      `<iq type='get' id='d' from='${from}' to='hag66@localhost'><query xmlns='http://jabber.org/protocol/disco#items'/></iq>`,
    );
    const listed = serialize(await stage.service.take(({ attrs }) => attrs['id'] === 'd'));
    expect(listed).not.toContain('node=');
  }
});

test('a picture that is for everybody stands in the card that has none, also for a channel; one for contacts does not', async () => {
  const avatar = async (access: string) => {
    const form = { 'pubsub#access_model': access };
    const fields = (name: string, value: string) => `<field var='${name}'><value>${value}</value></field>`;
    const options =
      `<publish-options><x xmlns='jabber:x:data' type='submit'>` +
      `${fields('FORM_TYPE', `${PUBSUB}#publish-options`)}${fields('pubsub#access_model', form['pubsub#access_model'])}</x></publish-options>`;
    const put = async (node: string, payload: string) => {
      await hag.iq(`<pubsub xmlns='${PUBSUB}#owner'><delete node='${node}'/></pubsub>`, 'set');
      const item = `<item id='abc'>${payload}</item>`;
      return hag.iq(
        `<pubsub xmlns='${PUBSUB}'><publish node='${node}'>${item}</publish>${options}</pubsub>`,
        'set',
      );
    };
    await put('urn:xmpp:avatar:data', "<data xmlns='urn:xmpp:avatar:data'>cGljdHVyZQ==</data>");
    await put(
      'urn:xmpp:avatar:metadata',
      "<metadata xmlns='urn:xmpp:avatar:metadata'><info id='abc' type='image/png' bytes='7'/></metadata>",
    );
  };
  const card = async () => {
    stage.say(
      "<iq type='get' id='v' from='123#coven@mix.localhost/x' to='hag66@localhost'><vCard xmlns='vcard-temp'/></iq>",
    );
    return serialize(await stage.service.take(({ attrs }) => attrs['id'] === 'v'));
  };
  const PHOTO = '<PHOTO><TYPE>image/png</TYPE><BINVAL>cGljdHVyZQ==</BINVAL></PHOTO>';
  await avatar('presence');
  expect(await card()).toContain('service-unavailable');
  await avatar('open');
  expect(await card()).toContain(`<vCard xmlns="vcard-temp">${PHOTO}</vCard>`);
  await hag.iq("<vCard xmlns='vcard-temp'><FN>Hag</FN></vCard>", 'set');
  expect(await card()).toContain(`<FN>Hag</FN>${PHOTO}`);
  await hag.iq("<vCard xmlns='vcard-temp'><PHOTO><EXTVAL>x</EXTVAL></PHOTO></vCard>", 'set');
  expect(await card()).not.toContain('BINVAL');
});

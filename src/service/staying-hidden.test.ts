/** D-08: an operator can promise that channels which hide addresses always will. */
import { expect, test } from 'vitest';
import { Engine } from '../testing/engine-kit.ts';
import { elements } from '../xml/element.ts';

const OWNER = 'owner@shakespeare.example/cave';
const COVEN = 'coven@mix.example';
const ADMIN = 'urn:xmpp:mix:admin:0';

const field = (name: string, ...values: string[]): string =>
  `<field var='${name}'>${values.map((value) => `<value>${value}</value>`).join('')}</field>`;
const form = (type: string, ...fields: string[]): string =>
  `<x xmlns='jabber:x:data' type='submit'>${field('FORM_TYPE', type)}${fields.join('')}</x>`;
const configuration = (mode: string): string =>
  `<pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='urn:xmpp:mix:nodes:config'><item>${form(ADMIN, field('JID Visibility', mode))}</item></publish></pubsub>`;
const room = (whois: string): string =>
  `<query xmlns='http://jabber.org/protocol/muc#owner'>${form('http://jabber.org/protocol/muc#roomconfig', field('muc#roomconfig_whois', whois))}</query>`;
const dryRun = (mode: string): string => `<dry-run xmlns='urn:vizard:mode-change:0' mode='${mode}'/>`;

/** What the owner gets for asking for these, in a channel that hides addresses. */
async function answers(staysHidden: boolean, ...asked: readonly string[]): Promise<string[]> {
  const engine = await Engine.start({ staysHidden });
  await engine.create('coven', OWNER);
  const got: string[] = [];
  for (const payload of asked) {
    const answer = await engine.ask(OWNER, COVEN, payload.includes('dry-run') ? 'get' : 'set', payload);
    const error = elements(answer).find(({ name }) => name === 'error');
    got.push(error === undefined ? 'done' : `${elements(error)[0]?.name ?? ''}/${error.attrs['type'] ?? ''}`);
  }
  await engine.service.stop(1_000);
  return got;
}

const visible = [dryRun('jid-visible'), configuration('jid-visible'), room('anyone')];

test('then no owner makes them show any, be it by the form of the channel or that of the room', async () => {
  expect(await answers(true, ...visible)).toEqual(visible.map(() => 'not-allowed/cancel'));
  expect(await answers(false, ...visible)).toEqual(visible.map(() => 'done'));
});

test('what somebody wants to show may be shown, and from there it goes no further', async () => {
  const asked = [configuration('jid-maybe-visible'), ...visible, configuration('jid-hidden')];
  expect(await answers(true, ...asked)).toEqual(['done', ...visible.map(() => 'not-allowed/cancel'), 'done']);
});

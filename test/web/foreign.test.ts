/**
 * Channels that are not quite like ours, and those whose modes differ: what somebody reads before joining, and of
 * messages that cannot be read.
 * The service's answers are altered on their way into the browser.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Client } from '../../src/client/client.ts';
import { connect, createChannel, el, join, sendMessage, setInfo } from '../../src/node/index.ts';
import { chromiumPath } from './browser.ts';
import { PASSWORD, type Person } from './person.ts';
import { build, openStage, type WebStage } from './stage.ts';

const CUSTOM =
  `<field var="Custom Preference" type="list-single" label="How loud"><value>soft</value>` +
  `<option label="Softly"><value>soft</value></option><option label="Loudly"><value>loud</value></option></field>`;

describe.skipIf(chromiumPath === undefined)('channels of others', { timeout: 120_000, retry: 2 }, () => {
  let stage: WebStage;
  let banquo: Person;
  let owner: Client;
  /** What the browser has sent. */
  const sent: string[] = [];

  beforeAll(async () => {
    await build();
    stage = await openStage();
    banquo = await stage.newcomer('brackenwood');
    const endpoint = `${stage.url.replace('http', 'ws')}/xmpp-websocket`;
    owner = await connect({ account: 'operator@localhost', password: PASSWORD, endpoint });
    for (const mode of ['jid-hidden', 'jid-maybe-visible', 'jid-visible'] as const) {
      const channel = await createChannel(owner, 'mix.localhost', { name: mode, config: { mode } });
      await setInfo(owner, channel, { name: mode });
      await join(owner, channel, { nick: 'First Witch' });
    }
    await banquo.page.routeWebSocket(/xmpp-websocket/, (page) => {
      const server = page.connectToServer();
      page.onMessage((frame) => {
        sent.push(frame.toString());
        server.send(frame);
      });
      server.onMessage((frame) => {
        const text = frame.toString();
        page.send(text.includes('<user-preference') ? text.replace('</x>', `${CUSTOM}</x>`) : text);
      });
    });
  }, 180_000);

  afterAll(async () => {
    await owner.close();
    await stage.close();
  });

  test.each([
    ['jid-hidden', 'Masked', 'Hidden now', 'Always show it'],
    ['jid-maybe-visible', 'Masked unless you choose', 'Hidden now', undefined],
    ['jid-visible', 'Addresses shown', 'Shown now', 'Never show it'],
  ])(
    'CLI-15: before joining a channel of mode %s it says so, and lets one choose',
    async (mode, label, effect, never) => {
      const { page } = banquo;
      await page.goto(`${stage.url}/join/${mode}@mix.localhost`);
      await page.locator('.note strong').getByText(label).waitFor();
      const address = page.getByRole('group', { name: 'Your address, brackenwood@localhost' });
      await address.getByText(effect).first().waitFor();
      expect(await address.getByRole('radio').count()).toBe(5);
      for (const choice of ['Never show it', 'Always show it'])
        expect(await address.getByLabel(choice).isDisabled()).toBe(choice === never);
    },
  );

  test('CLI-17: what a channel asks besides is shown, and the choice is sent', async () => {
    const { page } = banquo;
    await page.goto(`${stage.url}/join/jid-visible@mix.localhost`);
    const group = page.getByRole('group', { name: 'How loud' });
    expect(await group.getByLabel('Softly').isChecked()).toBe(true);
    await group.getByLabel('Loudly').check();
    await page.getByLabel('Your name in this channel').fill('Banquo');
    await page.getByLabel('Yes, show it').check();
    await banquo.button('Join').click();
    await banquo.textField().waitFor();
    expect(sent.find((frame) => frame.includes('client-join'))).toMatch(
      /"Custom Preference".*?<value>loud</s,
    );
  });

  test('CLI-20: a message that is encrypted is said to be, and what is written goes out in clear', async () => {
    const encrypted = el('encrypted', 'eu.siacs.conversations.axolotl', {}, []);
    const body = 'I sent you an OMEMO encrypted message';
    await sendMessage(owner, 'jid-visible@mix.localhost', { body, payloads: [encrypted] });
    await banquo.sees('This message is encrypted with OMEMO. It cannot be read here');
    expect(await banquo.page.getByRole('log').innerText()).not.toContain(body);
    await banquo.say('Hail!');
    await banquo.sees('Hail!');
    expect(sent.find((frame) => frame.includes('Hail!'))).toContain('<body>Hail!</body>');
    expect(sent.join('')).not.toMatch(/axolotl|omemo/);
    expect(banquo.complaints).toEqual([]);
  });
});

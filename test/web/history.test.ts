/**
 * A long history: what was not read is counted and found, older messages load on the way up, and the page stays small.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect } from '../../src/node/index.ts';
import { join, sendMessage } from '../../src/index.ts';
import type { Client } from '../../src/client/client.ts';
import { chromiumPath } from './browser.ts';
import { PASSWORD, PATIENCE_MS, type Person } from './person.ts';
import { build, openStage, type WebStage } from './stage.ts';

const COUNT = 300;
const CHANNEL = 'coven@mix.localhost';

describe.skipIf(chromiumPath === undefined)('a long history', { timeout: 180_000 }, () => {
  let stage: WebStage;
  let reader: Person;
  let writer: Client;
  const shown = (): Promise<number> => reader.page.locator('.message').count();

  beforeAll(async () => {
    await build();
    stage = await openStage();
    reader = await stage.newcomer('brackenwood');
    await reader.createChannel('Coven', 'Banquo');
    const other = await stage.newcomer('thistledown');
    await other.context.close();
    const endpoint = `${stage.url.replace('http', 'ws')}/xmpp-websocket`;
    writer = await connect({ account: 'thistledown@localhost', password: PASSWORD, endpoint });
    await join(writer, CHANNEL, { nick: 'Hecate' });
  }, 180_000);

  afterAll(async () => {
    await writer.close();
    await stage.close();
  });

  test('what is not read is counted', async () => {
    await reader.page.getByRole('link', { name: 'Vizard, to the start' }).click();
    const sent: Promise<unknown>[] = [];
    for (let number = 1; number <= COUNT; number += 1)
      sent.push(sendMessage(writer, CHANNEL, { body: `Line ${number} of the song.` }));
    await Promise.all(sent);
    await reader.page.getByRole('link', { name: new RegExp(`Coven.*\\b${COUNT} unread`, 's') }).waitFor();
    await reader.page.waitForFunction(`document.title.startsWith('•')`);
  });

  test('one jump leads to the first that is new', async () => {
    await reader.page.getByRole('link', { name: /^Coven/ }).click();
    await reader.sees(`Line ${COUNT} of the song.`);
    await expect.poll(shown, { timeout: PATIENCE_MS }).toBeLessThan(200);
    await reader.button(`${COUNT} new, from the first`).click();
    await reader.message('Line 1 of the song.').waitFor();
    await reader.page.waitForFunction(`document.activeElement.innerText.includes('Line 1 of')`);
    expect(await reader.page.locator('.divider').count()).toBe(1);
    await expect.poll(shown, { timeout: PATIENCE_MS }).toBeLessThan(200);
    await reader.button('To the newest').click();
    await reader.page.getByRole('link', { name: /^Coven(?!.*unread)/s }).waitFor();
  });

  test('after a reload, history loads on the way up', async () => {
    await reader.page.reload();
    await reader.sees(`Line ${COUNT} of the song.`);
    expect(await reader.message('Line 1 of the song.').count()).toBe(0);
    await reader.page.mouse.move(640, 400);
    const first = reader.message('Line 1 of the song.');
    await expect
      .poll(
        async () => {
          await reader.page.mouse.wheel(0, -500);
          return first.count();
        },
        { timeout: 2 * PATIENCE_MS, interval: 20 },
      )
      .toBe(1);
    await reader.sees('Line 1 of the song.');
    await expect.poll(shown, { timeout: PATIENCE_MS }).toBeLessThan(250);
    expect(reader.complaints).toEqual([]);
  });
});

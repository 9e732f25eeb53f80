/**
 * Somebody is blocked by the mask, and a channel gets a picture: without an address, and without what cameras write.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath } from './browser.ts';
import { PATIENCE_MS, type Person } from './person.ts';
import { photograph } from './photograph.ts';
import { expectNoTraceOf } from './scan.ts';
import { build, openStage, type WebStage } from './stage.ts';

const OWNER = 'quillowner';
const BANQUO = 'brackenwood';
const HECATE = 'thistledown';
const CHANNEL = 'coven@mix.localhost';
const FOLDED = 'From somebody whom you have blocked.';

describe.skipIf(chromiumPath === undefined)('blocking, and pictures', { timeout: 180_000 }, () => {
  let stage: WebStage;
  let owner: Person;
  let banquo: Person;
  let hecate: Person;

  beforeAll(async () => {
    await build();
    stage = await openStage();
    owner = await stage.newcomer(OWNER);
    await owner.createChannel('Coven', 'First Witch');
    banquo = await stage.newcomer(BANQUO);
    await banquo.join(`${stage.url}/join/${CHANNEL}`, { nick: 'Banquo' });
    hecate = await stage.newcomer(HECATE);
    await hecate.join(`${stage.url}/join/${CHANNEL}`, { nick: 'Hecate' });
  }, 180_000);

  afterAll(() => stage.close());

  afterEach(async () => {
    await expectNoTraceOf(banquo, [OWNER, HECATE, 'Inverness']);
    await expectNoTraceOf(hecate, [OWNER, BANQUO, 'Inverness']);
    for (const person of [owner, banquo, hecate]) expect(person.complaints).toEqual([]);
  });

  test('what somebody blocked says is folded away, and does not count', async () => {
    await hecate.say('Saucy and overbold!');
    await banquo.sees('Saucy and overbold!');
    await banquo.openPerson('Hecate');
    await banquo.button('Block').click();
    await banquo.page.getByText('Blocked. Private messages from this mask').waitFor();
    await banquo.button('Close').click();
    await banquo.sees(FOLDED);
    await expect.poll(() => banquo.message('Saucy').count(), { timeout: PATIENCE_MS }).toBe(0);
    await banquo.page.getByRole('link', { name: 'Settings' }).click();
    await hecate.say('Did you hear?');
    await owner.say('He did not.');
    await banquo.page.getByRole('link', { name: /^Coven.*He did not\..*\b1 unread/s }).waitFor();
    await banquo.page.getByRole('link', { name: /^Coven/ }).click();
    await banquo.message(FOLDED).last().getByRole('button', { name: 'Show it' }).click();
    await banquo.sees('Did you hear?');
  });

  test('private messages of somebody blocked do not come, until they are unblocked', async () => {
    await hecate.openPerson('Banquo');
    await hecate.button('Write in private').click();
    await hecate.say('Psst.');
    await hecate.message('Psst.').getByRole('alert').waitFor();
    await banquo.openPerson('Hecate');
    await banquo.button('Write in private').click();
    await banquo.page.getByText('You have blocked Hecate').waitFor();
    await banquo.page.getByRole('link', { name: 'Settings' }).click();
    await banquo.button('Unblock Hecate in Coven').click();
    await banquo.page
      .getByRole('list', { name: 'Blocked' })
      .getByText('Hecate')
      .waitFor({ state: 'detached' });
    await hecate.say('Are you there?');
    await banquo.page.getByRole('link', { name: /^Hecate.*in Coven/s }).click();
    await banquo.sees('Are you there?');
    await expect.poll(() => banquo.message('Psst.').count(), { timeout: PATIENCE_MS }).toBe(0);
  });

  test('an owner gives the channel a picture, and the others see it', async () => {
    const buffer = await photograph(stage.browser, 'Inverness 57.4778N 4.2247W');
    await owner.page.goto(`${stage.url}/c/${CHANNEL}/manage/channel`);
    await owner.button('Choose a picture').waitFor();
    await owner.page
      .locator('.manage-body input[type=file]')
      .setInputFiles({ name: `${OWNER}.jpg`, mimeType: 'image/jpeg', buffer });
    await owner.page.getByText('The channel has a new picture.').waitFor();
    await hecate.page.locator('.sidebar .sign .picture').waitFor();
    await banquo.page.getByRole('link', { name: /^Coven First Witch/ }).click();
    await banquo.page.locator('.place-head .sign .picture').waitFor();
    const colours = `(() => {
      const canvas = document.querySelector('.place-head .picture');
      return new Set(canvas.getContext('2d').getImageData(0, 0, 96, 96).data).size;
    })()`;
    await expect.poll(() => banquo.page.evaluate(colours), { timeout: PATIENCE_MS }).toBeGreaterThan(2);
    await banquo.page.reload();
    await banquo.page.locator('.place-head .sign .picture').waitFor();
    await owner.button('Take it off').click();
    await banquo.page.locator('.place-head .sign .picture').waitFor({ state: 'detached' });
  });
});

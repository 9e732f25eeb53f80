/**
 * Two people and an owner in a channel that hides addresses, from the first account to the last removal.
 * Each uses the web client in a browser's window of their own; after each act the windows of those who may not know an
 * address are searched for it: the page, the storages, and every frame that came.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath } from './browser.ts';
import type { Person } from './person.ts';
import { expectNoTraceOf } from './scan.ts';
import { build, openStage, type WebStage } from './stage.ts';

// Accounts whose names occur nowhere else; in the channel everybody has another name.
const OWNER = 'quillowner';
const BANQUO = 'brackenwood';
const HECATE = 'thistledown';

describe.skipIf(chromiumPath === undefined)('a masked channel', { timeout: 180_000 }, () => {
  let stage: WebStage;
  let owner: Person;
  let banquo: Person;
  let hecate: Person;
  const link = (): string => `${stage.url}/join/coven@mix.localhost`;

  beforeAll(async () => {
    await build();
    stage = await openStage();
  }, 180_000);

  afterAll(() => stage.close());

  afterEach(async () => {
    if ((hecate as Person | undefined) === undefined) return;
    await expectNoTraceOf(banquo, [OWNER, HECATE]);
    await expectNoTraceOf(hecate, [OWNER, BANQUO]);
    for (const person of [owner, banquo, hecate]) expect(person.complaints).toEqual([]);
  });

  test('an owner makes a channel, and two people join it by its link', async () => {
    owner = await stage.newcomer(OWNER);
    await owner.createChannel('Coven', 'First Witch');
    banquo = await stage.newcomer(BANQUO);
    await banquo.join(link(), { nick: 'Banquo' });
    hecate = await stage.newcomer(HECATE);
    await hecate.join(link(), { nick: 'Hecate', address: 'Never show it' });
    await expectBadge(banquo, 'Nobody here sees your address. The channel’s owners and administrators do.');
    await expectBadge(owner, 'Nobody here sees your address. The other owners and administrators do.');
    await banquo.button(/Who sees what|^Masked/).click();
    await banquo.page.getByRole('row', { name: 'Your address no yes' }).waitFor();
    await banquo.page.keyboard.press('Escape');
    await banquo.dialog().waitFor({ state: 'detached' });
  });

  test('they talk: styling, links, mentions, replies, reactions, corrections', async () => {
    await banquo.say('So *foul* and fair a day: https://heath.example/weather');
    await hecate.sees('So *foul* and fair');
    expect(await hecate.message('So *foul*').locator('strong').innerText()).toBe('*foul*');
    expect(await hecate.message('So *foul*').getByRole('link').getAttribute('href')).toBe(
      'https://heath.example/weather',
    );
    await hecate.textField().pressSequentially('@Ban');
    await hecate.page.getByRole('option', { name: 'Banquo' }).waitFor();
    // Faster than the page is drawn.
    const { keyboard } = hecate.page;
    await Promise.all([keyboard.press('Enter'), keyboard.type('saucy and overbold!')]);
    await keyboard.press('Enter');
    await banquo.sees('@Banquo saucy and overbold!');
    await banquo.page.locator('.message.to-me').filter({ hasText: 'saucy' }).waitFor();
    await banquo.onMessage('saucy', 'Reply');
    await banquo.say('Sory.');
    await hecate.sees('Sory.');
    await banquo.seesSent('Sory.');
    expect(await hecate.message('Sory.').locator('.quote').innerText()).toContain('saucy');
    await banquo.textField().press('ArrowUp');
    await banquo.say('Sorry.');
    await hecate.sees(/Sorry\..*\(corrected\)/s);
    await hecate.message('Sorry.').press('+');
    await hecate.button('React with 🎭').click();
    await banquo.page.getByRole('button', { name: '🎭 1, from Hecate' }).waitFor();
  });

  test('an address is not sent before the person has said so', async () => {
    await banquo.say(`Write to ${BANQUO}@localhost`);
    await banquo.page.getByRole('alertdialog').getByText('This shows your own address.').waitFor();
    await banquo.button('Back to the text').click();
    await banquo.textField().fill('');
    await banquo.say('Better not.');
    await hecate.sees('Better not.');
  });

  test('somebody who writes is seen writing', async () => {
    await banquo.textField().pressSequentially('Thrice');
    await hecate.page.getByText('Banquo is writing').waitFor();
    await banquo.say('Thrice the brinded cat hath mew’d.');
    await hecate.sees('Thrice the brinded cat');
    await hecate.page.getByText('Banquo is writing').waitFor({ state: 'detached' });
  });

  test('how far somebody has read is seen, unless they do not want it', async () => {
    await hecate.page.bringToFront();
    await banquo
      .message('Thrice the brinded cat')
      .getByText(/Read up to here by .*Hecate/)
      .waitFor({ state: 'attached' });
  });

  test('they talk in private, and nobody else gets it', async () => {
    await banquo.openPerson('Hecate');
    await banquo.button('Write in private').click();
    await banquo.page.getByText('Private, through the channel.').waitFor();
    await banquo.say('Between us two only.');
    await hecate.page.getByRole('link', { name: /Banquo.*in Coven/s }).click();
    await hecate.sees('Between us two only.');
    await hecate.say('Our secret.');
    await banquo.sees('Our secret.');
    expect(owner.frames.join('')).not.toContain('Between us two only.');
    for (const person of [banquo, hecate])
      await person.page
        .getByRole('link', { name: /^Coven/ })
        .first()
        .click();
  });

  test('what was taken back leaves a tombstone', async () => {
    await banquo.say('By the pricking of my thumbs');
    await hecate.sees('pricking of my thumbs');
    await banquo.onMessage('pricking of my thumbs', 'Take back');
    await banquo.button('Take it back').click();
    await hecate.sees('Taken back by whoever wrote it.');
    await owner.say('Something wicked');
    await hecate.say('Open, locks, whoever knocks');
    await owner.sees('whoever knocks');
    await owner.onMessage('whoever knocks', 'Remove for everybody');
    await owner.page.getByLabel('Reason').fill('Too loud');
    await owner.button('Remove it').click();
    await banquo.sees('Removed by a moderator. Reason: Too loud');
  });

  test('only the owner can look an address up', async () => {
    await banquo.openPerson('Hecate');
    await banquo.page.getByText('You do not see this person’s address').waitFor();
    expect(await banquo.button('Look the address up').count()).toBe(0);
    await banquo.button('Close').click();
    await owner.openPerson('Hecate');
    await owner.button('Look the address up').click();
    await owner.page.getByText(`${HECATE}@localhost`).waitFor();
    await owner.button('Close').click();
  });

  test('after a reload everything is there again', async () => {
    await banquo.page.reload();
    await banquo.sees('Sorry.');
    await banquo.sees('Taken back by whoever wrote it.');
    expect(await banquo.page.getByRole('log').innerText()).not.toContain('pricking');
    await banquo.page.getByRole('link', { name: /Hecate.*in Coven/s }).click();
    await banquo.sees('Our secret.');
    await banquo.page
      .getByRole('link', { name: /^Coven/ })
      .first()
      .click();
  });
});

async function expectBadge(person: Person, words: string): Promise<void> {
  await person.page.getByRole('button', { name: `Masked. ${words}` }).waitFor();
}

/**
 * Owners and administrators at work: roles, who may come in, invitations, settings, and the end.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath } from './browser.ts';
import type { Person } from './person.ts';
import { build, openStage, type WebStage } from './stage.ts';

describe.skipIf(chromiumPath === undefined)('the management of a channel', { timeout: 180_000 }, () => {
  let stage: WebStage;
  let owner: Person;
  let helper: Person;
  let stranger: Person;
  const link = (): string => `${stage.url}/join/forres@mix.localhost`;
  const tab = (name: string): Promise<unknown> =>
    owner.page.goto(`${stage.url}/c/forres@mix.localhost/manage/${name}`);

  beforeAll(async () => {
    await build();
    stage = await openStage();
    [owner, helper, stranger] = await Promise.all([
      stage.newcomer('quillowner'),
      stage.newcomer('brackenwood'),
      stage.newcomer('thistledown'),
    ]);
    await owner.createChannel('Forres', 'Duncan');
    await helper.join(link(), { nick: 'Banquo' });
  }, 180_000);

  afterAll(() => stage.close());

  test('an owner makes an administrator, who can manage from then on', async () => {
    await tab('roles');
    await owner.page.getByLabel('Address of a new administrator').fill('brackenwood@localhost');
    await owner.button('Add').last().click();
    await owner.button('Take brackenwood@localhost off the list').waitFor();
    await helper.page.reload();
    await helper.button('More about this channel').click();
    await helper.page.getByRole('menuitem', { name: 'Manage the channel' }).click();
    await helper.page.getByText('quillowner@localhost').waitFor();
    await helper.page.getByRole('link', { name: 'Masks' }).click();
    await helper.page.getByText('Only owners can change this.').waitFor();
  });

  test('a channel for listed people lets nobody else in, and keeps those who are there', async () => {
    await tab('access');
    await owner.page.getByLabel('Only people on the list may come in').check();
    await owner.button('Take brackenwood@localhost off the list').waitFor();
    await stranger.page.goto(link());
    await stranger.page
      .getByLabel('Your name in this channel')
      .or(stranger.page.getByRole('alert'))
      .first()
      .waitFor();
    if (await stranger.page.getByLabel('Your name in this channel').isVisible()) {
      await stranger.page.getByLabel('Your name in this channel').fill('Porter');
      await stranger.button('Join').click();
    }
    await stranger.page.getByRole('alert').filter({ hasText: /\w/ }).waitFor();
    await helper.page.getByRole('link', { name: 'Back to the channel', exact: true }).click();
    await helper.say('Still here');
    await helper.sees('Still here');
  });

  test('an invitation lets somebody in', async () => {
    await owner.page.goto(`${stage.url}/c/forres@mix.localhost`);
    await owner.button('More about this channel').click();
    await owner.page.getByRole('menuitem', { name: 'Invite and share' }).click();
    await owner.page.getByText('Invite one person by address').click();
    await owner.page.getByText('The person you invite sees your address, quillowner@localhost').waitFor();
    await owner.page.getByLabel('Their address').fill('thistledown@localhost');
    await owner.button('Send the invitation').click();
    await owner.page.getByText('thistledown@localhost is invited.').waitFor();
    await stranger.page.getByRole('link', { name: /You are invited to/ }).click();
    await stranger.page.getByLabel('Your name in this channel').fill('Porter');
    // The channel does not say what it does with addresses before somebody is in it.
    await stranger.page.getByLabel('Yes, show it').check();
    await stranger.button('Join').click();
    await stranger.sees('Still here');
    await stranger.page.getByRole('button', { name: /^Masked/ }).waitFor();
  });

  test('settings are changed, and the others stay', async () => {
    await tab('channel');
    await owner.page.getByLabel('What it is about', { exact: true }).fill('A palace');
    await owner.page.getByLabel('Private messages', { exact: true }).uncheck();
    await owner.button('Save').click();
    await owner.page.getByText('Saved.').waitFor();
    await stranger.page.getByText('A palace').waitFor();
    await owner.page.reload();
    expect(await owner.page.getByLabel('Private messages', { exact: true }).isChecked()).toBe(false);
    expect(await owner.page.getByLabel('Taking back', { exact: true }).isChecked()).toBe(true);
  });

  test('a channel is closed for good only after its name was written', async () => {
    await owner.button('Close the channel for good …').click();
    expect(await owner.button('Close it for good').isDisabled()).toBe(true);
    await owner.page.getByLabel('To go on, write “Forres”').fill('Forres');
    await owner.button('Close it for good').click();
    await stranger.page.getByText('Forres has been closed for good by its owners.').waitFor();
    for (const person of [owner, helper, stranger]) expect(person.complaints).toEqual([]);
  });
});

/**
 * A channel that changes what it does with addresses, people who are removed, and a connection that is cut.
 * The owner changes the mode after a dry run; whoever never shows an address is gone before anything is shown.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath } from './browser.ts';
import { Gate } from './gate.ts';
import type { Person } from './person.ts';
import { expectNoTraceOf } from './scan.ts';
import { build, openStage, type WebStage } from './stage.ts';

const OWNER = 'quillowner';
const BANQUO = 'brackenwood';
const HECATE = 'thistledown';
const PORTER = 'gatehouse';

describe.skipIf(chromiumPath === undefined)('a channel that changes', { timeout: 180_000, retry: 2 }, () => {
  const gate = new Gate();
  let stage: WebStage;
  let owner: Person;
  let banquo: Person;
  let hecate: Person;
  let porter: Person;

  beforeAll(async () => {
    await build();
    stage = await openStage({ through: (url) => gate.before(url) });
    [owner, banquo, hecate, porter] = (await Promise.all(
      ([OWNER, BANQUO, HECATE, PORTER] as const).map((account) => stage.newcomer(account)),
    )) as [Person, Person, Person, Person];
    await owner.createChannel('Heath', 'First Witch');
    const link = `${stage.url}/join/heath@mix.localhost`;
    await banquo.join(link, { nick: 'Banquo' });
    await hecate.join(link, { nick: 'Hecate', address: 'Never show it' });
    await porter.join(link, { nick: 'Porter' });
  }, 180_000);

  afterAll(async () => {
    await stage.close();
    gate.close();
  });

  test('a connection that is cut loses nothing', async () => {
    await banquo.say('Before the storm');
    await hecate.sees('Before the storm');
    gate.shut();
    await banquo.page.getByText('No connection. What you write is sent when it is back.').waitFor();
    await banquo.say('In the storm');
    await hecate.say('In the storm as well');
    await banquo.page.getByText('Sending …').waitFor();
    gate.open();
    for (const person of [banquo, hecate, owner]) {
      await person.sees(/^(?!.*as well).*In the storm/s);
      await person.sees('In the storm as well');
    }
    await banquo.page.getByText('Sending …').waitFor({ state: 'detached' });
    for (const person of [banquo, hecate, owner])
      expect(await person.message('In the storm').count()).toBe(2);
  });

  test('an owner sees what a change of the mode would do, and can leave it', async () => {
    await manage(owner, 'Masks');
    await owner.button('Change to: Addresses shown').click();
    const dialog = owner.dialog();
    await dialog.getByText('1 person would leave').waitFor();
    await dialog.getByText('3 people would become visible').waitFor();
    expect(await owner.button('Change it').isDisabled()).toBe(true);
    await owner.button('Leave it as it is').click();
    await expectNoTraceOf(banquo, [OWNER, HECATE, PORTER]);
    await expectNoTraceOf(hecate, [OWNER, BANQUO, PORTER]);
  });

  test('whoever is banned is out, and nobody saw an address', async () => {
    await owner.page.getByRole('link', { name: 'Back to the channel', exact: true }).click();
    await owner.openPerson('Porter');
    await owner.dialog().getByRole('button', { name: 'Ban' }).click();
    await owner.dialog().getByRole('button', { name: 'Ban', exact: true }).click();
    await porter.page.getByText('You have been banned from Heath').waitFor();
    await manage(owner, 'Who may come in');
    await owner.page.getByText(`${PORTER}@localhost`).waitFor();
    await expectNoTraceOf(porter, [OWNER, BANQUO, HECATE]);
    await expectNoTraceOf(banquo, [OWNER, HECATE, PORTER]);
  });

  test('CLI-21: a change of the mode removes whoever is never shown, and tells the others', async () => {
    await manage(owner, 'Masks');
    await owner.button('Change to: Addresses shown').click();
    await owner.page.getByLabel('I understand that what people have seen').check();
    await owner.button('Change it').click();
    await hecate.page
      .getByText('You have been removed before that, as you chose. Yours was not shown.')
      .waitFor();
    await banquo.page.getByText('The owners have changed this channel: addresses shown.').waitFor();
    await banquo.page
      .getByRole('button', { name: /Address shown\. Everybody here sees your address\./ })
      .waitFor();
    await banquo.openPerson('First Witch');
    await banquo.dialog().getByText(`${OWNER}@localhost`).waitFor();
    await expectNoTraceOf(hecate, [OWNER, BANQUO, PORTER]);
    await expectNoTraceOf(porter, [OWNER, BANQUO, HECATE]);
    await expectNoTraceOf(banquo, [HECATE, PORTER]);
  });

  test('CLI-21: who comes now is asked before the address is shown', async () => {
    await hecate.page.goto(`${stage.url}/join/heath@mix.localhost`);
    await hecate.page.getByText(`Everybody here will see your address, ${HECATE}@localhost.`).waitFor();
    expect(await hecate.button('Join').isDisabled()).toBe(true);
    expect(await hecate.page.getByLabel('Never show it').isDisabled()).toBe(true);
  });
});

async function manage(owner: Person, tab: string): Promise<void> {
  const back = owner.page.getByRole('navigation', { name: 'Parts of the management' });
  if (!(await back.isVisible())) {
    await owner.button('More about this channel').click();
    await owner.page.getByRole('menuitem', { name: 'Manage the channel' }).click();
  }
  await back.getByRole('link', { name: tab }).click();
}

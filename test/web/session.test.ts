/**
 * Coming, staying and going: accounts by invite, what is kept in the browser, signing out, and being offline.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath } from './browser.ts';
import { Gate } from './gate.ts';
import { PASSWORD, Person } from './person.ts';
import { build, openStage, type WebStage } from './stage.ts';

const ACCOUNT = 'brackenwood';
const KEPT = `JSON.stringify([{ ...localStorage }, { ...sessionStorage }])`;

describe.skipIf(chromiumPath === undefined)('a session', { timeout: 180_000 }, () => {
  const gate = new Gate();
  let stage: WebStage;
  let person: Person;

  beforeAll(async () => {
    await build();
    stage = await openStage({ registration: 'invite', through: (url) => gate.before(url) });
  }, 180_000);

  afterAll(async () => {
    await stage.close();
    gate.close();
  });

  test('an invite makes an account, once', async () => {
    person = await Person.arrive(stage.browser, stage.invite);
    await person.page.getByRole('heading', { name: 'You are invited' }).waitFor();
    await person.page.getByText(`name@localhost`).waitFor();
    await person.signUp(ACCOUNT);
    expect(person.page.url()).toBe(`${stage.url}/`);
    const late = await Person.arrive(stage.browser, stage.invite);
    await late.page.getByLabel('Name of the account').fill('latecomer');
    await late.page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await late.button('Make the account').click();
    await late.page.getByRole('alert').filter({ hasText: /\w/ }).waitFor();
    await late.context.close();
  });

  test('a tab stays signed in while it is open, without the password', async () => {
    const kept = String(await person.page.evaluate(KEPT));
    expect(kept).toContain(`${ACCOUNT}@localhost`);
    expect(kept).not.toContain(PASSWORD);
    expect(JSON.parse(kept) as unknown).toMatchObject([
      {},
      { 'vizard.account': expect.any(String) as string },
    ]);
    await person.page.reload();
    await person.page.getByText(`${ACCOUNT}@localhost`).waitFor();
    const other = await person.context.newPage();
    await other.goto(stage.url);
    await other.getByRole('button', { name: 'Sign in' }).waitFor();
    await other.close();
  });

  test('signing out forgets everything', async () => {
    await person.page.getByRole('link', { name: 'Settings' }).click();
    await person.button('Sign out, and forget all that').click();
    await person.button('Sign in').waitFor();
    expect(await person.page.evaluate(KEPT)).not.toContain(ACCOUNT);
  });

  test('a wrong password is told, and nothing is kept', async () => {
    await signIn(person, 'not the password');
    await person.page.getByRole('alert').getByText('The address or the password is wrong.').waitFor();
    expect(await person.page.evaluate(KEPT)).not.toContain(ACCOUNT);
  });

  test('whoever wants that stays signed in on the device', async () => {
    await person.page.getByLabel('Stay signed in on this device').check();
    await signIn(person, PASSWORD);
    await person.page.getByText(`${ACCOUNT}@localhost`).waitFor();
    expect(await person.page.evaluate(KEPT)).not.toContain(PASSWORD);
    const other = await person.context.newPage();
    await other.goto(stage.url);
    await other.getByText(`${ACCOUNT}@localhost`).waitFor();
    await other.close();
  });

  test('without a network the client is there, and says so', async () => {
    const isKept = async () => await person.page.evaluate('navigator.serviceWorker.controller !== null');
    await expect.poll(isKept, { timeout: 20_000 }).toBe(true);
    gate.shut();
    await person.page.reload();
    await person.page.getByText(`${ACCOUNT}@localhost`).waitFor();
    await person.page.getByText('No connection.').waitFor();
    gate.open();
    await person.page.getByText('No connection.').waitFor({ state: 'detached' });
  });

  test('everything can be done by keyboard', async () => {
    const { page } = person;
    await page.keyboard.press('Control+K');
    await page.getByRole('searchbox').waitFor();
    await page.keyboard.type('lobby');
    await page.getByRole('button', { name: /Lobby/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByLabel('Your name in this channel').waitFor();
    await page.keyboard.type('Columbine');
    await page.keyboard.press('Enter');
    await person.textField().waitFor();
    expect(await page.evaluate('document.activeElement.tagName')).toBe('TEXTAREA');
    await page.keyboard.type('By keyboard alone');
    await page.keyboard.press('Enter');
    await person.message('By keyboard alone').waitFor();
    await person.message('By keyboard alone').locator('.fate').waitFor({ state: 'detached' });
    await leaveText(page);
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('r');
    await page.getByText('Reply to Columbine').waitFor();
    await page.keyboard.press('Escape');
    await page.getByText('Reply to Columbine').waitFor({ state: 'detached' });
    await page.keyboard.press('ArrowUp');
    await page.getByText('Correcting').waitFor();
    await page.keyboard.press('Escape');
    // While it is there, it is what comes before the text.
    await page.getByText('Correcting').waitFor({ state: 'detached' });
    await leaveText(page);
    await page.keyboard.type('?');
    await page.getByRole('heading', { name: 'Keys and signs' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('heading', { name: 'Keys and signs' }).waitFor({ state: 'detached' });
    expect(person.complaints).toEqual([]);
  });
});

/** From the text to the messages, which is one key. */
async function leaveText(page: Person['page']): Promise<void> {
  await page.keyboard.press('Shift+Tab');
  expect(await page.evaluate(`document.activeElement.closest('[role=log]') !== null`)).toBe(true);
}

async function signIn(person: Person, password: string): Promise<void> {
  await person.page.getByLabel('Your address').fill(ACCOUNT);
  await person.page.getByLabel('Password', { exact: true }).fill(password);
  await person.button('Sign in').click();
}

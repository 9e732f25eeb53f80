/**
 * Somebody with the web client in a real browser, for its benchmark.
 * Does what a person does, as fast as the page allows, and counts the frames of its WebSocket.
 * Does not measure time (bench/web.mjs).
 * Always: acts on what is shown, never after a time.
 * Before: playwright-core. After: bench/web.mjs.
 */
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

const PLACES = [process.env['CHROMIUM'], '/usr/bin/chromium', '/usr/bin/chromium-browser'];
const FLAGS = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'];
const PATIENCE_MS = 60_000;

export async function startBrowser() {
  const executablePath = PLACES.find((path) => path !== undefined && existsSync(path));
  if (executablePath === undefined) throw new Error('no Chromium was found: install it, or set CHROMIUM');
  return chromium.launch({ executablePath, args: FLAGS });
}

export class Person {
  /** Of all WebSockets so far. */
  traffic = { sent: 0, received: 0, bytes: 0 };

  static async arrive(browser) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    const person = new Person();
    person.page = await context.newPage();
    person.page.setDefaultTimeout(PATIENCE_MS);
    person.page.on('websocket', (socket) => {
      socket.on('framesent', () => (person.traffic.sent += 1));
      socket.on('framereceived', ({ payload }) => {
        person.traffic.received += 1;
        person.traffic.bytes += payload.length;
      });
    });
    return person;
  }

  button(name) {
    return this.page.getByRole('button', { name, exact: true });
  }

  /** Makes an account on the page that is open. */
  async signUp(name) {
    await this.button('Make an account').click();
    await this.page.getByLabel('Name of the account').fill(name);
    await this.page.getByLabel('Password', { exact: true }).fill('correct horse battery');
    await this.button('Make the account').click();
  }

  async create(channel, nick) {
    await this.button('New channel').click();
    await this.page.getByLabel('Name of the channel').fill(channel);
    await this.page.getByLabel('Your own name there').fill(nick);
    await this.button('Make the channel').click();
    await this.textField().waitFor();
  }

  textField() {
    return this.page.locator('.composer textarea');
  }

  async say(text) {
    await this.textField().fill(text);
    await this.textField().press('Enter');
  }

  /** Says it, and waits until the channel has it. */
  async said(text) {
    await this.say(text);
    await this.sees(text);
    await this.page.locator('.fate').waitFor({ state: 'detached' });
  }

  sees(text) {
    return this.page.getByRole('log').getByText(text, { exact: true }).waitFor();
  }
}

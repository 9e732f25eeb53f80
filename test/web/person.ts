/**
 * Somebody who uses the web client.
 * Does in a browser's window of their own what people do, by the names that a screen reader says; and remembers every
 * frame that came over the WebSocket.
 * Does not judge what was seen (test/web/scan.ts).
 * Always: waits for what is shown, never for a time.
 * Before: test/web/browser.ts. After: test/web/scan.ts.
 */
import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from 'playwright-core';

export const PASSWORD = 'correct horse battery';
export const PATIENCE_MS = 20_000;

/** Runs in the page, so it is text here. */
const TRACES = `[
  document.documentElement.outerHTML,
  document.title,
  location.href,
  ...[...document.querySelectorAll('input, textarea')].map((field) => field.value),
  JSON.stringify({ ...localStorage }),
  JSON.stringify({ ...sessionStorage }),
].join('\\n')`;

export interface Choices {
  readonly nick?: string;
  /** The label of the choice about the address. */
  readonly address?: string;
}

export class Person {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Every frame that the server sent. */
  readonly frames: string[] = [];
  /** What the browser complained about. */
  readonly complaints: string[] = [];

  constructor(context: BrowserContext, page: Page) {
    this.context = context;
    this.page = page;
    page.setDefaultTimeout(PATIENCE_MS);
    page.on('websocket', (socket) =>
      socket.on('framereceived', ({ payload }) => this.frames.push(payload.toString())),
    );
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('console', (message) => {
      const isOffline = /net::ERR_|WebSocket connection/.test(message.text());
      if (message.type() === 'error' && !isOffline) this.complaints.push(message.text());
    });
  }

  static async arrive(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Person> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    const person = new Person(context, await context.newPage());
    await person.page.goto(url);
    return person;
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name, exact: typeof name === 'string' });
  }

  dialog(): Locator {
    return this.page.getByRole('dialog');
  }

  /** Makes an account with the invite whose page is open. */
  async signUp(name: string): Promise<void> {
    await this.page.getByLabel('Name of the account').fill(name);
    await this.page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await this.button('Make the account').click();
    await this.page.getByRole('heading', { name: /Your mask is ready|Choose a channel/ }).waitFor();
  }

  async createChannel(name: string, nick: string): Promise<void> {
    await this.button('New channel').click();
    await this.page.getByLabel('Name of the channel').fill(name);
    await this.page.getByLabel('Your own name there').fill(nick);
    await this.button('Make the channel').click();
    await this.page.getByRole('heading', { name, level: 1 }).waitFor();
  }

  /** Joins by the channel's link. */
  async join(url: string, { nick = '', address }: Choices): Promise<void> {
    await this.page.goto(url);
    await this.page.getByLabel('Your name in this channel').fill(nick);
    if (address !== undefined) await this.page.getByLabel(address).check();
    await this.button('Join').click();
    await this.textField().waitFor();
  }

  textField(): Locator {
    return this.page.locator('.composer textarea');
  }

  async say(text: string): Promise<void> {
    await this.textField().fill(text);
    await this.textField().press('Enter');
  }

  /** A message with this text, as it is shown. */
  message(text: string | RegExp): Locator {
    return this.page.getByRole('log').getByRole('article').filter({ hasText: text });
  }

  async sees(text: string | RegExp): Promise<void> {
    await this.message(text).first().waitFor();
  }

  /** Sees it, and, when it is their own, that the channel has it; only then it can be corrected or taken back. */
  async seesSent(text: string | RegExp): Promise<void> {
    await this.sees(text);
    await this.message(text).last().locator('.fate').waitFor({ state: 'detached' });
  }

  /** What can be done with a message, by keyboard. */
  async onMessage(text: string, act: string): Promise<void> {
    await this.seesSent(text);
    await this.message(text).last().press('Enter');
    await this.page.getByRole('menuitem', { name: act, exact: true }).click();
  }

  async openPerson(nick: string): Promise<void> {
    const people = await this.showPeople();
    await people.getByRole('button', { name: new RegExp(nick) }).click();
  }

  /** The list of people; whether it is open from the first is known when the button for it is there. */
  async showPeople(): Promise<Locator> {
    const people = this.page.getByRole('complementary', { name: 'People' });
    await this.button(/^People/).waitFor();
    if (!(await people.isVisible())) await this.button(/^People/).click();
    return people;
  }

  /** Everything that is kept for this page in the browser, and all that it shows. */
  async traces(): Promise<string> {
    return String(await this.page.evaluate(TRACES));
  }
}

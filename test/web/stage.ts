/**
 * The stand-alone program and a browser, for the tests of the web client.
 * Starts both, and makes accounts.
 * Does not know what is tested.
 * Always: after `close` no process and no file is left.
 * Before: src/cli/program.ts. After: test/web/person.ts.
 */
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { anywhere, cleanUp, launch, makeFolder } from '../../src/cli/program.ts';
import { startBrowser } from './browser.ts';
import { Person } from './person.ts';

export { build } from '../../src/cli/program.ts';

export interface WebStage {
  readonly browser: Browser;
  /** The page, without a slash at its end. */
  readonly url: string;
  /** A link for one more account. */
  readonly invite: string;
  /** A new account, signed in, in a window of its own. */
  newcomer(account: string, options?: BrowserContextOptions): Promise<Person>;
  close(): Promise<void>;
}

export interface StageOptions {
  /** 'open', when it is not given. */
  readonly registration?: 'open' | 'invite';
  /** Leads to another address than the program's own, such as a gate's. */
  readonly through?: (url: string) => Promise<string>;
}

export async function openStage(options: StageOptions = {}): Promise<WebStage> {
  const { registration = 'open', through = (url: string) => Promise.resolve(url) } = options;
  const program = launch(makeFolder(), ['start'], {
    env: { ...anywhere, VIZARD_HOST__REGISTRATION: registration },
  });
  const [, own = ''] = await program.until(/Vizard is ready: (http\S+?)\/?\n/);
  // The first account is the operator's, which may see everything.
  const [, first = ''] = await program.until(/\n {2}(http\S+\/invite\/\S+)\n/);
  const body = new URLSearchParams({ name: 'operator', password: 'correct horse battery' });
  await fetch(first, { method: 'POST', body });
  const [, invite = ''] = await program.until(/Invite +(\S+)/);
  const [browser, url] = await Promise.all([startBrowser(), through(own)]);
  return {
    browser,
    url,
    invite: invite.replace(own, url),
    async newcomer(account, options) {
      const person = await Person.arrive(browser, url, options);
      await person.button('Make an account').click();
      await person.signUp(account);
      return person;
    },
    async close() {
      await browser.close();
      program.process.kill('SIGTERM');
      await program.ended;
      await cleanUp();
    },
  };
}

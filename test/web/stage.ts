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
  /** A new account, signed in, in a window of its own. */
  newcomer(account: string, options?: BrowserContextOptions): Promise<Person>;
  close(): Promise<void>;
}

/** @param through leads to another address than the program's own, such as a gate's */
export async function openStage(
  through: (url: string) => Promise<string> = (url) => Promise.resolve(url),
): Promise<WebStage> {
  const program = launch(makeFolder(), ['start'], {
    // Any number of newcomers from one address.
    env: { ...anywhere, VIZARD_HOST__REGISTRATION: 'open' },
  });
  const [, own = ''] = await program.until(/Vizard is ready: (http\S+?)\/?\n/);
  // The first account is the operator's, which may see everything.
  const [, first = ''] = await program.until(/\n {2}(http\S+\/invite\/\S+)\n/);
  const body = new URLSearchParams({ name: 'operator', password: 'correct horse battery' });
  await fetch(first, { method: 'POST', body });
  const [browser, url] = await Promise.all([startBrowser(), through(own)]);
  return {
    browser,
    url,
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

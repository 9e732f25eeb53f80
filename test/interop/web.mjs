/**
 * The web client beside somebody else's server: ejabberd with mod_mix_pam, and a web server that knows files only.
 * Serves the built client as docs/web-client.md says, and lets two people use it, each in a browser's window.
 * Does not start ejabberd or Vizard (run.mjs), nor test all that the client can do (test/web).
 * Always: the browser is real; everything in the other's page, storages and frames is searched for the owner's name.
 * Before: lab.mjs. After: run.mjs.
 */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { chromium } from 'playwright-core';
import { REPOSITORY } from './lab.mjs';

const PATIENCE_MS = 30_000;
const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-sync'];
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webmanifest': 'application/manifest+json',
};
/** Runs in the page. */
const TRACES =
  '[document.documentElement.outerHTML, JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage })].join()';

/** `names` are two accounts; the first makes the channel, the second never wants to be shown. */
export async function playWeb({ webSocket, service, names, password }) {
  const site = await serve({ domain: 'localhost', service, websocket: webSocket, registration: 'closed' });
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: FLAGS });
  const count = { passed: 0, failed: 0 };
  const windows = [];
  const step = async (sentence, act) => {
    // What comes after a failure would only repeat it.
    if (count.failed > 0) return;
    try {
      await act();
      count.passed++;
      console.log(`ok - web: ${sentence}`);
    } catch (error) {
      count.failed++;
      const shown = await Promise.all(windows.map(({ page }) => page.innerText('body').catch(String)));
      console.log(`not ok - web: ${sentence}\n    received: ${error.message}\n${shown.join('\n---\n')}`);
    }
  };
  try {
    await acts(step, { browser, site, windows, names, password, service });
  } finally {
    await browser.close();
    site.close();
  }
  return count;
}

async function acts(step, { browser, site, windows, names, password, service }) {
  const arrive = async (name) => {
    const window = await open(browser, site.url);
    windows.push(window);
    await signIn(window.page, name, password);
    return window;
  };
  let owner, guest;
  await step('somebody with an account at ejabberd signs in and makes a channel', async () => {
    owner = await arrive(names[0]);
    const { page } = owner;
    await page.getByRole('button', { name: 'New channel' }).click();
    await page.getByLabel('Name of the channel').fill('Heath');
    await page.getByLabel('Your own name there').fill('First');
    await page.getByRole('button', { name: 'Make the channel' }).click();
    await page.getByRole('heading', { name: 'Heath', level: 1 }).waitFor();
  });
  await step(
    'somebody else joins it by its link, never to be shown, and is told that nobody sees the address (D-15)',
    async () => {
      guest = await arrive(names[1]);
      const { page } = guest;
      await page.goto(`${site.url}/join/heath@${service}`);
      await page.getByLabel('Your name in this channel').fill('Second');
      await page.getByLabel('Never show it').check();
      await page.getByRole('button', { name: 'Join', exact: true }).click();
      await page.getByText('Nobody here sees your address.').first().waitFor();
      await field(page).waitFor();
    },
  );
  await step('they hear each other', async () => {
    await say(guest.page, 'When the hurlyburly’s done');
    await hear(owner.page, 'When the hurlyburly’s done');
    await say(owner.page, 'That will be ere the set of sun');
    await hear(guest.page, 'That will be ere the set of sun');
  });
  await step('after the page is loaded again the history is there', async () => {
    await guest.page.reload();
    await hear(guest.page, 'When the hurlyburly’s done');
    await hear(guest.page, 'That will be ere the set of sun');
  });
  await step('nothing that the other got says who the owner is', async () => {
    const texts = [await guest.page.evaluate(TRACES), ...guest.frames];
    if (guest.frames.length < 10) throw new Error('no frames were seen');
    const found = texts.find((text) => text.includes(names[0]));
    if (found !== undefined) throw new Error(found);
  });
  await step('the browsers complained about nothing', async () => {
    const complaints = windows.flatMap((window) => window.complaints);
    if (complaints.length > 0) throw new Error(complaints.join('\n'));
  });
}

async function open(browser, url) {
  const page = await (await browser.newContext()).newPage();
  const window = { page, frames: [], complaints: [] };
  page.setDefaultTimeout(PATIENCE_MS);
  page.on('websocket', (socket) =>
    socket.on('framereceived', ({ payload }) => window.frames.push(String(payload))),
  );
  page.on('pageerror', ({ message }) => window.complaints.push(message));
  page.on('console', (message) => {
    if (message.type() === 'error') window.complaints.push(message.text());
  });
  await page.goto(url);
  return window;
}

async function signIn(page, name, password) {
  await page.getByLabel('Your address').fill(name);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('button', { name: 'New channel' }).waitFor();
}

const field = (page) => page.locator('.composer textarea');

async function say(page, text) {
  await field(page).fill(text);
  await field(page).press('Enter');
}

function hear(page, text) {
  return page.getByRole('log').getByRole('article').filter({ hasText: text }).first().waitFor();
}

/** The files of web/dist, with the header and the answers that docs/web-client.md asks for. */
async function serve(config) {
  const dist = join(REPOSITORY, 'web', 'dist');
  const policy = `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; manifest-src 'self'; worker-src 'self'; connect-src 'self' ${config.websocket}`;
  const server = createServer(async ({ url }, response) => {
    const path = normalize(new URL(url, 'http://localhost').pathname);
    const isView = path === '/' || /^\/(c|join|invite|settings)(\/|$)/.test(path);
    response.setHeader('content-security-policy', policy);
    if (path === '/config.json') {
      response.setHeader('content-type', TYPES['.json']).end(JSON.stringify(config));
      return;
    }
    try {
      const file = await readFile(join(dist, isView ? 'index.html' : path));
      response.setHeader('content-type', TYPES[isView ? '.html' : extname(path)] ?? 'text/plain').end(file);
    } catch {
      response.writeHead(404).end();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}

/**
 * Every main view, for everybody: on a phone and on a desktop, in light and in dark, by screen reader rules.
 * axe-core looks at each; with SCREENSHOTS=folder a picture of some is kept there.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath } from './browser.ts';
import type { Person } from './person.ts';
import { build, openStage, type WebStage } from './stage.ts';
import { furnish } from './furnish.ts';
import type { Client } from '../../src/client/client.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RUN = `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
  violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => id + ' ' + target + ' ' + failureSummary)))`;

const SIZES = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 800 } } as const;
const CHANNEL = '/c/masquerade@mix.localhost';

const PICTURE = {
  name: 'mask.png',
  mimeType: 'image/png',
  buffer: readFileSync(new URL('../../web/public/mask-192.png', import.meta.url)),
};
const LETTER = { name: 'letter.txt', mimeType: 'text/plain', buffer: Buffer.from('Burn this.') };

interface View {
  readonly name: string;
  readonly path: string;
  /** What is done before it is looked at. */
  readonly open?: (person: Person) => Promise<unknown>;
  readonly ready: string;
}

const menu = (item: string) => async (person: Person) => {
  await person.button('More about this channel').click();
  await person.page.getByRole('menuitem', { name: item }).click();
};

const VIEWS: readonly View[] = [
  { name: 'home', path: '/', ready: '.sidebar .item' },
  {
    name: 'find',
    path: '/',
    ready: 'dialog .item',
    open: (person) => person.button('Find channels').click(),
  },
  { name: 'create', path: '/', ready: 'dialog form', open: (person) => person.button('New channel').click() },
  { name: 'channel', path: CHANNEL, ready: '.message' },
  {
    name: 'files',
    path: CHANNEL,
    ready: '.attachments .picture',
    open: (person) => person.page.locator('.composer input[type=file]').setInputFiles([PICTURE, LETTER]),
  },
  { name: 'message menu', path: CHANNEL, ready: '[role=menuitem]', open: openMessageMenu },
  { name: 'people', path: CHANNEL, ready: '.person', open: (person) => person.showPeople() },
  { name: 'person', path: CHANNEL, ready: '.person-card', open: (person) => person.openPerson('Columbine') },
  { name: 'privacy', path: CHANNEL, ready: '.sees', open: (person) => person.page.locator('.badge').click() },
  { name: 'preferences', path: CHANNEL, ready: '.choice', open: menu('What others see of me') },
  { name: 'share', path: CHANNEL, ready: '.qr', open: menu('Invite and share') },
  { name: 'private', path: CHANNEL, ready: '.private .message', open: openPrivate },
  { name: 'manage people', path: `${CHANNEL}/manage/people`, ready: '.rows .address' },
  { name: 'manage access', path: `${CHANNEL}/manage/access`, ready: '.manage-body form' },
  {
    name: 'manage settings',
    path: `${CHANNEL}/manage/channel`,
    ready: '.danger-zone',
    open: (person) => person.page.getByText('Finer settings').click(),
  },
  {
    name: 'mode',
    path: `${CHANNEL}/manage/mode`,
    ready: '.outlook',
    open: (person) => person.button('Change to: Addresses shown').click(),
  },
  { name: 'join', path: '/join/lobby@mix.localhost', ready: '.choice' },
  { name: 'settings', path: '/settings', ready: '.settings' },
];

/** Kept in docs/screenshots/. */
const KEPT = [
  'channel desktop light',
  'channel desktop dark',
  'channel phone light',
  'privacy desktop light',
  'mode desktop dark',
  'join phone dark',
];

describe.skipIf(chromiumPath === undefined)('the views', { timeout: 120_000 }, () => {
  let stage: WebStage;
  let owner: Person;
  const crowd: Client[] = [];

  beforeAll(async () => {
    await build();
    stage = await openStage();
    owner = await stage.newcomer('hecate', { bypassCSP: true, reducedMotion: 'reduce' });
    await furnish(stage, owner, await stage.newcomer('banquo'), crowd);
  }, 180_000);

  afterAll(async () => {
    await Promise.all(crowd.map((client) => client.close()));
    await stage.close();
  });

  test.each(Object.keys(SIZES).flatMap((size) => ['light', 'dark'].map((scheme) => ({ size, scheme }))))(
    '$size, $scheme',
    async ({ size, scheme }) => {
      const { page } = owner;
      await page.setViewportSize(SIZES[size as keyof typeof SIZES]);
      await page.emulateMedia({ colorScheme: scheme as 'light' | 'dark', reducedMotion: 'reduce' });
      for (const { name, path, open, ready } of VIEWS) {
        await page.goto(stage.url + path);
        if (path.startsWith(CHANNEL) && path === CHANNEL) await page.locator('.message').first().waitFor();
        await open?.(owner);
        await page.locator(ready).first().waitFor();
        await page.mouse.move(0, 0);
        await keep(owner, `${name} ${size} ${scheme}`);
        await page.evaluate(axe);
        expect(await page.evaluate(RUN), name).toEqual([]);
      }
      expect(owner.complaints).toEqual([]);
    },
  );

  test.each(['light', 'dark'] as const)('the door, %s', async (scheme) => {
    for (const path of ['/', '/invite/abc', '/join/masquerade@mix.localhost']) {
      const context = await stage.browser.newContext({
        colorScheme: scheme,
        bypassCSP: true,
        viewport: SIZES.phone,
      });
      const page = await context.newPage();
      await page.goto(stage.url + path);
      await page.locator('.entry-card form').first().waitFor();
      await page.evaluate(axe);
      expect(await page.evaluate(RUN), path).toEqual([]);
      await context.close();
    }
  });
});

async function keep({ page }: Person, name: string): Promise<void> {
  const folder = process.env['SCREENSHOTS'];
  if (folder === undefined || (process.env['SCREENSHOTS_ALL'] === undefined && !KEPT.includes(name))) return;
  await page.evaluate('document.fonts.ready');
  await page.screenshot({ path: join(folder, `${name.replaceAll(' ', '-')}.png`) });
}

async function openMessageMenu(person: Person): Promise<void> {
  await person.page.locator('.message').last().focus();
  await person.page.keyboard.press('Enter');
}

async function openPrivate(person: Person): Promise<void> {
  await person.openPerson('Columbine');
  await person.button('Write in private').click();
}

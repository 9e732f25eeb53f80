/**
 * Files: from the disk, the clipboard and the desk to the others, without their names and what cameras write into them.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { connect, fileMessage, sendMessage } from '../../src/node/index.ts';
import type { Client } from '../../src/client/client.ts';
import { chromiumPath } from './browser.ts';
import { PASSWORD, PATIENCE_MS, type Person } from './person.ts';
import { photograph } from './photograph.ts';
import { expectNoTraceOf } from './scan.ts';
import { build, openStage, type WebStage } from './stage.ts';

const OWNER = 'quillowner';
const BANQUO = 'brackenwood';
const CHANNEL = 'gallery@mix.localhost';
/** Stands in the file where cameras write the place. */
const PLACE = 'Inverness 57.4778N 4.2247W';

describe.skipIf(chromiumPath === undefined)('files', { timeout: 180_000 }, () => {
  let stage: WebStage;
  let owner: Person;
  let banquo: Person;
  let client: Client;
  const asked: string[] = [];
  const photo = async (name: string) => ({
    name,
    mimeType: 'image/jpeg',
    buffer: await photograph(stage.browser, PLACE),
  });
  const attach = (person: Person, files: Parameters<ReturnType<Person['textField']>['setInputFiles']>[0]) =>
    person.page.locator('.composer input[type=file]').setInputFiles(files);

  beforeAll(async () => {
    await build();
    stage = await openStage();
    owner = await stage.newcomer(OWNER);
    await owner.createChannel('Gallery', 'Duncan');
    banquo = await stage.newcomer(BANQUO);
    await banquo.join(`${stage.url}/join/${CHANNEL}`, { nick: 'Banquo' });
    const endpoint = `${stage.url.replace('http', 'ws')}/xmpp-websocket`;
    client = await connect({ account: `${OWNER}@localhost`, password: PASSWORD, endpoint });
    banquo.page.on('request', (request) => asked.push(request.url()));
  }, 180_000);

  afterAll(async () => {
    await client.close();
    await stage.close();
  });

  afterEach(async () => {
    await expectNoTraceOf(banquo, [OWNER, 'holiday', 'Inverness']);
    for (const person of [owner, banquo]) expect(person.complaints).toEqual([]);
  });

  test('a picture is drawn anew, and shown to the others without its name', async () => {
    await attach(owner, await photo(`${OWNER}-holiday.jpg`));
    await owner.page.getByText('Pictures are drawn anew').waitFor();
    await owner.page.getByText('it lies on localhost, your server.').waitFor();
    await owner.button('Send the file').click();
    const shown = banquo.page.getByRole('img', { name: 'A picture from Duncan' });
    await shown.waitFor();
    await expect
      .poll(() => banquo.page.evaluate(`document.querySelector('.file img').naturalWidth`), {
        timeout: PATIENCE_MS,
      })
      .toBe(64);
    const url = (await shown.getAttribute('src')) ?? '';
    expect(url).toMatch(/\/upload\/[\w-]{30,}\.jpg$/);
    const bytes = Buffer.from(await (await fetch(url)).arrayBuffer());
    expect(bytes.length).toBeGreaterThan(100);
    expect(bytes.includes('Inverness')).toBe(false);
    expect(bytes.includes('Exif')).toBe(false);
    await owner.page.getByRole('region', { name: 'Files to send' }).waitFor({ state: 'detached' });
    await banquo.page.getByRole('link', { name: /^Gallery.*Duncan: a picture/s }).waitFor();
  });

  test('a file that could not be sent is kept, and sent when it is tried again', async () => {
    await owner.page.route('**/upload/**', (route) => route.abort());
    await attach(owner, { name: 'holiday.txt', mimeType: 'text/plain', buffer: Buffer.from('Rooks') });
    await owner.page.getByText('Other files go as they are.').waitFor();
    await owner.button('Send the file').click();
    await owner.page.getByRole('alert').getByText('Not sent: the file could not be sent').waitFor();
    await owner.page.unroute('**/upload/**');
    await owner.button('Send the file').click();
    await banquo.page.getByRole('link', { name: /^A file: http.*\.txt$/ }).waitFor();
  });

  test('what is pasted and dropped is attached, and Enter sends it with the text', async () => {
    const give = (target: string, event: string) => `{
      const data = new DataTransfer();
      data.items.add(new File(['Rooks and crows'], 'holiday.md', { type: 'text/markdown' }));
      const options = { bubbles: true, cancelable: true, clipboardData: data, dataTransfer: data };
      document.querySelector('${target}').dispatchEvent(new ${event});
    }`;
    await owner.page.evaluate(give('.composer textarea', `ClipboardEvent('paste', options)`));
    await owner.page.evaluate(give('.log-scroller', `DragEvent('drop', options)`));
    await owner.button('Send 2 files').waitFor();
    await owner.say('Both are for you.');
    await banquo.sees('Both are for you.');
    await expect
      .poll(() => banquo.page.getByRole('link', { name: /^A file: http.*\.md$/ }).count(), {
        timeout: PATIENCE_MS,
      })
      .toBe(2);
  });

  test('Enter right after a picture was pasted sends it', async () => {
    const bytes = (await photograph(stage.browser, PLACE)).toString('base64');
    const before = await banquo.page.getByRole('img', { name: 'A picture from Duncan' }).count();
    await owner.page.evaluate(`{
      const data = new DataTransfer();
      const bytes = Uint8Array.from(atob('${bytes}'), (letter) => letter.charCodeAt(0));
      data.items.add(new File([bytes], 'holiday.jpg', { type: 'image/jpeg' }));
      const field = document.querySelector('.composer textarea');
      const options = { bubbles: true, cancelable: true };
      field.dispatchEvent(new ClipboardEvent('paste', { ...options, clipboardData: data }));
      field.dispatchEvent(new KeyboardEvent('keydown', { ...options, key: 'Enter' }));
    }`);
    const shown = banquo.page.getByRole('img', { name: 'A picture from Duncan' });
    await expect.poll(() => shown.count(), { timeout: PATIENCE_MS }).toBe(before + 1);
  });

  test('what cannot be cleaned is not sent', async () => {
    await attach(owner, {
      name: 'holiday.heic',
      mimeType: '',
      buffer: Buffer.from('\0\0\0\x18ftypheic\0\0'),
    });
    await owner.page.getByRole('alert').getByText('This browser cannot read the picture').waitFor();
    expect(await owner.button('Send the file').count()).toBe(0);
    await owner.button('Do not send holiday.heic').click();
    await owner.page.getByRole('region', { name: 'Files to send' }).waitFor({ state: 'detached' });
  });

  test('a picture that lies elsewhere is a link, and nobody is asked for it', async () => {
    await sendMessage(client, CHANNEL, fileMessage('http://localhost:9/elsewhere.png'));
    await sendMessage(client, CHANNEL, fileMessage(`${stage.url}/config.json?elsewhere.png`));
    await banquo.page.getByRole('link', { name: 'A file: http://localhost:9/elsewhere.png' }).waitFor();
    await banquo.page.getByRole('link', { name: /config\.json\?elsewhere\.png/ }).waitFor();
    expect(asked.filter((url) => url.includes('elsewhere'))).toEqual([]);
  });
});

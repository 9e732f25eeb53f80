/**
 * A photograph as a camera makes it.
 * Lets the browser draw a JPEG, and puts in front of it what cameras write there (EXIF).
 * Does not look like anything.
 * Always: the place stands in the bytes as it was given.
 * Before: test/web/browser.ts. After: test/web/files.test.ts.
 */
import type { Browser } from 'playwright-core';

const DRAW = `(async () => {
  const canvas = new OffscreenCanvas(64, 48);
  const context = canvas.getContext('2d');
  context.fillStyle = 'teal';
  context.fillRect(8, 8, 40, 30);
  const blob = await canvas.convertToBlob({ type: 'image/jpeg' });
  return [...new Uint8Array(await blob.arrayBuffer())];
})()`;

export async function photograph(browser: Browser, place: string): Promise<Buffer> {
  const page = await browser.newPage();
  const drawn = Buffer.from(await page.evaluate<number[]>(DRAW));
  await page.close();
  const written = Buffer.from(`Exif\0\0II*\0\x08\0\0\0\0\0${place}`, 'latin1');
  const head = Buffer.from([0xff, 0xe1, 0, 0]);
  head.writeUInt16BE(written.length + 2, 2);
  return Buffer.concat([drawn.subarray(0, 2), head, written, drawn.subarray(2)]);
}

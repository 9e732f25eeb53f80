/**
 * Pictures are known by what is in them, and a file's name stays at home.
 */
import { expect, test } from 'vitest';
import { isPicture, looksLikePicture, plainName } from './kinds.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

test.each([
  ['a JPEG called a document', [0xff, 0xd8, 0xff, 0xe1], 'application/pdf', true],
  ['a PNG without a type', [0x89, 0x50, 0x4e, 0x47], '', true],
  ['a picture of a telephone', [0, 0, 0, 24, ...bytesOf('ftypheic')], '', true],
  ['a TIFF', [0x49, 0x49, 0x2a, 0], '', true],
  ['a drawing', [...bytesOf('<?xml version="1.0"?>\n<svg xmlns="…">')], '', true],
  ['text', [...bytesOf('When shall we three meet again?')], 'text/plain', false],
  ['a document', [...bytesOf('%PDF-1.7')], 'application/pdf', false],
  ['nothing', [], '', false],
] as const)('%s', async (_, bytes, type, expected) => {
  expect(await isPicture(new Blob([new Uint8Array(bytes)], { type }))).toBe(expected);
});

test('of a name only the ending travels, and that of a picture is made anew', () => {
  expect(plainName('application/pdf', 'Letter of Macduff to his wife.PDF')).toBe('file.pdf');
  expect(plainName('image/jpeg', 'IMG_2040 at home.heic')).toBe('file.jpg');
  expect(plainName('', 'macduff')).toBe('file');
  expect(plainName('', 'from.macduffs-castle')).toBe('file');
});

test('an address of a picture', () => {
  expect(looksLikePicture('https://files.example/upload/a.JPG')).toBe(true);
  expect(looksLikePicture('https://files.example/a.svg?x=.png')).toBe(false);
});

/**
 * What kind of file it is, by what is in it.
 * Tells pictures from other files, and makes the name under which a file is uploaded.
 * Does not change files (files/redraw.ts).
 * Always: the name that travels is the same for everybody; of the own one at most the ending is left.
 * Before: state/attachments.ts. After: files/redraw.ts.
 */

/** By the first bytes, as a name or a type may be wrong and what a camera wrote is there all the same. */
const PICTURES: readonly RegExp[] = [
  /^\xff\xd8\xff/, // JPEG
  /^\x89PNG/,
  /^GIF8/,
  /^RIFF[^]{4}WEBP/,
  /^[^]{4}ftyp(?:avif|avis|heic|heix|heim|hevc|mif1|msf1)/,
  /^(?:II\*\0|MM\0\*)/,
  /^BM[^]{4}\0\0\0\0/,
  /^\s*(?:<\?xml[^]*)?<svg/i,
];
const LOOKED_AT = 256;

const ENDINGS: Readonly<Record<string, string>> = {
  'image/jpeg': '.jpg',
  'image/png': '.png',
  'image/webp': '.webp',
};

export async function isPicture(file: Blob): Promise<boolean> {
  const head = new Uint8Array(await file.slice(0, LOOKED_AT).arrayBuffer());
  const text = String.fromCharCode(...head);
  return file.type.startsWith('image/') || PICTURES.some((pattern) => pattern.test(text));
}

/** The name that travels. */
export function plainName(type: string, name: string): string {
  const ending = /\.[a-z0-9]{1,5}$/i.exec(name)?.[0].toLowerCase() ?? '';
  return `file${ENDINGS[type] ?? ending}`;
}

/** Does this address end like a picture that every browser shows? */
export function looksLikePicture(url: string): boolean {
  return /\.(?:png|jpe?g|gif|webp|avif)$/i.test(new URL(url).pathname);
}

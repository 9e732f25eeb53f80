/**
 * Pictures, drawn anew.
 * Draws a picture on a canvas and makes a new file of what is seen.
 * Does not send it (state/attachments.ts).
 * Always: only pixels pass: place, time, device, thumbnails and comments that are in the file are not in the new one.
 * Before: files/kinds.ts. After: state/attachments.ts, views/manage-picture.tsx.
 */

const SIDE_MAX = 2_560;
const QUALITY = 0.9;
const UNREADABLE =
  'This browser cannot read the picture, so what the camera wrote into it cannot be taken out. Save it as JPEG or PNG first.';

/** The picture without anything else. @throws Error with words for the person where it cannot be read */
export async function redraw(file: Blob): Promise<Blob> {
  const image = await read(file);
  const scale = Math.min(1, SIDE_MAX / Math.max(image.width, image.height));
  const width = Math.max(1, Math.round(image.width * scale));
  const height = Math.max(1, Math.round(image.height * scale));
  return draw(image, { width, height, type: kept(file.type) }, [0, 0, width, height]);
}

/** The middle of the picture, as a small square. @throws as {@link redraw} */
export async function squareOf(file: Blob, side: number): Promise<Blob> {
  const image = await read(file);
  const scale = Math.max(side / image.width, side / image.height);
  const [width, height] = [image.width * scale, image.height * scale];
  const place = [(side - width) / 2, (side - height) / 2, width, height] as const;
  return draw(image, { width: side, height: side, type: 'image/png' }, place);
}

/** What has no losses, or holes, keeps that. */
function kept(type: string): string {
  if (type === 'image/webp') return type;
  return type === 'image/png' || type === 'image/gif' ? 'image/png' : 'image/jpeg';
}

async function read(file: Blob): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(file);
  } catch {
    throw new Error(UNREADABLE);
  }
}

interface Wanted {
  readonly width: number;
  readonly height: number;
  readonly type: string;
}

async function draw(
  image: ImageBitmap,
  { width, height, type }: Wanted,
  place: readonly [number, number, number, number],
): Promise<Blob> {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  if (context === null) throw new Error(UNREADABLE);
  if (type === 'image/jpeg') {
    context.fillStyle = '#fff';
    context.fillRect(0, 0, width, height);
  }
  context.drawImage(image, ...place);
  image.close();
  return canvas.convertToBlob({ type, quality: QUALITY });
}

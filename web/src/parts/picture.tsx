/**
 * A picture that came as bytes.
 * Draws it on a canvas, since the page's policy lets nothing be loaded that is no file of its own server.
 * Does not fetch it.
 * Always: what is no picture leaves the place empty.
 * Before: parts/profile.tsx.
 */
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

const SIZE = 96;

export function Picture({
  bytes,
  type,
}: {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly type: string;
}): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (context === null || context === undefined) return;
    createImageBitmap(new Blob([bytes], { type })).then(
      (image) => {
        context.clearRect(0, 0, SIZE, SIZE);
        const scale = Math.max(SIZE / image.width, SIZE / image.height);
        const [width, height] = [image.width * scale, image.height * scale];
        context.drawImage(image, (SIZE - width) / 2, (SIZE - height) / 2, width, height);
        image.close();
      },
      () => undefined,
    );
  }, [bytes, type]);
  return <canvas ref={canvas} class="picture" width={SIZE} height={SIZE} aria-hidden="true" />;
}

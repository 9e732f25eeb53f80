/**
 * A picture from this device, small.
 * Draws it on a canvas.
 * Does not change it (files/redraw.ts).
 * Always: says nothing to a screen reader, as its name stands beside it.
 * Before: parts/picture.tsx. After: parts/attachments.tsx.
 */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { Picture } from './picture.tsx';

export function Thumbnail({ file }: { readonly file: Blob }): JSX.Element | null {
  const bytes = useSignal<Uint8Array<ArrayBuffer> | undefined>(undefined);
  useEffect(() => {
    file.arrayBuffer().then(
      (read) => (bytes.value = new Uint8Array(read)),
      () => undefined,
    );
  }, [file, bytes]);
  return bytes.value === undefined ? null : <Picture bytes={bytes.value} type={file.type} />;
}

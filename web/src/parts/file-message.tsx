/**
 * A message that is a file.
 * Shows a picture from the own server in its place, and everything else as a link.
 * Does not upload (state/attachments.ts).
 * Always: nothing is fetched from anywhere but this page's own server, so no sender learns who looked, or from where.
 * Before: state/site.ts. After: parts/message.tsx.
 */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { looksLikePicture } from '../files/kinds.ts';
import { isOwnFile } from '../state/site.ts';

export function FileMessage({ url, from }: { readonly url: string; readonly from: string }): JSX.Element {
  const isGone = useSignal(false);
  const isShown = isOwnFile(url) && looksLikePicture(url) && !isGone.value;
  return (
    <a class="file" href={url} target="_blank" rel="noopener noreferrer nofollow">
      {isShown ? (
        <img
          src={url}
          alt={`A picture from ${from}`}
          loading="lazy"
          decoding="async"
          referrerPolicy="no-referrer"
          onError={() => (isGone.value = true)}
        />
      ) : (
        <>
          {isGone.value ? 'The picture could not be loaded: ' : 'A file: '}
          {url}
        </>
      )}
    </a>
  );
}

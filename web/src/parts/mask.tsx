/**
 * A participant's mask, and the logo.
 * Draws what look/features.ts derives from a participant's id.
 * Does not know names: it says nothing to a screen reader, as the name stands beside it.
 * Always: coloured through custom properties, so that light and dark each have their own tones.
 * Before: look/features.ts. After: styles/mask.css.
 */
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { maskOf } from '../look/features.ts';

const OUTLINES = [
  'M3 17C6 10 14 9 20 12C26 9 34 10 37 17C38 26 33 31 27 30C23 29 22 26 20 24C18 26 17 29 13 30C7 31 2 26 3 17Z',
  'M2 7C7 10 13 11 20 13C27 11 33 10 38 7C39 18 37 28 29 30C24 31 22 27 20 25C18 27 16 31 11 30C3 28 1 18 2 7Z',
  'M5 14C8 7 14 6 20 6C26 6 32 7 35 14C36 24 31 34 20 35C9 34 4 24 5 14Z',
  'M1 13C8 10 14 13 20 10C26 13 32 10 39 13C37 18 38 24 33 28C28 31 23 29 20 25C17 29 12 31 7 28C2 24 3 18 1 13Z',
];

/** The left eye; the right one is its mirror image. */
const LEFT_EYES = [
  'M7.5 19.5C9.5 15.5 15.5 16 17 20.8C14 23.4 9.5 22.8 7.5 19.5Z',
  'M12.5 16.2a3.2 3.2 0 1 0 0 6.4a3.2 3.2 0 1 0 0-6.4Z',
  'M7 16.5C11.5 16.3 15.8 18 17 22.3C12.3 22.8 8.3 21 7 16.5Z',
  'M7.3 21.5C8.3 15.2 16.2 15.2 17.2 21.5C14.5 19.2 10 19.2 7.3 21.5Z',
];

const ORNAMENTS = [
  [],
  ['M20 11.5l2.4 3.4-2.4 3.4-2.4-3.4Z'],
  [
    'M9.5 12.6a1.2 1.2 0 1 0 .01 0ZM14 12.3a1.2 1.2 0 1 0 .01 0ZM30.5 12.6a1.2 1.2 0 1 0 .01 0ZM26 12.3a1.2 1.2 0 1 0 .01 0Z',
  ],
  ['M18.9 12.5h2.2v11.5h-2.2Z'],
  ['M11 24.5c1.6 1.7 1.6 3.3 0 3.3s-1.6-1.6 0-3.3ZM29 24.5c1.6 1.7 1.6 3.3 0 3.3s-1.6-1.6 0-3.3Z'],
  ['M27 12C27.5 5 31.5 2 37 1.5C36.5 7.5 33 11 27 12Z'],
  ['M19.3 3.5h1.4v6h-1.4ZM12 4.5l1.3-.5 2.4 5.5-1.3.5ZM28 4.5l-1.3-.5-2.4 5.5 1.3.5Z'],
  ['M8.5 24.2a1.9 1.9 0 1 0 .01 0ZM31.5 24.2a1.9 1.9 0 1 0 .01 0Z'],
];

export function Mask({
  id,
  size = 'medium',
}: {
  readonly id: string;
  readonly size?: 'small' | 'medium' | 'large';
}): JSX.Element {
  const { hue, secondHue, shape, eyes, ornament } = useMemo(() => maskOf(id), [id]);
  const eye = LEFT_EYES[eyes];
  return (
    <svg
      class={`mask ${size}`}
      viewBox="0 0 40 40"
      aria-hidden="true"
      style={{ '--hue': String(hue), '--hue-2': String(secondHue) }}
    >
      <rect class="mask-ground" width="40" height="40" />
      <path class="mask-face" d={OUTLINES[shape]} />
      <path class="mask-eye" d={eye} />
      <path class="mask-eye" d={eye} transform="translate(40 0) scale(-1 1)" />
      {ORNAMENTS[ornament]?.map((path) => (
        <path key={path} class="mask-ornament" d={path} />
      ))}
    </svg>
  );
}

/** The half-mask of the icon, in the colours of the page. */
export function Logo(): JSX.Element {
  return (
    <svg class="logo" viewBox="0 0 64 48" aria-hidden="true">
      <path
        class="logo-face"
        fill-rule="evenodd"
        d="M3 15c6-11 20-13 29-7 9-6 23-8 29 7 2 14-4 26-16 26-7 0-10-6-13-11-3 5-6 11-13 11C7 41 1 29 3 15zm9 7c4-6 13-6 16 2-5 5-13 4-16-2zm40 0c-4-6-13-6-16 2 5 5 13 4 16-2z"
      />
      <path class="logo-gem" d="M32 0l3.8 5.2L32 10.4l-3.8-5.2z" />
    </svg>
  );
}

/**
 * The icons, drawn by us as strokes in a square of 24.
 * Owns their shapes by name.
 * Does not say anything to a screen reader: whoever uses one gives its button a name.
 * Always: drawn in the colour of the text around it.
 * Before: styles/base.css. After: parts/icon-button.tsx.
 */
import type { JSX } from 'preact';

const SHAPES = {
  back: 'M15 5l-7 7 7 7',
  close: 'M6 6l12 12M18 6L6 18',
  plus: 'M12 5v14M5 12h14',
  search: 'M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM16 16l5 5',
  clip: 'M20 11.5l-8 8a5 5 0 0 1-7-7l8.5-8.5a3.3 3.3 0 0 1 4.7 4.7L9.8 17a1.6 1.6 0 0 1-2.3-2.3l7.2-7.2',
  send: 'M4 12l16-8-6 16-3-7z M11 13l9-9',
  smile: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM9 9.5v.5M15 9.5v.5M8.5 14c1.8 2.6 5.2 2.6 7 0',
  reply: 'M10 8L5 12.5l5 4.5M5 12.5h8.5c3.5 0 5.5 2 5.5 5.5',
  more: 'M5.5 12h.01M12 12h.01M18.5 12h.01',
  edit: 'M4 20l1-4L16 5l3 3L8 19zM14 7l3 3',
  remove: 'M5 7h14M10 7V5h4v2M7 7l1 13h8l1-13M10.5 11v5M13.5 11v5',
  people:
    'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20c.3-4 2.8-6 6.5-6s6.2 2 6.5 6M16 4.5a3.3 3.3 0 0 1 0 6.3M18 14.4c2.2.8 3.3 2.7 3.5 5.6',
  gear: 'M12 15.2a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4zM12 3v2.5M12 18.5V21M3 12h2.5M18.5 12H21M5.6 5.6l1.8 1.8M16.6 16.6l1.8 1.8M5.6 18.4l1.8-1.8M16.6 7.4l1.8-1.8',
  share: 'M12 15V4M8 7.5L12 4l4 3.5M5 12v7h14v-7',
  key: 'M8 15.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 11.5h9M18 11.5v3.5',
  check: 'M5 12.5l4.5 4.5L19 7',
  warn: 'M12 4l9 16H3zM12 10v4.5M12 17.3v.2',
  copy: 'M9 9h10v11H9zM15 9V4H5v11h4',
  down: 'M6 9l6 6 6-6',
  mention: 'M12 15.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM15.5 8.5V13c0 3.2 5 3.2 5-1A8.5 8.5 0 1 0 17 19',
  eye: 'M2.5 12C5 7.5 8.3 5.5 12 5.5S19 7.5 21.5 12c-2.5 4.5-5.8 6.5-9.5 6.5S5 16.5 2.5 12zM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z',
  mask: 'M3 9.5c2.5-4 6-3.5 9-2 3-1.5 6.5-2 9 2 .6 5-2 8.5-5.5 8.5-1.8 0-2.7-1.7-3.5-3-.8 1.3-1.7 3-3.5 3C5 18 2.4 14.5 3 9.5zM6.5 11.5c1.2-1.2 2.7-1 3.5.5M17.5 11.5c-1.2-1.2-2.7-1-3.5.5',
  lock: 'M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3',
  out: 'M14 5H6v14h8M11 12h10M18 8.5l3.5 3.5-3.5 3.5',
  retry: 'M19 8a8 8 0 1 0 1 5M19.5 4v4.5H15',
  shield: 'M12 3l8 3c0 7-2.5 12-8 15-5.5-3-8-8-8-15z',
  ban: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM6 6l12 12',
  help: 'M9 9c0-4 6-4 6 0 0 2.5-3 2.5-3 5M12 17.5v.2M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z',
} as const;

export type IconName = keyof typeof SHAPES;

export function Icon({ name }: { readonly name: IconName }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={SHAPES[name]} {...(name === 'more' ? { 'stroke-width': 3 } : {})} />
    </svg>
  );
}

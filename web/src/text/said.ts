/**
 * What somebody said, in one line.
 * Puts words in the place of a file's address.
 * Does not shorten it (styles/shell.css).
 * Always: of what was taken back nothing is left.
 * Before: files/kinds.ts. After: views/sidebar.tsx.
 */
import { fileOf, type LiveMessage } from 'vizard';
import { looksLikePicture } from '../files/kinds.ts';

export function inOneLine(message: LiveMessage): string {
  if (message.retracted !== undefined) return 'taken back';
  const url = fileOf(message);
  if (url === undefined) return message.body ?? '';
  return looksLikePicture(url) ? 'a picture' : 'a file';
}

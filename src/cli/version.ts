/**
 * Which Vizard this is.
 * Reads the version from package.json, which is the same distance away from the source and from what is built.
 * Does not know anything else of the package.
 * Always: the version that npm would show.
 * Before: cli/about.ts. After: service/service.ts.
 */
import { readFileSync } from 'node:fs';

/** Such as `0.1.0`. */
export function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}

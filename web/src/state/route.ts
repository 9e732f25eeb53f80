/**
 * Where in the client the person is: the page's address.
 * Parses paths to routes and back, and follows links and the browser's buttons.
 * Does not draw the views (views/app.tsx).
 * Always: every view has an address that can be reloaded and sent; an invite's token is in no title and no storage.
 * Before: main.tsx. After: views/app.tsx.
 */
import { signal } from '@preact/signals';

export type Route =
  | { readonly at: 'home' }
  | { readonly at: 'channel'; readonly channel: string }
  | { readonly at: 'private'; readonly channel: string; readonly id: string }
  | { readonly at: 'manage'; readonly channel: string; readonly tab: string }
  | { readonly at: 'join'; readonly channel: string }
  | { readonly at: 'invite'; readonly token: string }
  | { readonly at: 'settings' }
  | { readonly at: 'nowhere' };

export function parsePath(path: string): Route {
  const parts = path
    .split('/')
    .filter((part) => part !== '')
    .map(decoded);
  const [first, channel, what, id] = parts;
  if (first === undefined) return { at: 'home' };
  if (first === 'settings') return { at: 'settings' };
  if (channel === undefined) return { at: 'nowhere' };
  if (first === 'join') return { at: 'join', channel };
  if (first === 'invite') return { at: 'invite', token: channel };
  if (first !== 'c') return { at: 'nowhere' };
  if (what === undefined) return { at: 'channel', channel };
  if (what === 'private' && id !== undefined) return { at: 'private', channel, id };
  return what === 'manage' ? { at: 'manage', channel, tab: id ?? 'people' } : { at: 'nowhere' };
}

export function pathOf(route: Route): string {
  switch (route.at) {
    case 'channel':
      return `/c/${encoded(route.channel)}`;
    case 'private':
      return `/c/${encoded(route.channel)}/private/${encoded(route.id)}`;
    case 'manage':
      return `/c/${encoded(route.channel)}/manage/${encoded(route.tab)}`;
    case 'join':
      return `/join/${encoded(route.channel)}`;
    case 'invite':
      return `/invite/${encoded(route.token)}`;
    case 'settings':
      return '/settings';
    default:
      return '/';
  }
}

/** An address stays readable in the bar: `@` need not be written in code. */
function encoded(part: string): string {
  return encodeURIComponent(part).replaceAll('%40', '@');
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export const route = signal<Route>({ at: 'home' });

export function go(to: Route, how: 'push' | 'replace' = 'push'): void {
  const path = pathOf(to);
  if (how === 'replace') history.replaceState(null, '', path);
  else if (path !== location.pathname) history.pushState(null, '', path);
  route.value = to;
}

/** Follows the browser's buttons, and links inside the page. */
export function startRouting(): void {
  const read = (): void => {
    route.value = parsePath(location.pathname);
  };
  read();
  addEventListener('popstate', read);
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a[href]') : null;
    if (!(link instanceof HTMLAnchorElement) || link.target !== '' || link.origin !== location.origin) return;
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey)
      return;
    const to = parsePath(link.pathname);
    if (to.at === 'nowhere') return;
    event.preventDefault();
    go(to);
  });
}

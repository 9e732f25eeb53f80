/**
 * The whole page.
 * Chooses what is shown by whether somebody is signed in, and by the page's address.
 * Does not hold state (state/).
 * Always: one <main>, one title; the list of channels stays where it is while the rest changes.
 * Before: main.tsx. After: views/sidebar.tsx.
 */
import { useEffect } from 'preact/hooks';
import type { JSX } from 'preact';
import { Dialogs } from '../dialogs/dialogs.tsx';
import { ConnectionBar } from '../parts/connection-bar.tsx';
import { Toasts } from '../parts/toasts.tsx';
import { nameOf, totals } from '../state/channels.ts';
import { privateTotal } from '../state/privates.ts';
import { route, type Route } from '../state/route.ts';
import { isStarting, session } from '../state/session.ts';
import { ChannelView } from './channel-view.tsx';
import { EntryView } from './entry-view.tsx';
import { HomeView } from './home-view.tsx';
import { JoinView } from './join-view.tsx';
import { ManageView } from './manage-view.tsx';
import { PrivateView } from './private-view.tsx';
import { SettingsView } from './settings-view.tsx';
import { Sidebar } from './sidebar.tsx';

export function App(): JSX.Element {
  const at = route.value;
  const current = session.value;
  useTitle(at);
  if (isStarting.value)
    return (
      <p class="starting" role="status">
        Loading …
      </p>
    );
  return (
    <>
      {current === undefined ? (
        <EntryView />
      ) : (
        <div class={`shell ${at.at === 'home' ? 'at-home' : 'at-place'}`}>
          <ConnectionBar />
          <Sidebar />
          <Place at={at} />
        </div>
      )}
      {current !== undefined && <Dialogs />}
      <Toasts />
    </>
  );
}

function Place({ at }: { readonly at: Route }): JSX.Element {
  switch (at.at) {
    case 'channel':
      return <ChannelView key={at.channel} channel={at.channel} />;
    case 'private':
      return <PrivateView key={`${at.channel}/${at.id}`} channel={at.channel} id={at.id} />;
    case 'manage':
      return <ManageView key={at.channel} channel={at.channel} tab={at.tab} />;
    case 'join':
      return <JoinView key={at.channel} channel={at.channel} />;
    case 'settings':
      return <SettingsView />;
    default:
      return <HomeView />;
  }
}

/** The number of what is unread, and where one is; never who one is. */
function useTitle(at: Route): void {
  const { count, mentions } = totals.value;
  const personal = mentions + privateTotal.value;
  const where = 'channel' in at ? `${nameOf(at.channel)} · Vizard` : 'Vizard';
  const news = personal > 0 ? `(${personal}) ` : count > 0 ? '• ' : '';
  useEffect(() => {
    document.title = news + where;
  }, [news, where]);
}

/**
 * Where the web client begins.
 * Starts what runs for the whole life of the page, and draws it.
 * Does not know anything else.
 * Always: the page can be drawn before the server is reached.
 * Before: web/index.html. After: views/app.tsx.
 */
import { render } from 'preact';
import './styles/tokens.css';
import './styles/base.css';
import './styles/mask.css';
import './styles/entry.css';
import './styles/shell.css';
import './styles/channel.css';
import './styles/pages.css';
import { startWorker } from './offline/start.ts';
import { startFollowing } from './state/follow.ts';
import { startNotifications } from './state/notifications.ts';
import { startRouting } from './state/route.ts';
import { resume } from './state/session.ts';
import { startSettings } from './state/settings.ts';
import { startShortcuts } from './state/shortcuts.ts';
import { readSite } from './state/site.ts';
import { App } from './views/app.tsx';

startSettings();
startRouting();
startShortcuts();
startFollowing();
startNotifications();
const root = document.getElementById('app');
if (root !== null) render(<App />, root);
void readSite().then(resume);
startWorker();

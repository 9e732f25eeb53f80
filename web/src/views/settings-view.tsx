/**
 * The settings of this client.
 * Shows who is signed in, what is kept in this browser, what others are told, and how things look.
 * Does not know the settings of a channel (dialogs/preferences.tsx, views/manage-view.tsx).
 * Always: says in plain words what is kept and who can see it.
 * Before: state/settings.ts. After: state/keys.ts.
 */
import type { JSX } from 'preact';
import { BlockedList } from '../parts/blocked.tsx';
import { Check, Choices } from '../parts/form.tsx';
import { Icon } from '../parts/icon.tsx';
import { openDialog } from '../state/dialogs.ts';
import { attempt } from '../state/notices.ts';
import { notificationsAllowed } from '../state/notifications.ts';
import { go } from '../state/route.ts';
import { session, signOut } from '../state/session.ts';
import { change, settings, type Theme } from '../state/settings.ts';
import { site } from '../state/site.ts';

const THEMES = (
  [
    ['system', 'As this device does', 'Light by day and dark by night, if your device does so.'],
    ['light', 'Light', 'Always.'],
    ['dark', 'Dark', 'Always.'],
  ] as const
).map(([value, label, effect]) => ({ value: value satisfies Theme, label, effect, isPossible: true }));

export function SettingsView(): JSX.Element {
  return (
    <main class="page">
      <a class="icon-button back" href="/" aria-label="Back to the channels" title="Back to the channels">
        <Icon name="back" />
      </a>
      <div class="page-column stack settings">
        <h1>Settings</h1>
        <Account />
        <Shown />
        <Told />
        <BlockedList />
        <section class="stack tight">
          <h2>Looks</h2>
          <Choices
            legend="Light or dark"
            choices={THEMES}
            value={settings.value.theme}
            onValue={(theme) => change({ theme })}
          />
          <Check
            label="Enter sends"
            hint="Otherwise Ctrl and Enter send, and Enter makes a new line."
            isChecked={settings.value.enterSends}
            onChecked={(enterSends) => change({ enterSends })}
          />
          <div>
            <button type="button" class="button" onClick={() => openDialog({ is: 'help' })}>
              <Icon name="help" /> Keys and signs
            </button>
          </div>
        </section>
        <p class="soft small">Vizard {site.value.version ?? ''}. Free software under the MIT licence.</p>
      </div>
    </main>
  );
}

function Account(): JSX.Element {
  const { account, where } = session.value ?? {};
  return (
    <section class="stack tight">
      <h2>Account</h2>
      <p>
        You are signed in as <span class="address">{account}</span>.
      </p>
      <p class="soft">
        {where === 'device'
          ? 'This browser keeps a key to your account, how far you have read, and your private conversations’ masks. It does not keep your password, messages, or anybody’s address but yours.'
          : 'This tab keeps a key to your account until you close it. It does not keep your password, messages, or anybody’s address but yours.'}
      </p>
      <div>
        <button
          type="button"
          class="button"
          onClick={() => {
            go({ at: 'home' });
            void attempt(signOut);
          }}
        >
          <Icon name="out" /> Sign out, and forget all that
        </button>
      </div>
    </section>
  );
}

function Shown(): JSX.Element {
  const { typing, markers } = settings.value;
  return (
    <section class="stack tight">
      <h2>What others are told</h2>
      <Check
        label="That I am writing"
        hint="While you write, people in the channel see it."
        isChecked={typing}
        onChecked={(value) => change({ typing: value })}
      />
      <Check
        label="How far I have read"
        hint="People in the channel can tell when you read. Holds from the next time you open Vizard."
        isChecked={markers}
        onChecked={(value) => change({ markers: value })}
      />
    </section>
  );
}

function Told(): JSX.Element {
  const { notify } = settings.value;
  return (
    <section class="stack tight">
      <h2>What you are told</h2>
      <Check
        label="Notify me of mentions and private messages"
        hint="While this page is open but not looked at. The notice shows a name and no text."
        isChecked={notify}
        onChecked={(value) =>
          void notificationsAllowed(value).then((isAllowed) => change({ notify: isAllowed }))
        }
      />
    </section>
  );
}

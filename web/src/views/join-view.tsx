/**
 * Joining a channel, from a link, an invitation or the search.
 * Shows what the channel does with addresses, and lets the person choose a name and what others see of them.
 * Does not know what happens in it (views/channel-view.tsx).
 * Always: what would be shown is said, and asked for, before anything is sent to the channel.
 * Before: privacy/choices.ts. After: dialogs/preferences.tsx.
 */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { getInfo, join, type CustomValues, type LiveChannel, type Preferences } from 'vizard';
import { CustomPreferences } from '../parts/custom-preferences.tsx';
import { Field, Form } from '../parts/form.tsx';
import { Icon } from '../parts/icon.tsx';
import { DEFAULT_PREFERENCES, PreferenceChoices } from '../parts/preference-choices.tsx';
import { ShownNote } from '../parts/shown-note.tsx';
import { revealedBy } from '../privacy/choices.ts';
import { MODE_WORDS, type KnownMode } from '../privacy/words.ts';
import { add, nameOf, roomOf, rooms, startReading } from '../state/channels.ts';
import { invitationTo, putAway } from '../state/invitations.ts';
import { notify, problemOf } from '../state/notices.ts';
import { go } from '../state/route.ts';
import { isOnline, session } from '../state/session.ts';

type Info = NonNullable<LiveChannel['info']>;
type Found =
  | { readonly is: 'loading' }
  | { readonly is: 'found'; readonly info: Info }
  | { readonly is: 'problem'; readonly text: string };

/** A channel for listed people says nothing of itself to those who are only invited. */
const NOTHING_KNOWN: Info = { name: undefined, description: undefined, contact: [] };

export function JoinView({ channel }: { readonly channel: string }): JSX.Element {
  const found = useSignal<Found>({ is: 'loading' });
  const { client } = session.value ?? {};
  const room = roomOf(channel);
  const isMember = room !== undefined && room.ended.value === undefined;
  useEffect(() => {
    if (isMember) go({ at: 'channel', channel }, 'replace');
  }, [isMember, channel]);
  const online = isOnline.value;
  useEffect(() => {
    if (client === undefined || !online) return;
    getInfo(client, channel).then(
      (info) => (found.value = { is: 'found', info }),
      (error: unknown) => (found.value = { is: 'problem', text: problemOf(error) }),
    );
  }, [client, channel, online, found]);
  const { value } = found;
  const isInvited = invitationTo(channel) !== undefined;
  return (
    <main class="page">
      <a class="icon-button back" href="/" aria-label="Back to the channels" title="Back to the channels">
        <Icon name="back" />
      </a>
      <div class="page-column stack">
        {(value.is === 'loading' || rooms.value === undefined) && value.is !== 'problem' && (
          <p role="status">
            <span class="spinner" aria-hidden="true" /> Asking the channel what it is …
          </p>
        )}
        {value.is === 'problem' && !isInvited && (
          <>
            <h1>{channel}</h1>
            <p class="problem" role="alert">
              {value.text}
            </p>
          </>
        )}
        {value.is === 'problem' && isInvited && rooms.value !== undefined && (
          <JoinForm channel={channel} info={NOTHING_KNOWN} />
        )}
        {value.is === 'found' && rooms.value !== undefined && (
          <JoinForm channel={channel} info={value.info} />
        )}
      </div>
    </main>
  );
}

function JoinForm({ channel, info }: { readonly channel: string; readonly info: Info }): JSX.Element {
  const { client, account = '' } = session.value ?? {};
  const nick = useSignal('');
  const preferences = useSignal<Preferences>(DEFAULT_PREFERENCES);
  const customPreferences = useSignal<CustomValues>({});
  const isSure = useSignal(false);
  const { mode } = info;
  const shows = revealedBy(mode, undefined, preferences.value, account);
  const submit = async (): Promise<void> => {
    if (client === undefined) return;
    const { invitation } = invitationTo(channel) ?? {};
    const name = nick.value.trim();
    const joined = await join(client, channel, {
      preferences: preferences.value,
      customPreferences: customPreferences.value,
      ...(name === '' ? {} : { nick: name }),
      ...(invitation === undefined ? {} : { invitation }),
    });
    startReading(channel, Date.now());
    add(client, channel, joined.id);
    putAway(channel);
    if (joined.preferences.pending) watchChoice(joined.preferences.settled);
    go({ at: 'channel', channel }, 'replace');
  };
  return (
    <>
      <header class="stack tight">
        <p class="soft small">{channel}</p>
        <h1>Join {info.name ?? nameOf(channel)}</h1>
        {info.description !== undefined && <p>{info.description}</p>}
      </header>
      <ModeCard mode={mode} />
      <Form
        submit="Join"
        onSubmit={submit}
        isDisabled={shows.length > 0 && !isSure.value}
        buttons={
          <a class="button plain" href="/">
            Not now
          </a>
        }
      >
        <Field
          label="Your name in this channel"
          value={nick.value}
          onValue={(value) => (nick.value = value)}
          lengthMax={100}
          isFirst
          hint="Any name you like. Do not use one by which people could find you elsewhere. Left empty, most channels make one up."
        />
        <PreferenceChoices
          mode={mode}
          address={account}
          value={preferences.value}
          onValue={(value) => {
            preferences.value = value;
            isSure.value = false;
          }}
        />
        <CustomPreferences
          channel={channel}
          value={customPreferences.value}
          onValue={(value) => (customPreferences.value = value)}
        />
        <ShownNote sentences={shows} isSure={isSure.value} onSure={(next) => (isSure.value = next)} />
      </Form>
    </>
  );
}

/** Some servers lose the choices on the way; the library sends them again until the channel has them. */
function watchChoice(settled: Promise<unknown>): void {
  notify('The channel does not have your choices yet. They are being sent again.', true);
  settled.then(
    () => notify('The channel has your choices now.'),
    (error: unknown) => notify(`The channel did not take your choices: ${problemOf(error)}`, true),
  );
}

export function ModeCard({ mode }: { readonly mode: KnownMode }): JSX.Element {
  if (mode === undefined)
    return (
      <p class="note open row">
        <Icon name="warn" />
        This channel does not say whether it hides addresses. Take it that everybody there sees yours.
      </p>
    );
  const { label, meaning } = MODE_WORDS[mode];
  return (
    <p class={`note row ${mode === 'jid-visible' ? 'open' : 'masked'}`}>
      <Icon name={mode === 'jid-visible' ? 'eye' : 'mask'} />
      <span>
        <strong>{label}.</strong> {meaning}
      </span>
    </p>
  );
}

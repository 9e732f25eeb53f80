/**
 * Finding channels.
 * Searches one's own channels and those that the services list, and takes an address or a link.
 * Does not join (views/join-view.tsx).
 * Always: what was typed as an address can be joined, whether it is listed or not.
 * Before: state/services.ts. After: views/join-view.tsx.
 */
import { useComputed, useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { DialogFrame } from '../parts/dialog-frame.tsx';
import { ChannelSign } from '../parts/channel-sign.tsx';
import { rooms, nameOf } from '../state/channels.ts';
import { closeDialog } from '../state/dialogs.ts';
import { problemOf } from '../state/notices.ts';
import { go } from '../state/route.ts';
import { loadChannels, type Listed } from '../state/services.ts';
import { session } from '../state/session.ts';

const SHOWN_MAX = 100;

export function FindDialog(): JSX.Element {
  const wanted = useSignal('');
  const listed = useSignal<readonly Listed[] | undefined>(undefined);
  const problem = useSignal<string | undefined>(undefined);
  const { client } = session.value ?? {};
  useEffect(() => {
    if (client === undefined) return;
    loadChannels(client).then(
      (found) => (listed.value = found),
      (error: unknown) => (problem.value = problemOf(error)),
    );
  }, [client, listed, problem]);
  const found = useComputed(() => matching(listed.value ?? [], wanted.value));
  const address = addressIn(wanted.value);
  const open = (channel: string): void => {
    closeDialog();
    go(rooms.value?.has(channel) === true ? { at: 'channel', channel } : { at: 'join', channel });
  };
  return (
    <DialogFrame title="Find a channel">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const first = address ?? found.value[0]?.address;
          if (first !== undefined) open(first);
        }}
      >
        <input
          type="search"
          aria-label="Name, address or link"
          placeholder="Name, address or link"
          autofocus
          value={wanted.value}
          onInput={(event) => (wanted.value = event.currentTarget.value)}
        />
      </form>
      <div role="status" class="small soft">
        {listed.value === undefined && problem.value === undefined && (
          <>
            <span class="spinner" aria-hidden="true" /> Asking for the list …
          </>
        )}
        {listed.value !== undefined && `${found.value.length} channels`}
      </div>
      {problem.value !== undefined && <p class="problem">{problem.value}</p>}
      <ul class="list found-list" aria-label="Channels">
        {address !== undefined && <FoundItem address={address} name={address} onOpen={open} />}
        {found.value.slice(0, SHOWN_MAX).map((channel) => (
          <FoundItem key={channel.address} {...channel} onOpen={open} />
        ))}
      </ul>
    </DialogFrame>
  );
}

interface ItemProps extends Listed {
  readonly onOpen: (channel: string) => void;
}

function FoundItem({ address, name, onOpen }: ItemProps): JSX.Element {
  const isIn = rooms.value?.has(address) === true;
  return (
    <li>
      <button type="button" class="item" onClick={() => onOpen(address)}>
        <ChannelSign name={name} mode={undefined} />
        <span class="grow">
          <span class="item-name">{isIn ? nameOf(address) : name}</span>
          <span class="item-last">{address}</span>
        </span>
        <span class="item-side small">{isIn ? 'You are in it' : 'Join'}</span>
      </button>
    </li>
  );
}

function matching(all: readonly Listed[], wanted: string): Listed[] {
  const mine = [...(rooms.value?.keys() ?? [])].map((address) => ({ address, name: nameOf(address) }));
  const known = new Map([...mine, ...all].map((channel) => [channel.address, channel]));
  const text = wanted.trim().toLocaleLowerCase();
  return [...known.values()].filter(({ address, name }) =>
    `${name} ${address}`.toLocaleLowerCase().includes(text),
  );
}

/** A channel's address, out of whatever link holds it. */
function addressIn(text: string): string | undefined {
  const bare = decodeURI(safe(text))
    .trim()
    .replace(/^xmpp:|^.*\/join\//i, '')
    .replace(/[?#].*$/, '');
  return /^[^\s@/]+@[^\s@/]+$/.test(bare) ? bare : undefined;
}

function safe(text: string): string {
  return text.replace(/%(?![0-9a-f]{2})/gi, '%25');
}

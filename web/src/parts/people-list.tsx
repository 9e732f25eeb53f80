/**
 * The people in a channel.
 * Shows each with mask, name, whether they are there, and their address where the channel shows it.
 * Does not know what can be done with somebody (dialogs/person.tsx).
 * Always: only the rows on the screen are drawn, so five thousand people are as smooth as five.
 * Before: state/channels.ts. After: dialogs/person.tsx.
 */
import { useComputed, useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { LiveParticipant } from 'vizard';
import type { Room } from '../state/channels.ts';
import { openDialog } from '../state/dialogs.ts';
import { presenceWords } from '../text/presence.ts';
import { Mask } from './mask.tsx';

const ROW = 56;
const EXTRA = 6;

export function PeopleList({ room }: { readonly room: Room }): JSX.Element {
  const wanted = useSignal('');
  const sorted = useComputed(() => [...room.participants.value.values()].sort(byPresenceAndName));
  const found = useComputed(() => {
    const text = wanted.value.trim().toLocaleLowerCase();
    if (text === '') return sorted.value;
    return sorted.value.filter(({ nick, address }) =>
      `${nick} ${address}`.toLocaleLowerCase().includes(text),
    );
  });
  return (
    <div class="people">
      <input
        type="search"
        aria-label="Find somebody"
        placeholder="Find somebody"
        value={wanted.value}
        onInput={(event) => (wanted.value = event.currentTarget.value)}
      />
      <p class="hidden-text" role="status">
        {wanted.value === '' ? '' : `${found.value.length} found`}
      </p>
      <Rows people={found.value} room={room} />
    </div>
  );
}

function Rows({
  people,
  room,
}: {
  readonly people: readonly LiveParticipant[];
  readonly room: Room;
}): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const top = useSignal(0);
  const height = useSignal(800);
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => (height.value = element.clientHeight));
    observer.observe(element);
    return () => observer.disconnect();
  }, [height]);
  // In steps, so that scrolling by a pixel draws nothing.
  const from = useComputed(() => Math.max(0, Math.floor(top.value / ROW) - EXTRA));
  const count = useComputed(() => Math.ceil(height.value / ROW) + 2 * EXTRA);
  const shown = people.slice(from.value, from.value + count.value);
  return (
    <div
      class="people-rows"
      ref={box}
      tabIndex={0}
      role="group"
      aria-label="People"
      onScroll={(event) => (top.value = event.currentTarget.scrollTop)}
    >
      <ul style={{ height: `${people.length * ROW}px` }} aria-label="People in this channel">
        {shown.map((person, at) => (
          <li
            key={person.id}
            style={{ transform: `translateY(${(from.value + at) * ROW}px)` }}
            aria-setsize={people.length}
            aria-posinset={from.value + at + 1}
          >
            <Person person={person} room={room} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function Person({ person, room }: { readonly person: LiveParticipant; readonly room: Room }): JSX.Element {
  const { id, nick = 'Without a name', presence, status, address } = person;
  const isSelf = id === room.selfId.value;
  const words = presenceWords(presence);
  return (
    <button
      type="button"
      class={`person ${presence ?? 'offline'}`}
      aria-haspopup="dialog"
      onClick={() => openDialog({ is: 'person', channel: room.channel, id })}
    >
      <span class="person-mask">
        <Mask id={id} />
        {words !== undefined && <span class="presence-dot" aria-hidden="true" />}
      </span>
      <span class="grow">
        <span class="person-name">
          {nick}
          {isSelf && <span class="you">you</span>}
        </span>
        <span class="person-more">
          {words !== undefined && <span class="hidden-text">{words}. </span>}
          {address ?? status ?? words ?? '\u00a0'}
        </span>
      </span>
    </button>
  );
}

function byPresenceAndName(a: LiveParticipant, b: LiveParticipant): number {
  return rank(a) - rank(b) || collator.compare(a.nick ?? '', b.nick ?? '') || (a.id < b.id ? -1 : 1);
}

const collator = new Intl.Collator(undefined, { sensitivity: 'base' });

function rank({ presence }: LiveParticipant): number {
  return presence === undefined || presence === 'offline' ? 1 : 0;
}

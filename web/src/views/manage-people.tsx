/**
 * XEP-0404 §2.5: the map of addresses, for owners and administrators.
 * Shows who is who, and lets somebody be found and banned.
 * Does not keep the map: it is asked for, shown, and forgotten when the page is left.
 * Always: it is said who else can see it.
 * Before: views/manage-view.tsx. After: dialogs/ban.tsx.
 */
import { useComputed, useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { getJidMap } from 'vizard';
import { IconButton } from '../parts/icon-button.tsx';
import { Mask } from '../parts/mask.tsx';
import type { Room } from '../state/channels.ts';
import { openDialog } from '../state/dialogs.ts';
import { problemOf } from '../state/notices.ts';
import { session } from '../state/session.ts';

const SHOWN_MAX = 200;

interface Known {
  readonly id: string;
  readonly address: string;
}

export function ManagePeople({ room }: { readonly room: Room }): JSX.Element {
  const map = useSignal<readonly Known[] | undefined>(undefined);
  const problem = useSignal<string | undefined>(undefined);
  const wanted = useSignal('');
  const { client, account } = session.value ?? {};
  const { channel } = room;
  const count = room.participants.value.size;
  useEffect(() => {
    if (client === undefined) return;
    getJidMap(client, channel).then(
      (found) => (map.value = found),
      (error: unknown) => (problem.value = problemOf(error)),
    );
  }, [client, channel, count, map, problem]);
  const found = useComputed(() => {
    const text = wanted.value.trim().toLocaleLowerCase();
    const people = room.participants.value;
    return (map.value ?? [])
      .map(({ id, address }) => ({ id, address, nick: people.get(id)?.nick ?? 'Without a name' }))
      .filter(({ address, nick }) => `${address} ${nick}`.toLocaleLowerCase().includes(text));
  });
  return (
    <>
      <p class="note masked">
        Only owners and administrators see these addresses. Please keep them to yourself.
      </p>
      <input
        type="search"
        aria-label="Find a name or an address"
        placeholder="Find a name or an address"
        value={wanted.value}
        onInput={(event) => (wanted.value = event.currentTarget.value)}
      />
      <p role="status" class="small soft">
        {map.value === undefined && problem.value === undefined
          ? 'Loading …'
          : `${found.value.length} people`}
        {found.value.length > SHOWN_MAX && `, the first ${SHOWN_MAX} are shown`}
      </p>
      {problem.value !== undefined && <p class="problem">{problem.value}</p>}
      <ul class="list rows" aria-label="People and their addresses">
        {found.value.slice(0, SHOWN_MAX).map(({ id, nick, address }) => (
          <li key={id} class="row">
            <Mask id={id} />
            <span class="grow">
              <span class="item-name">{nick}</span>
              <span class="address">{address}</span>
            </span>
            {address !== account && (
              <IconButton
                icon="ban"
                name={`Ban ${nick}`}
                opens="dialog"
                onClick={() => openDialog({ is: 'ban', channel, id })}
              />
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

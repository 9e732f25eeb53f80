/**
 * The start: what one sees before choosing a channel.
 * Offers the first steps.
 * Does not list the channels (views/sidebar.tsx).
 * Always: on a phone the list of channels takes this view's place.
 * Before: views/app.tsx. After: dialogs/find.tsx.
 */
import type { JSX } from 'preact';
import { Icon } from '../parts/icon.tsx';
import { Mask } from '../parts/mask.tsx';
import { rooms } from '../state/channels.ts';
import { openDialog } from '../state/dialogs.ts';

export function HomeView(): JSX.Element {
  const isEmpty = rooms.value?.size === 0;
  return (
    <main class="home">
      <div class="home-card stack">
        <div class="masks" aria-hidden="true">
          {['harlequin', 'moretta', 'volto', 'gatto', 'bauta'].map((id) => (
            <Mask key={id} id={id} size="large" />
          ))}
        </div>
        <h1>{isEmpty ? 'Your mask is ready' : 'Choose a channel'}</h1>
        <p class="soft">
          In a masked channel people see a name and a mask of yours, and nobody’s address. Each channel gives
          you another mask, so nobody can tell that you are the same person there.
        </p>
        <div class="row wrap center">
          <button type="button" class="button main" onClick={() => openDialog({ is: 'find' })}>
            <Icon name="search" /> Find a channel
          </button>
          <button type="button" class="button" onClick={() => openDialog({ is: 'create' })}>
            <Icon name="plus" /> Make one
          </button>
        </div>
      </div>
    </main>
  );
}

/**
 * The pictures of channels (XEP-0084).
 * Fetches the picture of a channel, and again when the channel says that there is another.
 * Does not draw it (parts/channel-sign.tsx) nor make it small (files/redraw.ts).
 * Always: what came is bytes from the channel itself; nothing is fetched from anywhere else.
 * Before: state/live.ts. After: state/channels.ts.
 */
import { signal, type Signal } from '@preact/signals';
import { getAvatar, onNodeEvent, type Avatar, type Client } from 'vizard';

const METADATA = 'urn:xmpp:avatar:metadata';

export interface Pictured {
  readonly picture: Signal<Avatar | undefined>;
}

/** Follows the picture of a channel until the returned function is called. */
export function followPicture(client: Client, channel: string): Pictured & { readonly stop: () => void } {
  const picture = signal<Avatar | undefined>(undefined);
  const load = (): void =>
    void getAvatar(client, channel).then(
      (found) => {
        if (found?.id !== picture.peek()?.id) picture.value = found;
      },
      // Not every channel has pictures, or shows them to everybody.
      () => undefined,
    );
  load();
  return { picture, stop: onNodeEvent(client, channel, METADATA, load) };
}

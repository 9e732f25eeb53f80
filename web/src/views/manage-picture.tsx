/**
 * XEP-0084, XEP-0407 §2: the picture of a channel, for those who may change it.
 * Makes a small square of a picture from this device, and gives it to the channel or takes it off.
 * Does not show it elsewhere (parts/channel-sign.tsx).
 * Always: drawn anew, so that only pixels are published; the channel tells nobody who did it.
 * Before: files/redraw.ts. After: views/manage-channel.tsx.
 */
import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import { setAvatar } from 'vizard';
import { squareOf } from '../files/redraw.ts';
import { ChannelSign } from '../parts/channel-sign.tsx';
import { nameOf, type Room } from '../state/channels.ts';
import { attempt } from '../state/notices.ts';
import { session } from '../state/session.ts';

/** Small enough for a stanza, and all that is shown of it anywhere. */
const SIDE = 128;

export function ManagePicture({ room }: { readonly room: Room }): JSX.Element {
  const field = useRef<HTMLInputElement>(null);
  const { channel, picture } = room;
  const give = async (file: File | undefined): Promise<void> => {
    const { client } = session.value ?? {};
    if (client === undefined) return;
    if (file === undefined) return setAvatar(client, channel, undefined);
    const square = await squareOf(file, SIDE);
    await setAvatar(client, channel, {
      bytes: new Uint8Array(await square.arrayBuffer()),
      type: square.type,
    });
  };
  return (
    <section class="stack tight">
      <h2>Picture</h2>
      <p class="soft">
        Whoever can see the channel sees it. It is drawn anew, so that place, time and device, which cameras
        write into pictures, stay here; and nobody is told who chose it.
      </p>
      <div class="row wrap">
        <ChannelSign name={nameOf(channel)} mode={room.info.value?.mode} picture={picture.value} />
        <button type="button" class="button" onClick={() => field.current?.click()}>
          Choose a picture
        </button>
        {picture.value !== undefined && (
          <button
            type="button"
            class="button"
            onClick={() => void attempt(() => give(undefined), 'The channel has no picture now.')}
          >
            Take it off
          </button>
        )}
        <input
          ref={field}
          type="file"
          accept="image/*"
          hidden
          onChange={(event) => {
            const [file] = event.currentTarget.files ?? [];
            if (file !== undefined) void attempt(() => give(file), 'The channel has a new picture.');
            event.currentTarget.value = '';
          }}
        />
      </div>
    </section>
  );
}

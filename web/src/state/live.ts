/**
 * A live conversation as signals.
 * Turns the library's "something changed" into values that views can read.
 * Does not know whether it is a channel or a private conversation (state/channels.ts, state/privates.ts).
 * Always: many changes in one go are one redraw.
 * Before: state/session.ts. After: state/channels.ts.
 */
import { batch, computed, signal, type ReadonlySignal } from '@preact/signals';
import type { LiveChannel, LiveMessage, LiveParticipant, LivePrivate } from 'vizard';
import { markOf } from './marks.ts';
import { unreadOf, type Unread } from './unread.ts';

export interface Ended {
  readonly reason: string | undefined;
}

export interface Conversation {
  /** The channel's address, or the person's in the channel. */
  readonly key: string;
  readonly channel: string;
  readonly live: LiveChannel | LivePrivate;
  readonly messages: ReadonlySignal<readonly LiveMessage[]>;
  readonly typing: ReadonlySignal<readonly string[]>;
  readonly isLoading: ReadonlySignal<boolean>;
  readonly hasOlder: ReadonlySignal<boolean>;
  readonly unread: ReadonlySignal<Unread>;
  readonly selfId: ReadonlySignal<string | undefined>;
  close(): void;
}

export interface ChannelConversation extends Conversation {
  readonly live: LiveChannel;
  readonly participants: ReadonlySignal<ReadonlyMap<string, LiveParticipant>>;
  readonly info: ReadonlySignal<LiveChannel['info']>;
  readonly self: ReadonlySignal<LiveChannel['self']>;
  readonly ended: ReadonlySignal<LiveChannel['ended']>;
}

type What = 'messages' | 'participants' | 'info' | 'typing' | 'self' | 'loading' | 'ended';

/** Collects what changed until the current work is done. */
function inOneGo(apply: (what: ReadonlySet<What>) => void): (what: What) => void {
  let pending = new Set<What>();
  return (what) => {
    if (pending.size === 0)
      queueMicrotask(() => {
        const all = pending;
        pending = new Set();
        batch(() => apply(all));
      });
    pending.add(what);
  };
}

export function watchChannel(live: LiveChannel): ChannelConversation {
  const shared = watch(live, live.channel, live.channel);
  const participants = signal<ReadonlyMap<string, LiveParticipant>>(new Map(live.participants));
  const info = signal(live.info);
  const self = signal(live.self);
  const ended = signal(live.ended);
  const stop = live.onChange(
    inOneGo((what) => {
      if (what.has('participants')) participants.value = new Map(live.participants);
      if (what.has('info')) info.value = live.info;
      if (what.has('self')) self.value = { ...live.self };
      if (what.has('ended')) ended.value = live.ended;
    }),
  );
  const close = (): void => {
    stop();
    shared.close();
  };
  return { ...shared, live, participants, info, self, ended, close };
}

export function watch(live: LiveChannel | LivePrivate, key: string, channel: string): Conversation {
  const messages = signal<readonly LiveMessage[]>([...live.messages]);
  const typing = signal<readonly string[]>([...live.typing]);
  const isLoading = signal(live.isLoading);
  const hasOlder = signal(live.hasOlder);
  const selfId = signal(live.self.id);
  const mark = markOf(key);
  const unread = computed(() => unreadOf(messages.value, mark.value, selfId.value, hasOlder.value));
  const stop = live.onChange(
    inOneGo((what) => {
      if (what.has('messages')) messages.value = [...live.messages];
      if (what.has('typing')) typing.value = [...live.typing];
      isLoading.value = live.isLoading;
      hasOlder.value = live.hasOlder;
      selfId.value = live.self.id;
    }),
  );
  const close = (): void => {
    stop();
    live.close();
  };
  return { key, channel, live, messages, typing, isLoading, hasOlder, selfId, unread, close };
}

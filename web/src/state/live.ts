/**
 * A live conversation as signals.
 * Turns the library's "something changed" into values that views can read.
 * Does not know which channels and conversations there are (state/channels.ts, state/privates.ts).
 * Always: a value that was read does not change; the next one is another.
 * Before: state/session.ts. After: state/channels.ts.
 */
import { batch, computed, signal, type ReadonlySignal } from '@preact/signals';
import type {
  LiveChange,
  LiveChannel,
  LiveConversation,
  LiveEnd,
  LiveMessage,
  LiveParticipant,
  ShownInfo,
} from 'vizard';
import { isBlocked } from './blocked.ts';
import { markOf, moveMark } from './marks.ts';
import { unreadOf, type Unread } from './unread.ts';

export interface Conversation {
  /** The channel's address, or the person's in the channel. */
  readonly key: string;
  readonly channel: string;
  readonly live: LiveConversation;
  readonly messages: ReadonlySignal<readonly LiveMessage[]>;
  readonly typing: ReadonlySignal<readonly string[]>;
  readonly isLoading: ReadonlySignal<boolean>;
  readonly hasOlder: ReadonlySignal<boolean>;
  readonly problem: ReadonlySignal<Error | undefined>;
  readonly ended: ReadonlySignal<LiveEnd | undefined>;
  readonly unread: ReadonlySignal<Unread>;
  /** Who the person is in the channel. */
  readonly selfId: ReadonlySignal<string | undefined>;
  close(): void;
}

export interface ChannelConversation extends Conversation {
  readonly live: LiveChannel;
  readonly participants: ReadonlySignal<ReadonlyMap<string, LiveParticipant>>;
  readonly info: ReadonlySignal<ShownInfo | undefined>;
  readonly self: ReadonlySignal<LiveChannel['self']>;
}

export function watchChannel(live: LiveChannel): ChannelConversation {
  const participants = signal<ReadonlyMap<string, LiveParticipant>>(new Map(live.participants));
  const info = signal(live.info);
  const self = signal({ ...live.self });
  const shared = watch(
    live,
    live.channel,
    computed(() => self.value.id),
    (what) => {
      if (what === 'participants') participants.value = new Map(live.participants);
      if (what === 'info') info.value = live.info;
      if (what === 'self') self.value = { ...live.self };
    },
  );
  return { ...shared, live, participants, info, self };
}

/** Follows a conversation; `also` gets what is special to its kind. */
export function watch(
  live: LiveConversation,
  key: string,
  selfId: ReadonlySignal<string | undefined>,
  also: (what: LiveChange) => void = () => undefined,
): Conversation {
  const messages = signal<readonly LiveMessage[]>([...live.messages]);
  const typing = signal<readonly string[]>([...live.typing]);
  const isLoading = signal(live.isLoading);
  const hasOlder = signal(live.hasOlder);
  const problem = signal(live.problem);
  const ended = signal(live.ended);
  const mark = markOf(key);
  const unread = computed(() => {
    const heard = messages.value.filter(({ sender }) => !isBlocked(live.channel, sender.id));
    return unreadOf(heard, mark.value, selfId.value, hasOlder.value);
  });
  const apply = (what: LiveChange): void => {
    if (what === 'messages') messages.value = [...live.messages];
    if (what === 'typing') typing.value = [...live.typing];
    if (what === 'displayed' || what === 'messages') followDisplayed(live, key);
    isLoading.value = live.isLoading;
    hasOlder.value = live.hasOlder;
    problem.value = live.problem;
    ended.value = live.ended;
    also(what);
  };
  const stop = live.onChange((what) => batch(() => apply(what)));
  const close = (): void => {
    stop();
    live.close();
  };
  const { channel } = live;
  return { key, channel, live, messages, typing, isLoading, hasOlder, problem, ended, selfId, unread, close };
}

/** Another device of this person may have read further. */
function followDisplayed(live: LiveConversation, key: string): void {
  const id = live.displayed;
  if (id === undefined || id === markOf(key).peek()?.id) return;
  const message = live.messages.findLast((one) => one.id === id);
  if (message !== undefined) moveMark(key, { id, at: message.at });
  // It is older than what is loaded: then all of that is new to a device that has no mark of its own.
  else if (markOf(key).peek() === undefined && live.messages.length > 0) moveMark(key, { id, at: 0 });
}

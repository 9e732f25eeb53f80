/**
 * What a user interface gets of a conversation.
 * Shows the common part, and what its kind has besides.
 * Does not do anything itself.
 * Always: nothing else can be reached from it.
 * Before: client/live.ts. After: client/live-channel.ts, client/live-private.ts.
 */
import type { LiveConversation } from './live.ts';

const NAMES: readonly (keyof LiveConversation)[] = [
  'channel',
  'messages',
  'typing',
  'hasOlder',
  'isLoading',
  'problem',
  'displayed',
  'ended',
  'loadOlder',
  'send',
  'correct',
  'retract',
  'react',
  'setTyping',
  'markDisplayed',
  'onChange',
  'close',
];

/** The conversation with more to it; what `more` has by getters is asked for anew each time. */
export function faceOf<More extends object>(talk: LiveConversation, more: More): LiveConversation & More {
  const face = Object.defineProperties({}, Object.getOwnPropertyDescriptors(more));
  for (const name of NAMES) {
    if (Object.hasOwn(face, name)) continue;
    const get = (): unknown => {
      const value: unknown = Reflect.get(talk, name);
      return typeof value === 'function' ? (value.bind(talk) as unknown) : value;
    };
    Object.defineProperty(face, name, { get, enumerable: true });
  }
  return face as LiveConversation & More;
}

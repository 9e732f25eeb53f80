/**
 * Reading and writing, as others may see it.
 * Moves the mark when somebody has read on, and tells the channel how far, and that somebody is writing, where the
 * person allows that.
 * Does not know what is on the screen (parts/message-list.tsx).
 * Always: nothing is told that the settings forbid; typing is told at most every few seconds.
 * Before: state/marks.ts. After: parts/composer.tsx.
 */
import { sendChatState, sendMarker, type LiveMessage } from 'vizard';
import { moveMark } from './marks.ts';
import { session } from './session.ts';
import { settings } from './settings.ts';
import type { Conversation } from './live.ts';

const MARKER_MS = 1_500;
const TYPING_MS = 5_000;

const markers = new Map<string, ReturnType<typeof setTimeout>>();

/** Everything up to this message was on the screen. */
export function readUpTo(conversation: Conversation, message: LiveMessage, isPrivate: boolean): void {
  if (message.id === undefined || conversation.unread.value.count === 0) return;
  moveMark(conversation.key, { id: message.id, at: message.at });
  const { client } = session.value ?? {};
  if (client === undefined || isPrivate || !settings.value.markers) return;
  const { id } = message;
  clearTimeout(markers.get(conversation.key));
  const tell = (): void => void sendMarker(client, conversation.channel, id).catch(() => undefined);
  markers.set(conversation.key, setTimeout(tell, MARKER_MS));
}

/** Tells that somebody writes, and that it stopped; one for each composer. */
export function makeTyping(channel: string): { wrote(): void; stopped(): void } {
  let told = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tell = (state: 'composing' | 'paused' | 'active'): void => {
    const { client } = session.value ?? {};
    if (client === undefined || !settings.value.typing || client.state.is !== 'online') return;
    void sendChatState(client, channel, state).catch(() => undefined);
  };
  return {
    wrote() {
      clearTimeout(timer);
      timer = setTimeout(() => {
        told = 0;
        tell('paused');
      }, TYPING_MS);
      if (Date.now() - told < TYPING_MS) return;
      told = Date.now();
      tell('composing');
    },
    stopped() {
      clearTimeout(timer);
      if (told !== 0) tell('active');
      told = 0;
    },
  };
}

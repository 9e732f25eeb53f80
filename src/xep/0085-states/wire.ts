/**
 * XEP-0085 Chat State Notifications 2.1 (2009-09-23): is somebody typing?
 * Reads and writes the five states.
 * Does not decide for how long a state holds (client/live-typing.ts).
 * Always: a message has one state or none.
 * Before: xml/element.ts. After: xep/0085-states/client.ts.
 */
import { el, type XmlElement } from '../../xml/element.ts';

export const NS = 'http://jabber.org/protocol/chatstates';

const STATES = ['active', 'composing', 'paused', 'inactive', 'gone'] as const;
export type ChatState = (typeof STATES)[number];

/** The element of a state (§3). */
export function buildChatState(state: ChatState): XmlElement {
  return el(state, NS);
}

/** The state among these elements; undefined where there is none that we know. */
export function chatStateIn(elements: readonly XmlElement[]): ChatState | undefined {
  const found = elements.find(({ ns }) => ns === NS)?.name;
  return STATES.find((state) => state === found);
}

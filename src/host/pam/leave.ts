/**
 * XEP-0405 MIX-PAM 0.5.3 §2.8 (2022-07-15): leaving a channel through one's own server.
 * Sends the leave to the channel, and takes the channel out of the roster when it is certain that the account is out.
 * Does not notice removal by others (deliver.ts).
 * Always: an entry stays while the channel may still count the account as a participant; an entry of a channel that no
 * longer exists goes (D-78).
 * Before: host/pam/join.ts. After: host/pam/deliver.ts.
 */
import { STANZAS_NS } from '../../stanza/error.ts';
import { buildLeave } from '../../xep/0369-core/wire.ts';
import { buildClientLeave, parseClientLeave } from '../../xep/0405-pam/wire.ts';
import { elements, type XmlElement } from '../../xml/element.ts';
import { channelNamed, errorIn } from './join.ts';
import type { PamPort, PamRequest } from './port.ts';
import { noteLeft } from './roster.ts';

/** With these a channel, or the way to it, says that there is nothing left to leave. */
const dead = ['gone', 'item-not-found', 'remote-server-not-found'];

/** Takes up a client's request; it is answered when the channel has answered. Throws a Refusal. */
export function clientLeave(port: PamPort, request: PamRequest): void {
  const { channel: text, leave } = parseClientLeave(request.payload);
  leaveChannel(port, request, channelNamed(text), leave, (left) =>
    request.answer(buildClientLeave({ channel: undefined, leave: left })),
  );
}

/** The user has removed a channel from the roster: that is a leave as well (PAM-25). */
export function leaveByRoster(port: PamPort, request: PamRequest, channel: string): void {
  leaveChannel(port, request, channel, buildLeave(), () => request.answer(undefined));
}

function leaveChannel(
  port: PamPort,
  request: PamRequest,
  channel: string,
  leave: XmlElement,
  left: (answer: XmlElement) => void,
): void {
  const { account, id } = request;
  port.forward(account, channel, id, leave, (answer, isLate) => {
    const out = isOut(answer);
    if (out) noteLeft(port, account, channel);
    if (isLate) return;
    if (out) left(elements(answer).find(({ name }) => name === 'leave') ?? leave);
    else request.answerError(errorIn(answer));
  });
}

/** Does this answer to a leave mean that the account is out of the channel? */
export function isOut(answer: XmlElement): boolean {
  if (answer.attrs['type'] === 'result') return true;
  return elements(errorIn(answer)).some(({ name, ns }) => ns === STANZAS_NS && dead.includes(name));
}

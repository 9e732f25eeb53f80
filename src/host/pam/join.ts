/**
 * XEP-0405 MIX-PAM 0.5.3 §2.7 (2022-07-15): joining a channel through one's own server.
 * Sends the join that a client has wrapped to the channel, and the channel's answer back to the client.
 * Does not look into the join: form, invitation and nick are the channel's affair (PAM-06).
 * Always: the roster entry is written before the client gets its answer (PAM-09); a success that comes too late for the
 * client still gets its entry.
 * Before: host/pam/roster.ts. After: host/pam/leave.ts.
 */
import { formatJid } from '../../jid/jid.ts';
import { parseJid } from '../../jid/prep.ts';
import { refuse, STANZAS_NS } from '../../stanza/error.ts';
import { buildClientJoin, parseClientJoin } from '../../xep/0405-pam/wire.ts';
import { child, el, elements, type XmlElement } from '../../xml/element.ts';
import type { PamPort, PamRequest } from './port.ts';
import { noteJoined } from './roster.ts';

/** Takes up a request; it is answered when the channel has answered. Throws a Refusal. */
export function clientJoin(port: PamPort, request: PamRequest): void {
  const { account } = request;
  const { channel: text, join } = parseClientJoin(request.payload);
  const channel = channelNamed(text);
  if (port.membership(account, channel) === undefined && !port.hasRoom(account)) {
    throw refuse('resource-constraint', 'the roster is full');
  }
  port.forward(account, channel, request.id, join, (answer, isLate) => {
    const joined = elements(answer).find(({ name }) => name === 'join');
    const isJoined = answer.attrs['type'] === 'result';
    if (isJoined) noteJoined(port, account, channel, join, joined);
    if (isLate) return;
    if (isJoined) {
      request.answer(buildClientJoin({ channel: undefined, join: joined ?? el('join', join.ns) }));
    } else {
      const beside = joined && buildClientJoin({ channel: undefined, join: joined });
      request.answerError(errorIn(answer), beside);
    }
  });
}

/** The prepared address of a channel. Throws a Refusal. */
export function channelNamed(text: string): string {
  const jid = readJid(text);
  if (jid.local === undefined || jid.resource !== undefined) {
    throw refuse('bad-request', 'the address of a channel has a name and no resource');
  }
  return formatJid(jid);
}

/** The error of an answer; a made one where the channel sent none. */
export function errorIn(answer: XmlElement): XmlElement {
  return (
    child(answer, 'error') ??
    el('error', answer.ns, { type: 'cancel' }, [el('undefined-condition', STANZAS_NS)])
  );
}

function readJid(text: string) {
  try {
    return parseJid(text);
  } catch {
    throw refuse('jid-malformed', 'the channel is not a JID');
  }
}

/**
 * XEP-0405 MIX-PAM 0.5.3 §2.9 (2022-07-15): the roster entry of a joined channel.
 * Decides what the entry says after a join, a changed preference, a changed subscription and a leave.
 * Does not store or push (port.ts asks the server to).
 * Always: the subscription is 'from' exactly while the account shares presence with the channel (D-76, D-77); a form
 * that cannot be read changes nothing.
 * Before: host/pam/port.ts. After: host/pam/join.ts.
 */
import { parseForm } from '../../xep/0004-forms/wire.ts';
import {
  JOIN_NAMESPACES,
  NODE_NAMES,
  parseJoin,
  parseJoined,
  parseUpdateSubscription,
} from '../../xep/0369-core/wire.ts';
import { parseUserPreference, readPreferences } from '../../xep/0404-anon/wire.ts';
import type { Preferences } from '../../mix.ts';
import { elements, type XmlElement } from '../../xml/element.ts';
import type { PamPort } from './port.ts';

/** The channel has answered a join: writes the entry, and shows the account's clients where it shares presence. */
export function noteJoined(
  port: PamPort,
  account: string,
  channel: string,
  asked: XmlElement,
  joined: XmlElement | undefined,
): void {
  const before = port.membership(account, channel);
  const read = joined === undefined ? undefined : unlessBad(() => parseJoined(joined));
  // A channel that returns no form has perhaps not read ours; then what was asked for counts (D-15).
  const wanted = presenceIn(read?.form) ?? presenceIn(unlessBad(() => parseJoin(asked))?.form);
  const shares = wanted === undefined ? (before?.shares ?? true) : wanted === 'share';
  const wantsPresence =
    before?.wantsPresence === true || (read?.nodes.includes(NODE_NAMES.presence) ?? false);
  port.put(account, { channel, participantId: read?.id ?? before?.participantId, shares, wantsPresence });
  if (shares) port.show(account, channel);
}

/** The account is out of the channel, by whatever cause (D-78). */
export function noteLeft(port: PamPort, account: string, channel: string): void {
  if (port.membership(account, channel) !== undefined) port.remove(account, channel);
}

/** A joined channel has answered one of the account's clients: what does that say about the entry (D-77)? */
export function noteAnswer(port: PamPort, account: string, channel: string, answer: XmlElement): void {
  const membership = port.membership(account, channel);
  const [payload] = elements(answer);
  if (membership === undefined || payload === undefined) return;
  if (payload.name === 'user-preference') {
    const presence = presenceOf(() => parseUserPreference(payload));
    if (presence !== undefined) share(port, account, channel, presence === 'share');
  } else if (payload.name === 'update-subscription' && JOIN_NAMESPACES.includes(payload.ns)) {
    const update = unlessBad(() => parseUpdateSubscription(payload));
    const added = update?.subscribe.includes(NODE_NAMES.presence) ?? false;
    const removed = update?.unsubscribe.includes(NODE_NAMES.presence) ?? false;
    const wantsPresence = added || (membership.wantsPresence && !removed);
    if (wantsPresence !== membership.wantsPresence) port.put(account, { ...membership, wantsPresence });
  }
}

function share(port: PamPort, account: string, channel: string, shares: boolean): void {
  const membership = port.membership(account, channel);
  if (membership === undefined || membership.shares === shares) return;
  port.put(account, { ...membership, shares });
  if (shares) port.show(account, channel);
  else port.hide(account, channel);
}

function presenceIn(form: XmlElement | undefined): Preferences['presence'] | undefined {
  return form === undefined ? undefined : presenceOf(() => parseForm(form));
}

function presenceOf(read: () => ReturnType<typeof parseUserPreference>): Preferences['presence'] | undefined {
  return unlessBad(() => {
    const form = read();
    return form === undefined ? undefined : readPreferences(form).presence;
  });
}

/** A codec refuses what it cannot read; what passes by is not ours to refuse. */
function unlessBad<Result>(read: () => Result): Result | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

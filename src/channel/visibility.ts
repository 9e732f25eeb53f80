/**
 * XEP-0404 MIX-ANON 0.3.1 (2020-12-01) §2.2, §2.3: who may see whose address.
 * Owns the one door: the only file that turns a RealJid into something shown in a stanza.
 * Does not keep the map (channel/state.ts) nor build the stanzas (xep/).
 * Always: an address leaves here only where mode and preference together show it, or towards an owner, an
 * administrator or the address's own user; never towards the archive of a channel that hides.
 * Before: channel/post.ts. After: xep/0369-core/render.ts.
 */
import { parseJid } from '../jid/prep.ts';
import { RealJid, reveal } from '../jid/real-jid.ts';
import type { ParticipantId } from '../jid/public-jid.ts';
import type { ArchivedMessage, Mode, Preferences, Session } from '../storage/facts.ts';
import type { ChannelState } from './state.ts';

/** D-04's table: is the address of somebody with this preference shown in this mode? */
const SHOWN: Readonly<Record<Mode, Readonly<Record<Preferences['jidVisibility'], boolean>>>> = {
  'jid-visible': { default: true, 'prefer not': true, never: false, prefer: true, always: true },
  'jid-maybe-visible': { default: false, 'prefer not': false, never: false, prefer: true, always: true },
  'jid-hidden': { default: false, 'prefer not': false, never: false, prefer: false, always: false },
};

export function isShown(mode: Mode, preference: Preferences['jidVisibility']): boolean {
  return SHOWN[mode][preference];
}

/** May somebody with this preference be in a channel of this mode (D-04, D-07)? */
export function fits(mode: Mode, preference: Preferences['jidVisibility']): boolean {
  if (mode === 'jid-visible') return preference !== 'never';
  return mode !== 'jid-hidden' || preference !== 'always';
}

/** Is this participant's address shown to the other participants now? */
export function isParticipantShown(channel: ChannelState, id: ParticipantId): boolean {
  const participant = channel.participants.get(id);
  const mode = channel.config?.mode;
  return (
    participant !== undefined && mode !== undefined && isShown(mode, participant.preferences.jidVisibility)
  );
}

/** The bare address for the participants node and for live messages; undefined where it is hidden. */
export function participantAddress(channel: ChannelState, id: ParticipantId): string | undefined {
  const jid = channel.jids.get(id);
  return jid !== undefined && isParticipantShown(channel, id) ? reveal(jid) : undefined;
}

/** The bare address for a live copy: shown when it was sent, and still so now (CORE-70); the channel has none. */
export function senderAddress(
  channel: ChannelState,
  id: ParticipantId | undefined,
  wasShown: boolean,
): string | undefined {
  return wasShown && id !== undefined ? participantAddress(channel, id) : undefined;
}

/** The full address for a presence (XEP-0403 §3.5); undefined where it is hidden or was when it was decided. */
export function clientAddress(
  channel: ChannelState,
  session: Session,
  wasShown: boolean,
): string | undefined {
  if (!wasShown || channel.config === undefined) return undefined;
  const participant = channel.participants.get(session.id);
  // Somebody who has left is shown as when the line was decided, as long as the mode itself shows everybody.
  const shown =
    participant === undefined
      ? channel.config.mode === 'jid-visible'
      : isShown(channel.config.mode, participant.preferences.jidVisibility);
  return shown ? reveal(session.client) : undefined;
}

/**
 * The address in an item of muc#user (XEP-0045 §7.2.3): the client's, or where none is shown the account's. Rooms show
 * everybody or nobody: what a preference shows in a JID Maybe Visible channel, occupants are not shown (D-83).
 */
export function occupantAddress(
  channel: ChannelState,
  id: ParticipantId,
  session: Session | undefined,
  wasShown: boolean,
): string | undefined {
  if (!wasShown || channel.config?.mode !== 'jid-visible') return undefined;
  return session === undefined ? participantAddress(channel, id) : clientAddress(channel, session, wasShown);
}

/** The bare address for an archived message: sent while shown, in a channel that is JID Visible now (D-40). */
export function archivedAddress(channel: ChannelState, message: ArchivedMessage): string | undefined {
  const jid = message.sender === undefined ? undefined : channel.jids.get(message.sender);
  return message.shown && channel.config?.mode === 'jid-visible' && jid !== undefined
    ? reveal(jid)
    : undefined;
}

/** XEP-0404 §2.5: a participant's address for the JID map, whose readers are owners and administrators (D-27). */
export function mappedAddress(channel: ChannelState, id: ParticipantId): string | undefined {
  const jid = channel.jids.get(id);
  return jid !== undefined && channel.participants.has(id) ? reveal(jid) : undefined;
}

/** An entry of the allowed or banned node, or an owner or administrator in the configuration, for their readers. */
export function listedAddress(jid: RealJid): string {
  return reveal(jid);
}

/** The asker's own bare address, told to nobody but the asker. */
export function ownAddress(asker: RealJid): string {
  return reveal(asker.bare);
}

/** Is `text` the sender's own address, with whatever resource, or an xmpp: URI of it (D-45)? */
export function isOwnAddress(text: string, sender: RealJid): boolean {
  // Almost no text is an address, and what is none need not be prepared.
  if (!/@|%40/.test(text)) return false;
  try {
    const [bare = ''] = addressIn(text.trim()).split('/');
    return RealJid.of(parseJid(bare)).equals(sender.bare);
  } catch {
    return false;
  }
}

/** RFC 5122: the address of an xmpp: URI; any other text as it is. */
function addressIn(text: string): string {
  if (!/^xmpp:/i.test(text)) return text;
  return decodeURIComponent(
    text
      .slice(5)
      .replace(/^\/\/[^/]*\//, '')
      .replace(/[?#].*$/s, ''),
  );
}

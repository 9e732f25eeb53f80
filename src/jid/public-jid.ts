/**
 * XEP-0404 MIX-ANON 0.3.1 §2.3, XEP-0369 MIX-CORE 0.14.6 §3: the addresses that anybody may see.
 * Owns PublicJid: the service, a channel, `channel/id`, `channel/nick` for occupants, and the encoded JID `id#channel`
 * with its anonymous resource.
 * Does not know which user stands behind one (channel/state.ts does).
 * Always: a PublicJid is made from the service's domain, a channel name, ids and nicks, never from a RealJid.
 * Before: jid/real-jid.ts. After: channel/visibility.ts.
 */

declare const publicMark: unique symbol;
/** Text that may stand in any outgoing stanza. */
export type PublicJid = string & { readonly [publicMark]: true };

declare const channelMark: unique symbol;
/** The prepared local part of a channel's address; holds no '#'. */
export type ChannelName = string & { readonly [channelMark]: true };

declare const participantMark: unique symbol;
/** XEP-0369 §3: the stable participant id: lower-case base32, random, per channel (D-19). */
export type ParticipantId = string & { readonly [participantMark]: true };

declare const resourceMark: unique symbol;
/** XEP-0404 §2.4: the anonymous resource that stands for one client of a participant. */
export type AnonymousResource = string & { readonly [resourceMark]: true };

export function serviceJid(domain: string): PublicJid {
  return domain as PublicJid;
}

export function channelJid(channel: ChannelName, domain: string): PublicJid {
  return `${channel}@${domain}` as PublicJid;
}

/** `channel@domain/id`: the sender of a reflected message (XEP-0369 §7.1.6). */
export function senderJid(channel: ChannelName, domain: string, id: ParticipantId): PublicJid {
  return `${channel}@${domain}/${id}` as PublicJid;
}

/** `channel@domain/nick`: a participant, for occupants of the channel as a room (XEP-0045 §4.1, D-83). */
export function occupantJid(channel: ChannelName, domain: string, nick: string): PublicJid {
  return `${channel}@${domain}/${nick}` as PublicJid;
}

/** `id#channel@domain[/resource]`: the encoded JID of a participant or of one of its clients (XEP-0403 §3.2). */
export function encodedJid(
  id: ParticipantId,
  channel: ChannelName,
  domain: string,
  resource?: AnonymousResource,
): PublicJid {
  const bare = `${id}#${channel}@${domain}`;
  return (resource === undefined ? bare : `${bare}/${resource}`) as PublicJid;
}

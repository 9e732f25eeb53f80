/**
 * The client library's door: `import { connect } from 'vizard'`.
 * Owns the list of what is public.
 * Does nothing; in Node, node/index.ts stands in its place.
 * Always: what is not used is not in a bundle, since every feature is a function of its own.
 * Before: client/client.ts. After: client/connect.ts, node/index.ts.
 */
export type {
  Client,
  ClientEvents,
  ClientState,
  RequestHandler,
  StanzaListener,
  Stop,
} from './client/client.ts';
export { convertChat } from './client/convert-chat.ts';
export { connect, createClient, discoverEndpoint, register } from './client/connect.ts';
export { ConnectionLost, LoginRefused, RequestTimeout, StanzaError, stanzaErrorOf } from './client/error.ts';
export * from './client/live.ts';
export * from './client/live-channel.ts';
export * from './client/live-private.ts';
export type { ConnectOptions } from './client/platform.ts';
export { parseInvite, type Invite, type RegisterOptions } from './client/register.ts';
export type { ScramMemory } from './client/scram.ts';
export type { OpenTransport, Transport, TransportEvents, TransportOptions } from './client/transport.ts';
export { refuse, Refusal } from './refusal.ts';
export * from './xep/0030-disco/client.ts';
export * from './xep/0054-vcard/client.ts';
export * from './xep/0060-pubsub/client.ts';
export * from './xep/0084-avatar/client.ts';
export * from './xep/0085-states/client.ts';
export * from './xep/0191-blocking/client.ts';
export * from './xep/0280-carbons/client.ts';
export * from './xep/0308-correct/client.ts';
export * from './xep/0313-mam/client.ts';
export * from './xep/0333-markers/client.ts';
export * from './xep/0359-ids/client.ts';
export * from './xep/0363-upload/client.ts';
export * from './xep/0369-core/client.ts';
export * from './xep/0372-references/client.ts';
export * from './xep/0380-eme/client.ts';
export * from './xep/0402-bookmarks/client.ts';
export * from './xep/0403-presence/client.ts';
export * from './xep/0404-anon/client.ts';
export * from './xep/0405-pam/client.ts';
export * from './xep/0406-admin/client.ts';
export * from './xep/0407-misc/client.ts';
export * from './xep/0407-misc/client-invite.ts';
export * from './xep/0424-retract/client.ts';
export * from './xep/0425-moderate/client.ts';
export * from './xep/0444-reactions/client.ts';
export * from './xep/0461-replies/client.ts';
export * from './xep/0490-displayed/client.ts';
export {
  child,
  childrenOf,
  childText,
  el,
  elements,
  text,
  type XmlElement,
  type XmlNode,
} from './xml/element.ts';

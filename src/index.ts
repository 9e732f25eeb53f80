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
export { connect, createClient, discoverEndpoint, register } from './client/connect.ts';
export { ConnectionLost, LoginRefused, RequestTimeout, StanzaError, stanzaErrorOf } from './client/error.ts';
export type { ConnectOptions } from './client/platform.ts';
export { parseInvite, type Invite, type RegisterOptions } from './client/register.ts';
export type { OpenTransport, Transport, TransportEvents, TransportOptions } from './client/transport.ts';
export { refuse, Refusal } from './refusal.ts';
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

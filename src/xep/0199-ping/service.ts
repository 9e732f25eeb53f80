/**
 * XEP-0199 XMPP Ping 2.0.1 (2019-03-26): is somebody there?
 * Answers pings to the service and to channels.
 * Does not send any (service/outbox.ts does).
 * Always: a channel that the asker may not know of does not answer (D-65).
 * Before: service/extensions.ts.
 */
import type { Extension } from '../extension.ts';
import { NS } from './wire.ts';

export const ping: Extension = {
  iq: [
    { on: 'service', types: ['get'], ns: NS, name: 'ping', run: () => ({}) },
    { on: 'channel', types: ['get'], ns: NS, name: 'ping', run: () => ({}) },
  ],
  features: [
    { on: 'service', feature: NS },
    { on: 'channel', feature: NS },
  ],
};

/**
 * XEP-0369 MIX-CORE 0.14.6 (2020-12-01): the heart of the family, at the service.
 * Lists what is handled and the features that this earns.
 * Does not handle anything itself: join.ts, channels.ts, messages.ts and render.ts do.
 * Always: what is advertised is what is handled.
 * Before: service/extensions.ts. After: xep/0369-core/join.ts.
 */
import type { Extension } from '../extension.ts';
import { channels, createFeature } from './channels.ts';
import { participation } from './join.ts';
import { messages } from './messages.ts';
import { renderers } from './render.ts';
import { NS } from './wire.ts';

export const core: Extension = {
  iq: [...participation, ...channels],
  stanzas: [messages],
  renderers,
  features: [
    { on: 'service', feature: NS },
    { on: 'service', feature: `${NS}#searchable` },
    createFeature,
    { on: 'channel', feature: NS },
    { on: 'channel', feature: 'urn:xmpp:sid:0' },
  ],
};

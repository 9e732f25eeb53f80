/**
 * XEP-0045 Multi-User Chat 1.35.5 (2026-05-03) and XEP-0408 MIX-MUC 0.2.0 (2021-03-09): a channel as a room.
 * Lists what is handled, and the features that this earns.
 * Does not handle anything itself.
 * Always: both kinds of clients are served at one address (D-82): channels and rooms are the same set.
 * Before: service/extensions.ts. After: xep/0045-muc/presence.ts.
 */
import { NS as OCCUPANT_ID } from '../0421-occupant/wire.ts';
import type { Extension } from '../extension.ts';
import { admin } from './admin.ts';
import { discovery } from './discovery.ts';
import { invitations } from './invite.ts';
import { messages } from './messages.ts';
import { owner } from './owner.ts';
import { presences } from './presence.ts';
import { NS_REGISTER, register } from './register.ts';
import { relay } from './relay.ts';
import { occupantRenderer } from './render.ts';
import { NS } from './wire.ts';

export const muc: Extension = {
  iq: [admin, owner, register],
  stanzas: [...presences, ...messages, invitations],
  relay: { occupant: relay },
  occupantRenderer,
  discovery,
  features: [
    { on: 'service', feature: NS },
    { on: 'service', feature: OCCUPANT_ID },
    { on: 'channel', feature: NS },
    { on: 'channel', feature: OCCUPANT_ID },
    { on: 'channel', feature: NS_REGISTER },
    { on: 'channel', feature: `${NS}#stable_id` },
    { on: 'channel', feature: `${NS}#self-ping-optimization` },
  ],
};

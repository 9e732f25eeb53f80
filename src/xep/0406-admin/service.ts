/**
 * XEP-0406 MIX-ADMIN 0.3.1 (2022-03-22): administration, at the service.
 * Renders the events of the configuration, allowed and banned nodes.
 * Does not take the requests: they are pubsub (xep/0060-pubsub/publish.ts).
 * Always: addresses in these events go to those who may read the node, when they are sent.
 * Before: service/extensions.ts. After: xep/0406-admin/change.ts.
 */
import { listedAddress } from '../../channel/visibility.ts';
import { buildEvent, buildRetractEvent } from '../0060-pubsub/wire.ts';
import { event } from '../0369-core/render.ts';
import { NODE_NAMES } from '../0369-core/wire.ts';
import type { Extension } from '../extension.ts';
import { configForm } from './change.ts';
import { NS } from './wire.ts';

export const admin: Extension = {
  renderers: {
    config: ({ configId }, channel, { domain }) => {
      if (channel.config === undefined) return undefined;
      const payload = configForm(channel.config, 'result');
      return event(channel, domain, buildEvent(NODE_NAMES.config, [{ id: configId, payload }]));
    },
    listed: ({ list, jid }, channel, { domain }) =>
      event(channel, domain, buildEvent(NODE_NAMES[list], [{ id: listedAddress(jid) }])),
    unlisted: ({ list, jid }, channel, { domain }) =>
      event(channel, domain, buildRetractEvent(NODE_NAMES[list], [listedAddress(jid)])),
  },
  features: [{ on: 'channel', feature: NS }],
};

/**
 * XEP-0369 MIX-CORE 0.14.6 §4.7 and XEP-0060 §6.5: the items of a channel's nodes.
 * Owns for each node what an asker who may read it gets to see.
 * Does not decide who may read (channel/access.ts) nor page (xep/0059-rsm/paging.ts).
 * Always: items are made of today's state and rules; the messages node has none (CORE-10).
 * Before: xep/0060-pubsub/service.ts. After: channel/visibility.ts.
 */
import { isInsider, isOwner } from '../../channel/access.ts';
import type { ChannelState } from '../../channel/state.ts';
import { listedAddress, mappedAddress, participantAddress } from '../../channel/visibility.ts';
import type { RealJid } from '../../jid/real-jid.ts';
import type { Node } from '../../storage/facts.ts';
import type { XmlElement } from '../../xml/element.ts';
import { buildInfo, buildParticipant } from '../0369-core/wire.ts';
import { buildMapped } from '../0404-anon/wire.ts';
import { configForm } from '../0406-admin/change.ts';

/** An item whose payload is made when it is known to be on the page. */
export interface LazyItem {
  readonly id: string;
  readonly payload: () => XmlElement | undefined;
}

/** The items of a node, in the order of their making. */
export function itemsOf(channel: ChannelState, node: Node, asker: RealJid): LazyItem[] {
  switch (node) {
    case 'participants':
      return participants(channel, asker);
    case 'jidmap':
      return [...channel.participants.keys()].map((id) => ({
        id,
        payload: () => buildMapped(mappedAddress(channel, id) ?? ''),
      }));
    case 'info': {
      const payload = (): XmlElement => buildInfo(channel.info, channel.config?.mode);
      return [{ id: channel.infoId, payload }];
    }
    case 'config': {
      const { config } = channel;
      if (config === undefined) return [];
      const type = isOwner(channel, asker) ? 'form' : 'result';
      return [{ id: channel.configId, payload: () => configForm(config, type) }];
    }
    case 'allowed':
    case 'banned':
      return [...channel[node].values()].map((jid) => ({ id: listedAddress(jid), payload: () => undefined }));
    case 'messages':
    case 'presence':
    case 'avatar-data':
    case 'avatar-metadata':
      return [];
  }
}

function participants(channel: ChannelState, asker: RealJid): LazyItem[] {
  const isIn = isInsider(channel, asker);
  return [...channel.participants.values()].map(({ id, nick }) => ({
    id,
    payload: () => buildParticipant({ nick, jid: isIn ? participantAddress(channel, id) : undefined }),
  }));
}

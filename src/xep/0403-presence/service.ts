/**
 * XEP-0403 MIX-PRESENCE 0.3.2 (2020-12-01): presence of the participants' clients, at the service.
 * Reads presences, cleans them and calls the rule; renders those that go out.
 * Does not decide (channel/presence.ts) nor relay requests (relay.ts).
 * Always: `from` is the encoded address with its anonymous resource; the payload is an allow-list where hidden (D-52).
 * Before: service/router.ts. After: channel/presence.ts.
 */
import type { Turn } from '../../channel/turn.ts';
import { appear, disappear, refresh } from '../../channel/presence.ts';
import { clientAddress } from '../../channel/visibility.ts';
import { visit } from '../../channel/visitor.ts';
import { encodedJid } from '../../jid/public-jid.ts';
import { NS_CLIENT } from '../../stanza/stanza.ts';
import { el } from '../../xml/element.ts';
import type { ChannelAddress, Extension, Inbound, ParticipantAddress, Send } from '../extension.ts';
import { fitForHiding, payloadOf } from './payload.ts';
import { answer, relay } from './relay.ts';
import { buildMix, NS } from './wire.ts';

export const presence: Extension = {
  stanzas: [
    { kind: 'presence', on: 'channel', run: onPresence },
    { kind: 'presence', on: 'participant', run: onPresenceToParticipant },
  ],
  relay: { participant: { ask: relay, answer } },
  renderers: {
    presence: ({ session, nick, shown }, channel, { isInsider, domain }) => {
      const from = encodedJid(session.id, channel.name, domain, session.anonymous);
      const jid = isInsider ? clientAddress(channel, session, shown) : undefined;
      // What passed while the address was shown may tell whose it is, now that it is not.
      const payload = jid === undefined ? fitForHiding(session, channel) : session.payload;
      return el('presence', NS_CLIENT, { from, type: session.available ? undefined : 'unavailable' }, [
        payload === '' ? undefined : { xml: payload },
        buildMix({ nick, jid }),
      ]);
    },
  },
  features: [{ on: 'channel', feature: NS }],
};

/** A presence to the channel itself. */
export function onPresence(presence: Inbound<ChannelAddress>, turn: Turn): readonly Send[] {
  const { type, from } = presence;
  const { channel } = turn;
  if (!channel.exists) return [];
  switch (type) {
    case '':
    case 'probe':
      if (from.isBare || type === 'probe') refresh(turn, from);
      else present(presence, turn);
      return [];
    case 'unavailable':
      disappear(turn, from, payloadOf(presence, turn));
      return [];
    case 'subscribe':
      return [answerTo(presence, channel.participant(from) === undefined ? 'unsubscribed' : 'subscribed')];
    default:
      return [];
  }
}

/** A client is there: of a participant, or, where the channel lets everybody be seen, of a visitor. */
function present(presence: Inbound<ChannelAddress>, turn: Turn): void {
  const { from } = presence;
  const participant = turn.channel.participant(from);
  if (participant === undefined) visit(turn, from, payloadOf(presence, turn));
  else appear(turn, participant, from, payloadOf(presence, turn));
}

/** D-54: nothing of it is passed on. */
function onPresenceToParticipant(presence: Inbound<ParticipantAddress>): readonly Send[] {
  return presence.type === 'subscribe' ? [answerTo(presence, 'unsubscribed')] : [];
}

function answerTo({ self, from }: Inbound, type: string): Send {
  return { to: from.bare, stanza: el('presence', NS_CLIENT, { type, from: self }) };
}

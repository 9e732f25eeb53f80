/**
 * XEP-0045 Multi-User Chat 1.35.5 (2026-05-03) §7, §9, §10: what occupants are told.
 * Renders presences of occupants, messages, changes and the end of a room.
 * Does not decide who is told (service/fan-out-occupants.ts) nor whose address is shown (channel/visibility.ts).
 * Always: everything comes from the channel or from CH/nick, without `<mix/>`; an item has an address only in a JID
 * Visible channel (D-83); each presence and message of somebody has the stable id as occupant id.
 * Before: service/fan-out-occupants.ts. After: xep/0045-muc/payload.ts.
 */
import { configOf, isAdministrator } from '../../channel/access.ts';
import { affiliationOf, inRoom, maySeeRoom, occupantNick, occupantOf } from '../../channel/occupancy.ts';
import type { ChannelState } from '../../channel/state.ts';
import { occupantAddress } from '../../channel/visibility.ts';
import { channelJid, occupantJid, type ParticipantId } from '../../jid/public-jid.ts';
import type { RealJid } from '../../jid/real-jid.ts';
import type { NoticeContent, OccupantContent } from '../../storage/facts.ts';
import { NS_CLIENT } from '../../stanza/stanza.ts';
import { el, type XmlElement, type XmlNode } from '../../xml/element.ts';
import { fitForHiding } from '../0403-presence/payload.ts';
import { renderWhisper } from '../0404-anon/private-messages.ts';
import { buildOccupantId } from '../0421-occupant/wire.ts';
import type { OccupantRenderer } from '../extension.ts';
import { renderHistory, renderMessage } from './message.ts';
import { buildUser, roleOf, STATUS } from './wire.ts';

type Of<Kind extends OccupantContent['kind']> = Extract<OccupantContent, { kind: Kind }>;

export const occupantRenderer: OccupantRenderer = {
  variantOf,
  render,
  history: ({ message }, channel, domain) => renderHistory(message, channel, domain),
  entrance,
};

function variantOf(content: NoticeContent, channel: ChannelState, client: RealJid): string | undefined {
  switch (content.kind) {
    case 'message':
    case 'live':
      return content.echo !== undefined && channel.occupants.get(client)?.anonymous === content.echo
        ? 'echo'
        : 'plain';
    case 'occupant':
    case 'occupant-gone':
    case 'occupant-renamed':
      if (isSelf(content.id, channel, client)) return 'self';
      if (!maySeeRoom(channel, client)) return undefined;
      return isAdministrator(channel, client) ? 'moderator' : 'plain';
    case 'room-gone':
      return channel.ids.get(client.bare);
    default:
      return 'plain';
  }
}

function isSelf(id: ParticipantId, { ids }: ChannelState, client: RealJid): boolean {
  return ids.get(client.bare) === id;
}

function render(
  content: NoticeContent,
  channel: ChannelState,
  client: RealJid,
  domain: string,
): XmlElement | undefined {
  const room = channelJid(channel.name, domain);
  switch (content.kind) {
    case 'message':
    case 'live': {
      const isEcho = variantOf(content, channel, client) === 'echo';
      return renderMessage(content, channel, domain, isEcho);
    }
    case 'occupant':
      return presence(content, channel, client, domain);
    case 'occupant-gone':
      return gone(content, channel, client, domain);
    case 'occupant-renamed':
      return renamed(content, channel, client, domain);
    case 'subject':
      return el('message', NS_CLIENT, { from: room, type: 'groupchat' }, [el('subject', NS_CLIENT)]);
    case 'room-changed': {
      const privacy = { shown: [STATUS.nowShows], hidden: [STATUS.nowHides] };
      const statuses = [
        STATUS.configured,
        ...(content.privacy === undefined ? [] : privacy[content.privacy]),
      ];
      return el('message', NS_CLIENT, { from: room, type: 'groupchat' }, [buildUser({ statuses })]);
    }
    case 'room-gone':
      return ended(content, channel, client, domain);
    case 'whisper':
      return renderWhisper(content, channel, domain);
    default:
      return undefined;
  }
}

function* entrance(
  { isCreator, isRenamed }: Of<'entrance'>,
  version: number,
  channel: ChannelState,
  client: RealJid,
  domain: string,
): Generator<XmlElement, void> {
  const own = channel.ids.get(client.bare);
  if (maySeeRoom(channel, client))
    for (const id of inRoom(channel)) {
      // Whoever has come since is told of by a notice of its own, when that is durable.
      const isLater = (channel.participants.get(id)?.since ?? 0) > version;
      const other = id === own || isLater ? undefined : occupantOf(channel, id);
      if (other !== undefined) yield presence(other, channel, client, domain);
    }
  const self = own && occupantOf(channel, own);
  if (self === undefined) return;
  const statuses = [
    ...(configOf(channel).mode === 'jid-visible' ? [STATUS.showsAddresses] : []),
    ...(isCreator ? [STATUS.created] : []),
    ...(isRenamed ? [STATUS.nickAssigned] : []),
  ];
  yield presence(self, channel, client, domain, statuses);
}

/** §7.1: somebody is there. */
function presence(
  content: Of<'occupant'>,
  channel: ChannelState,
  client: RealJid,
  domain: string,
  statuses: readonly number[] = [],
): XmlElement {
  const { id, nick, session, shown } = content;
  const self = isSelf(id, channel, client);
  const affiliation = affiliationOf(channel, id, self || isAdministrator(channel, client));
  const role = roleOf(affiliation, channel.participants.has(id));
  const jid = occupantAddress(channel, id, session, shown);
  const codes = [...statuses, ...(self ? [STATUS.self] : [])];
  return occupantPresence(channel, domain, { id, nick }, undefined, [
    ...payloadOf(content, channel, jid !== undefined, self),
    buildUser({ item: { affiliation, role, jid }, statuses: codes }),
  ]);
}

/** What passed while the address was shown may tell whose it is where it is not. */
function payloadOf(
  { session }: Of<'occupant'>,
  channel: ChannelState,
  isOpen: boolean,
  isOwn: boolean,
): readonly XmlNode[] {
  // Somebody is there as far as messages go, but it is not known whether anybody looks.
  if (session === undefined) return isOwn ? [] : [el('show', NS_CLIENT, {}, ['xa'])];
  const payload = isOpen ? session.payload : fitForHiding(session, channel);
  return payload === '' ? [] : [{ xml: payload }];
}

function occupantPresence(
  channel: ChannelState,
  domain: string,
  { id, nick }: { readonly id: ParticipantId; readonly nick: string },
  type: 'unavailable' | undefined,
  children: readonly XmlNode[],
): XmlElement {
  const from = occupantJid(channel.name, domain, nick);
  return el('presence', NS_CLIENT, { from, type }, [...children, buildOccupantId(id)]);
}

const REASONS: Readonly<Record<Of<'occupant-gone'>['why'], readonly number[]>> = {
  left: [],
  lost: [STATUS.kicked, STATUS.lost],
  kicked: [STATUS.kicked],
  banned: [STATUS.banned],
  unfit: [STATUS.unfit],
};

/** §7.14, §8.2, §9.1, §9.4 */
function gone(
  { id, nick, why, reason: said }: Of<'occupant-gone'>,
  channel: ChannelState,
  client: RealJid,
  domain: string,
): XmlElement {
  const self = isSelf(id, channel, client);
  // Why somebody does not fit is nobody's business but its own; poezio would even take 322 for its own end.
  const isLeave = why === 'unfit' && !self;
  const statuses = [...(isLeave ? [] : REASONS[why]), ...(self ? [STATUS.self] : [])];
  const affiliation = why === 'banned' ? 'outcast' : 'none';
  const unfit = self ? 'The room does not go with what you want to be known of you.' : undefined;
  const reason = why === 'unfit' ? unfit : said;
  return occupantPresence(channel, domain, { id, nick }, 'unavailable', [
    buildUser({ item: { affiliation, role: 'none', reason }, statuses }),
  ]);
}

/** §7.6 */
function renamed(
  { id, nick, next }: Of<'occupant-renamed'>,
  channel: ChannelState,
  client: RealJid,
  domain: string,
): XmlElement {
  const self = isSelf(id, channel, client);
  const affiliation = affiliationOf(channel, id, self || isAdministrator(channel, client));
  const statuses = [STATUS.renamed, ...(self ? [STATUS.self] : [])];
  return occupantPresence(channel, domain, { id, nick }, 'unavailable', [
    buildUser({ item: { affiliation, role: roleOf(affiliation, true), nick: next }, statuses }),
  ]);
}

/** §10.9 */
function ended(
  { farewell }: Of<'room-gone'>,
  channel: ChannelState,
  client: RealJid,
  domain: string,
): XmlElement | undefined {
  const id = channel.ids.get(client.bare);
  if (id === undefined) return undefined;
  return occupantPresence(channel, domain, { id, nick: occupantNick(channel, id) }, 'unavailable', [
    buildUser({
      item: { affiliation: 'none', role: 'none' },
      statuses: [STATUS.self],
      destroy: farewell,
    }),
  ]);
}

/**
 * XEP-0045 Multi-User Chat 1.35.5 (2026-05-03) §6, XEP-0408 MIX-MUC 0.2.0 §2, XEP-0486 MUC Avatars 0.1.0: what a room
 * says of itself to those who look at it.
 * Owns a room's identity, the features that depend on its configuration, muc#roominfo, and the list of who is there.
 * Does not answer (xep/0030-disco/service.ts).
 * Always: who is there, and what the information node says, is told to those who may read that; how many are there is
 * told to nobody, since a room's answer is to be the same as long as the room is (GEN-42).
 * Before: xep/0030-disco/service.ts. After: channel/occupancy.ts.
 */
import { configOf, hasNode, mayRead } from '../../channel/access.ts';
import { inRoom, maySeeRoom, occupantNick } from '../../channel/occupancy.ts';
import type { ChannelState } from '../../channel/state.ts';
import { occupantJid } from '../../jid/public-jid.ts';
import type { RealJid } from '../../jid/real-jid.ts';
import type { XmlElement } from '../../xml/element.ts';
import { buildForm, type Field } from '../0004-forms/wire.ts';
import type { ChannelDiscovery } from '../extension.ts';
import { MESSAGES_MAX } from './history.ts';

export const discovery: ChannelDiscovery = {
  identity: 'text',
  features: (channel) => [
    hasNode(channel, 'allowed') ? 'muc_membersonly' : 'muc_open',
    configOf(channel).mode === 'jid-visible' ? 'muc_nonanonymous' : 'muc_semianonymous',
    channel.listed ? 'muc_public' : 'muc_hidden',
    'muc_persistent',
    'muc_unmoderated',
    'muc_unsecured',
  ],
  forms: (channel, asker) => [roomInfo(channel, asker)],
  // §7.12: only the asker's own, which nobody else is told (D-24).
  nodes: { 'x-roomuser-item': ({ reserved }, asker) => reserved.nickOf(asker.bare) },
  items: (channel, asker, domain) =>
    maySeeRoom(channel, asker)
      ? [...inRoom(channel)].map((id) => ({
          jid: occupantJid(channel.name, domain, occupantNick(channel, id)),
        }))
      : [],
};

/** §6.4, §15.5.4; two of its fields are those of the configuration, by which clients know what they need not offer. */
function roomInfo(channel: ChannelState, asker: RealJid): XmlElement {
  const { description, contact } = channel.info;
  const { privateMessages, invitationByParticipant } = configOf(channel);
  const mayKnow = mayRead(channel, 'info', asker);
  const field = (name: string, values: readonly string[]): Field[] =>
    values.length === 0 ? [] : [{ var: name, values }];
  const picture = channel.pictures.get('avatar-data');
  // Metadata that speaks of another picture, or of none, takes this one down.
  const isUp = picture !== undefined && picture === channel.pictures.get('avatar-metadata');
  const showsPicture = isUp && mayRead(channel, 'avatar-data', asker);
  const fields = [
    ...field('muc#roominfo_description', mayKnow && description !== undefined ? [description] : []),
    ...field('muc#roominfo_contactjid', mayKnow ? contact : []),
    ...field('muc#roominfo_avatarhash', showsPicture ? [picture] : []),
    ...field('muc#roominfo_changesubject', ['0']),
    ...field('muc#roomconfig_allowpm', [privateMessages ? 'anyone' : 'none']),
    ...field('muc#roomconfig_allowinvites', [invitationByParticipant ? '1' : '0']),
    ...field('muc#maxhistoryfetch', [MESSAGES_MAX.toString()]),
  ];
  return buildForm({ type: 'result', formType: 'http://jabber.org/protocol/muc#roominfo', fields });
}

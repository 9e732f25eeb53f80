/**
 * XEP-0045 Multi-User Chat 1.35.5 (2026-05-03) §10.1, §10.2, §10.9: the configuration and the end of a room.
 * Shows owners the options of the channel as a room's form, takes the form, and ends the channel.
 * Does not know how the form is spelt (wire-config.ts) nor what an option means (channel/configure.ts).
 * Always: only what the form changes is changed; a room that hides hides as a JID Hidden channel, unless it does so
 * as a JID Maybe Visible one already, which to occupants is the same (D-83).
 * Before: service/router.ts. After: channel/configure.ts.
 */
import { configOf, requireOwner } from '../../channel/access.ts';
import { configure, publishInfo, type ConfigChange } from '../../channel/configure.ts';
import { destroy } from '../../channel/create.ts';
import type { ChannelState } from '../../channel/state.ts';
import type { Turn } from '../../channel/turn.ts';
import { listedAddress } from '../../channel/visibility.ts';
import { formatJid } from '../../jid/jid.ts';
import { JidError, parseJid } from '../../jid/prep.ts';
import { refuse } from '../../refusal.ts';
import type { ChannelConfig, ChannelInfo, Farewell } from '../../storage/facts.ts';
import { changeOf } from '../0406-admin/change.ts';
import type { ChannelAddress, IqHandler, Reply, Request } from '../extension.ts';
import { buildOwner, NS_OWNER, parseOwner, type Destroy } from './wire-admin.ts';
import { buildRoomConfig, parseRoomConfig, type RoomChange } from './wire-config.ts';

export const owner: IqHandler = {
  on: 'channel',
  types: ['get', 'set'],
  ns: NS_OWNER,
  name: 'query',
  run: (request, turn) => (request.type === 'get' ? show(request, turn) : change(request, turn)),
};

function show({ from }: Request<ChannelAddress>, { channel }: Turn): Reply {
  requireOwner(channel, from);
  return { payload: buildOwner([buildRoomConfig(roomConfigOf(channel))]) };
}

function roomConfigOf(channel: ChannelState): Parameters<typeof buildRoomConfig>[0] {
  const { mode, nodesPresent, privateMessages, invitationByParticipant, owners, administrators } =
    configOf(channel);
  return {
    name: channel.info.name,
    description: channel.info.description,
    isMembersOnly: nodesPresent.includes('allowed'),
    whois: mode === 'jid-visible' ? 'anyone' : 'moderators',
    privateMessages,
    invitationByParticipant,
    owners: owners.map(listedAddress),
    administrators: administrators.map(listedAddress),
  };
}

function change({ from, payload }: Request<ChannelAddress>, turn: Turn): Reply {
  const { channel } = turn;
  requireOwner(channel, from);
  const asked = parseOwner(payload);
  if (asked.kind === 'destroy') destroy(turn, from, farewellOf(asked.destroy));
  if (asked.kind !== 'form') return {};
  const wanted = parseRoomConfig(asked.form);
  const config = changed(configOf(channel), configChange(wanted, configOf(channel)));
  const said = changed(channel.info, infoChange(wanted));
  const info = said && { ...channel.info, ...said };
  // At once, since an owner may give up being one by the same form.
  if (config !== undefined) configure(turn, from, config, info);
  else if (info !== undefined) publishInfo(turn, from, info);
  return {};
}

/** @throws jid-malformed for a venue that is no address. */
function farewellOf({ reason, venue }: Destroy): Farewell {
  try {
    return {
      ...(reason === undefined ? {} : { reason }),
      ...(venue === undefined ? {} : { venue: formatJid(parseJid(venue)) }),
    };
  } catch (error) {
    if (error instanceof JidError) throw refuse('jid-malformed', 'This is not an address.');
    throw error;
  }
}

function configChange(wanted: RoomChange, config: ChannelConfig): ConfigChange {
  const { isMembersOnly, whois, privateMessages, invitationByParticipant, owners, administrators } = wanted;
  const others = config.nodesPresent.filter((node) => node !== 'allowed');
  const hides = config.mode === 'jid-visible' ? 'jid-hidden' : config.mode;
  return {
    ...changeOf({
      ...(owners === undefined ? {} : { owners }),
      ...(administrators === undefined ? {} : { administrators }),
    }),
    ...(isMembersOnly === undefined || isMembersOnly === config.nodesPresent.includes('allowed')
      ? {}
      : { nodesPresent: isMembersOnly ? [...others, 'allowed'] : others }),
    ...(whois === undefined ? {} : { mode: whois === 'anyone' ? 'jid-visible' : hides }),
    ...(privateMessages === undefined ? {} : { privateMessages }),
    ...(invitationByParticipant === undefined ? {} : { invitationByParticipant }),
  };
}

function infoChange({ name, description }: RoomChange): Partial<ChannelInfo> {
  return {
    ...(name === undefined ? {} : { name: name === '' ? undefined : name }),
    ...(description === undefined ? {} : { description: description === '' ? undefined : description }),
  };
}

/** The parts of a change that differ from what is; undefined where there are none. Addresses compare by their hashes. */
function changed<Whole extends object>(whole: Whole, change: Partial<Whole>): Partial<Whole> | undefined {
  const keys = Object.keys(change) as (keyof Whole)[];
  const differing = keys.filter((key) => JSON.stringify(change[key]) !== JSON.stringify(whole[key]));
  if (differing.length === 0) return undefined;
  return Object.fromEntries(differing.map((key) => [key, change[key]])) as Partial<Whole>;
}

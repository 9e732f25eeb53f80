/**
 * XEP-0404 MIX-ANON 0.3.1 (2020-12-01): JID hidden channels, at the service.
 * Answers the questions about preferences and about changes of mode, and renders the events of the JID map.
 * Does not decide who is shown (channel/visibility.ts), nor what preferences do (channel/preference.ts).
 * Always: the JID map goes to owners and administrators only, since nobody else is subscribed to it.
 * Before: service/extensions.ts. After: xep/0404-anon/private-messages.ts.
 */
import { configOf, meet, requireAdministrator, requireParticipant } from '../../channel/access.ts';
import { checkChange } from '../../channel/configure.ts';
import { dryRun } from '../../channel/dry-run.ts';
import { DEFAULT_PREFERENCES, prefer } from '../../channel/preference.ts';
import type { Turn } from '../../channel/turn.ts';
import { mappedAddress } from '../../channel/visibility.ts';
import { refuse } from '../../refusal.ts';
import { buildEvent, buildRetractEvent } from '../0060-pubsub/wire.ts';
import { event } from '../0369-core/render.ts';
import { NODE_NAMES } from '../0369-core/wire.ts';
import type { ChannelAddress, Extension, Reply, Request } from '../extension.ts';
import { privateMessages, renderPrivate } from './private-messages.ts';
import {
  buildDryRun,
  buildMapped,
  buildPreferences,
  buildTemplate,
  buildUserPreference,
  NS,
  NS_MODE_CHANGE,
  parseDryRun,
  parsePreferences,
  parseUserPreference,
} from './wire.ts';

export const anon: Extension = {
  iq: [
    {
      on: 'channel',
      types: ['get', 'set'],
      ns: NS,
      name: 'user-preference',
      isOpen: true,
      run: (request, turn) => (request.type === 'get' ? template(request, turn) : update(request, turn)),
    },
    { on: 'channel', types: ['get'], ns: NS_MODE_CHANGE, name: 'dry-run', run: forecast },
  ],
  stanzas: [privateMessages],
  renderers: {
    jidmap: ({ id }, channel, { domain }) => {
      const jid = mappedAddress(channel, id);
      if (jid === undefined) return undefined;
      return event(channel, domain, buildEvent(NODE_NAMES.jidmap, [{ id, payload: buildMapped(jid) }]));
    },
    private: ({ xml }, channel, view) => renderPrivate(xml, channel, view),
    'jidmap-gone': ({ id }, channel, { domain }) =>
      event(channel, domain, buildRetractEvent(NODE_NAMES.jidmap, [id])),
  },
  features: [
    { on: 'channel', feature: NS },
    { on: 'channel', feature: NS_MODE_CHANGE },
  ],
};

/** D-11: whoever could join is shown the form; a participant finds its own values in it. */
function template({ from }: Request<ChannelAddress>, { channel }: Turn): Reply {
  meet(channel, from);
  const preferences = channel.participant(from)?.preferences ?? DEFAULT_PREFERENCES;
  return { payload: buildUserPreference(buildTemplate(preferences, configOf(channel).mode)) };
}

function update({ from, payload }: Request<ChannelAddress>, turn: Turn): Reply {
  const participant = requireParticipant(turn.channel, from);
  const form = parseUserPreference(payload);
  if (form === undefined) throw refuse('bad-request', 'The preferences are set by a form.');
  const preferences = prefer(turn, participant, parsePreferences(form) ?? {});
  return { payload: buildUserPreference(buildPreferences(preferences)) };
}

/** For those who can look up everybody's address anyway (D-27); others get the same answer whoever takes part (D-92). */
function forecast({ from, payload }: Request<ChannelAddress>, turn: Turn): Reply {
  const { channel } = turn;
  requireAdministrator(channel, from);
  const { mode } = parseDryRun(payload);
  checkChange(turn, configOf(channel).mode, mode);
  return { payload: buildDryRun(mode, dryRun(channel, mode)) };
}

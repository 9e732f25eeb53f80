/**
 * XEP-0313 Message Archive Management 1.1.3 and XEP-0369 MIX-CORE 0.14.6 §7.2: a channel's history.
 * Answers queries, the question for the query form, and the one for the archive's two ends.
 * Does not page (storage/) nor render a message (xep/0369-core/render.ts).
 * Always: rights are those of the moment of the query, addresses are shown by the rules of that of the answer; a filter
 * by a real address finds only what was shown (D-41).
 * Before: service/router.ts. After: storage/store.ts.
 */
import { isBanned, isInsider, mayRead } from '../../channel/access.ts';
import { occupantNamed } from '../../channel/occupancy.ts';
import type { ChannelState } from '../../channel/state.ts';
import type { Turn } from '../../channel/turn.ts';
import { JidError, parseJid } from '../../jid/prep.ts';
import { channelJid, type ParticipantId } from '../../jid/public-jid.ts';
import { RealJid } from '../../jid/real-jid.ts';
import { refuse } from '../../refusal.ts';
import { UnknownItem, type ArchiveQuery, type Page } from '../../storage/store.ts';
import type { ArchivedMessage } from '../../storage/facts.ts';
import { optionalAttr } from '../../stanza/codec.ts';
import { NS_CLIENT } from '../../stanza/stanza.ts';
import { el } from '../../xml/element.ts';
import { archivedForOccupant } from '../0045-muc/message.ts';
import { archivedMessage } from '../0369-core/render.ts';
import { nodeNamed } from '../0369-core/wire.ts';
import type { ChannelAddress, Env, Extension, Later, Reply, Request, Send } from '../extension.ts';
import {
  buildFin,
  buildMetadata,
  buildQueryForm,
  buildResult,
  NS,
  parseQuery,
  type MamQuery,
} from './wire.ts';

export const mam: Extension = {
  iq: [
    {
      on: 'channel',
      types: ['get', 'set'],
      ns: NS,
      name: 'query',
      isOpen: true,
      run: (request, turn, env) =>
        request.type === 'get' ? template(request, turn) : page(request, turn, env),
    },
    { on: 'channel', types: ['get'], ns: NS, name: 'metadata', isOpen: true, run: ends },
    { on: 'channel', types: ['get', 'set'], ns: NS, name: 'prefs', run: noPreferences },
  ],
  features: [
    { on: 'channel', feature: NS },
    { on: 'channel', feature: `${NS}#extended` },
  ],
};

/** @throws forbidden for those who may not read the messages (D-42); item-not-found where there is no channel. */
function requireReader({ from }: Request<ChannelAddress>, { channel }: Turn): void {
  if (!channel.exists) throw refuse('item-not-found', 'There is no such channel.');
  if (isBanned(channel, from)) throw refuse('forbidden', 'You are banned from this channel.');
  if (mayRead(channel, 'messages', from)) return;
  if (!channel.listed) throw refuse('item-not-found', 'There is no such channel.');
  throw refuse('forbidden', 'The archive is for those who may read the messages.');
}

/** XEP-0441: what a channel archives is nobody's preference. */
function noPreferences(): never {
  throw refuse('service-unavailable', 'Channels archive for everybody alike.');
}

function template(request: Request<ChannelAddress>, turn: Turn): Reply {
  requireReader(request, turn);
  checkNode(optionalAttr(request.payload, 'node'));
  return { payload: buildQueryForm() };
}

function page(request: Request<ChannelAddress>, turn: Turn, env: Env): Later {
  requireReader(request, turn);
  const asked = parseQuery(request.payload);
  checkNode(asked.node);
  const query = queryOf(asked, request.from, turn, env);
  return async () => {
    const found = await searched(env, turn, query);
    return ({ channel }) => ({
      before: resultsOf(found, asked, channel, request, env),
      payload: finOf(found),
    });
  };
}

async function searched(env: Env, { channel }: Turn, query: ArchiveQuery): Promise<Page<ArchivedMessage>> {
  try {
    return await env.store.archive(channel.name, query);
  } catch (error) {
    if (error instanceof UnknownItem)
      throw refuse('item-not-found', 'There is no such message in the archive.');
    throw error;
  }
}

/** D-43: the archive is that of the messages node. */
function checkNode(uri: string | undefined): void {
  if (uri === undefined) return;
  const node = nodeNamed(uri);
  if (node === undefined) throw refuse('item-not-found', 'The channel has no such node.');
  if (node !== 'messages') throw refuse('feature-not-implemented', 'Only messages are archived.');
}

function queryOf(asked: MamQuery, asker: RealJid, turn: Turn, env: Env): ArchiveQuery {
  const { pageItemsMax } = env.settings.limits;
  const { max, after, before } = asked.page ?? {};
  if (after !== undefined && before !== undefined)
    throw refuse('bad-request', 'A page is after a message or before one, not both.');
  const { start, end, afterId, beforeId, ids } = asked;
  const query = { start, end, afterId, beforeId, ids };
  const rsm = { max: Math.min(max ?? pageItemsMax, pageItemsMax), after, before };
  const by = asked.with === undefined ? {} : senderIn(asked.with, asker, turn);
  return { ...query, ...by, page: rsm };
}

type Sender = Pick<ArchiveQuery, 'sender' | 'shownOnly'>;

/** No participant's id is empty. The store is asked all the same, so that all else in the query is judged alike. */
const NOBODY: Sender = { sender: '' as ParticipantId };

/** D-41: whose messages `with` means. */
function senderIn(text: string, asker: RealJid, { channel, domain }: Turn): Sender {
  let jid: ReturnType<typeof parseJid>;
  try {
    jid = parseJid(text);
  } catch (error) {
    if (error instanceof JidError) throw refuse('jid-malformed', 'This is not an address.');
    throw error;
  }
  if (jid.domain === domain) {
    if (jid.local === channel.name) {
      const { resource } = jid;
      if (resource === undefined) return {};
      const named = channel.occupants.has(asker) ? occupantNamed(channel, resource) : undefined;
      return { sender: named ?? (resource as ParticipantId) };
    }
    const suffix = `#${channel.name}`;
    if (jid.local?.endsWith(suffix) !== true) return NOBODY;
    return { sender: jid.local.slice(0, -suffix.length) as ParticipantId };
  }
  // Whether the address takes part must not show: hidden or unknown, the answer is an empty page (MAM-11).
  const mayKnow = channel.config?.mode === 'jid-visible' && isInsider(channel, asker);
  const sender = mayKnow ? channel.ids.get(RealJid.of(jid).bare) : undefined;
  return sender === undefined ? NOBODY : { sender, shownOnly: true };
}

function resultsOf(
  { items }: Page<ArchivedMessage>,
  { queryId, flip }: MamQuery,
  channel: ChannelState,
  { from, id }: Request<ChannelAddress>,
  { settings }: Env,
): Send[] {
  const self = channelJid(channel.name, settings.domain);
  const isOccupant = channel.occupants.has(from);
  const sends = items.map((message): Send => {
    // D-93: whoever asks as an occupant gets the form of rooms; ids and order are the same.
    const forwarded = isOccupant
      ? archivedForOccupant(message, channel, settings.domain)
      : archivedMessage(channel, settings.domain, message, from);
    const result = buildResult({ queryId, id: message.id, at: message.at, message: forwarded });
    const attrs = { from: self, id: `${id ?? ''}-${message.id}` };
    return { to: from, stanza: el('message', NS_CLIENT, attrs, [result]) };
  });
  return flip ? sends.reverse() : sends;
}

function finOf({ items, complete, count, index }: Page<ArchivedMessage>): ReturnType<typeof buildFin> {
  const first = items.at(0)?.id;
  const last = items.at(-1)?.id;
  return buildFin({ complete, first, last, count, index: items.length === 0 ? undefined : index });
}

function ends(request: Request<ChannelAddress>, turn: Turn, env: Env): Later {
  requireReader(request, turn);
  return async () => {
    const found = await env.store.archiveEnds(turn.channel.name);
    const metadata = found && {
      start: { id: found.first.id, at: found.first.at },
      end: { id: found.last.id, at: found.last.at },
    };
    return { payload: buildMetadata(metadata) };
  };
}

/**
 * XEP-0405 MIX-PAM 0.5.3 (2022-07-15), for a client: joining and leaving channels.
 * Joins and leaves through the own server or, where that knows nothing of channels, by speaking to the channel itself;
 * and makes sure that the preferences that were asked for hold (D-15).
 * Does not tell which channels are joined (client-joined.ts, whose door this is too).
 * Always: what a user asked to hide is asked again until it holds, or until it is certain that it will not.
 * Before: xep/0404-anon/client.ts. After: client/live-channel.ts.
 */
import type { Client } from '../../client/client.ts';
import type { Node, Preferences } from '../../mix.ts';
import { refusalIn } from '../../stanza/error.ts';
import { elements, type XmlElement } from '../../xml/element.ts';
import { parseForm } from '../0004-forms/wire.ts';
import { getInfo } from '../0369-core/client.ts';
import { namesOf, nodesOf } from '../0369-core/client-read.ts';
import { channelAddress } from '../0369-core/addresses.ts';
import { buildJoin, buildLeave, buildUpdateSubscription, parseJoined } from '../0369-core/wire.ts';
import { removeBookmark, setBookmark } from '../0402-bookmarks/client.ts';
import { getPreferences } from '../0404-anon/client.ts';
import { hold, settlePreferences, type CustomValues } from '../0404-anon/client-settle.ts';
import { buildPreferences, readPreferences } from '../0404-anon/wire.ts';
import { buildInvitation, type Invitation } from '../0407-misc/wire.ts';
import { announce, hasParticipantServer, withdraw } from './client-server.ts';
import { buildClientJoin, buildClientLeave } from './wire.ts';

export { hasParticipantServer } from './client-server.ts';
export { listJoined, onJoined, type JoinedChange, type JoinedChannel } from './client-joined.ts';

/** What a conversation needs. */
const NODES: readonly Node[] = ['messages', 'participants', 'presence', 'info', 'avatar-metadata'];

/** COMPAT(ejabberd): its mod_mix_pam never answers a leave that succeeds. Seen in 23.01, read in the code of 2026-08. */
const LEAVE_MS = 10_000;

export interface JoinOptions {
  /** How the others are to see the user. Where it is left out the channel may demand one, or make one up. */
  readonly nick?: string;
  /** What the user wants to show; what is not mentioned begins with its default. */
  readonly preferences?: Partial<Preferences>;
  /** Choices that only this channel has, as `listCustomPreferences` tells. */
  readonly customPreferences?: CustomValues;
  /** What the user is to be told of; left out: messages, participants, presence, information and avatar. */
  readonly nodes?: readonly Node[];
  /** For channels that one enters by invitation. */
  readonly invitation?: Invitation;
}

export interface Joined {
  readonly channel: string;
  /** Who the user is in the channel; '' where the server does not say. */
  readonly id: string;
  readonly nick?: string;
  /** The nodes that the channel has granted. */
  readonly nodes: readonly Node[];
  readonly preferences: {
    /** What holds, as far as the answer to the join told; undefined where it told nothing. */
    readonly held: Preferences | undefined;
    /** Was something asked for that does not hold yet? It is being asked for again, and the user should know. */
    readonly pending: boolean;
    /**
     * What holds in the end.
     * @throws StanzaError where the channel refuses what was asked for
     */
    readonly settled: Promise<Preferences>;
  };
}

/**
 * Joins a channel (§2.7; XEP-0369 §7.1.2), with preferences (XEP-0404 §3.1). Who has joined already stays, with what is
 * asked for added. Servers may lose the preferences on the way: they are compared with what the channel says, and set
 * again until they hold (D-15). The first moments are hidden anyway, except in channels that show everybody.
 * @throws as {@link Client.request}: `conflict` for a nick that somebody has, `not-acceptable` where the channel's mode
 * does not admit the preferences, `forbidden` for the banned, `registration-required` where one has to be allowed
 * @example
 * const joined = await join(client, channel, { nick: 'third witch', preferences: { jidVisibility: 'never' } });
 * const held = await joined.preferences.settled;
 * console.log(joined.nick, held.jidVisibility); // third witch never
 */
export async function join(client: Client, channel: string, options: JoinOptions = {}): Promise<Joined> {
  const address = channelAddress(channel);
  const { nick, preferences: wanted = {}, customPreferences, nodes = NODES, invitation } = options;
  const asks = Object.keys({ ...wanted, ...customPreferences }).length > 0;
  const request = buildJoin({
    nodes: namesOf(nodes),
    nick,
    form: asks ? buildPreferences(wanted, 'submit', customPreferences) : undefined,
    invitation: invitation && buildInvitation(invitation),
  });
  const hasServer = await hasParticipantServer(client);
  const answer = hasServer
    ? await client.request('set', undefined, buildClientJoin({ channel: address, join: request }))
    : await client.request('set', address, request);
  const inner = innermost(answer, 'join');
  const read = inner && parseJoined(inner);
  const joined: Omit<Joined, 'preferences'> = {
    channel: address,
    id: read?.id ?? '',
    ...(read?.nick === undefined ? {} : { nick: read.nick }),
    nodes: nodesOf(read?.nodes ?? []),
  };
  if (!hasServer) await enter(client, joined);
  return { ...joined, preferences: checked(client, address, options, read?.form) };
}

/** The answer itself, or what it wraps. COMPAT(ejabberd): its wrapping is in a wrong namespace (23.01). */
function innermost(answer: XmlElement | undefined, name: string): XmlElement | undefined {
  if (answer?.name !== `client-${name}`) return answer?.name === name ? answer : undefined;
  return elements(answer).find((element) => element.name === name);
}

/** D-15: what the channel told of the preferences, and the way to those that were wanted. */
function checked(
  client: Client,
  channel: string,
  { preferences: wanted = {}, customPreferences }: JoinOptions,
  form: XmlElement | undefined,
): Joined['preferences'] {
  const told = form === undefined ? undefined : readPreferences(parseForm(form));
  const held = isWhole(told) ? told : undefined;
  const asksNothing = Object.keys(wanted).length === 0;
  if (held !== undefined && hold(held, wanted))
    return { held, pending: false, settled: Promise.resolve(held) };
  const settled = asksNothing
    ? getPreferences(client, channel)
    : settlePreferences(client, channel, wanted, customPreferences);
  // Who does not wait for it need not hear of it: `pending` has told.
  settled.catch(() => undefined);
  return { held, pending: !asksNothing, settled };
}

function isWhole(told: Partial<Preferences> | undefined): told is Preferences {
  return told !== undefined && Object.keys(told).length === 4;
}

/** The rest of a join where the own server knows nothing of channels: to be reached, and to find it again. */
async function enter(client: Client, { channel, id, nick }: Omit<Joined, 'preferences'>): Promise<void> {
  await announce(client, channel);
  try {
    const { name } = await getInfo(client, channel);
    const participantId = id === '' ? undefined : id;
    await setBookmark(client, channel, { name, nick, channel: { participantId } });
  } catch {
    // A server without a place for bookmarks keeps no list. The channel is joined all the same.
  }
}

/**
 * Leaves a channel (§2.8; XEP-0369 §7.1.3). Who had left already stays out.
 * @throws as {@link Client.request}, where the user is still in the channel
 * @example
 * await join(client, channel, { nick: 'third witch' });
 * await leave(client, channel);
 */
export async function leave(client: Client, channel: string): Promise<void> {
  const address = channelAddress(channel);
  if (await hasParticipantServer(client)) {
    const request = buildClientLeave({ channel: address, leave: buildLeave() });
    try {
      await client.request('set', undefined, request, { timeoutMs: LEAVE_MS });
    } catch (error) {
      if (refusalIn(error) !== undefined || (await isStillIn(client, address))) throw error;
    }
    return;
  }
  await client.request('set', address, buildLeave());
  await withdraw(client, address);
  await removeBookmark(client, address).catch(() => undefined);
}

/** Asks the channel for something that it gives to participants only, and that changes nothing. */
async function isStillIn(client: Client, channel: string): Promise<boolean> {
  try {
    await client.request('set', channel, buildUpdateSubscription({ subscribe: [], unsubscribe: [] }));
    return true;
  } catch (error) {
    const condition = refusalIn(error)?.condition;
    return !['forbidden', 'not-allowed', 'item-not-found', 'registration-required'].includes(condition ?? '');
  }
}

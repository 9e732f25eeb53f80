/**
 * XEP-0045 Multi-User Chat 1.35.5 (2026-05-03) §7: what occupants and rooms say to each other in presences and messages.
 * Reads and writes `<x/>` of muc and of muc#user, with their items, status codes, invitations and the end of a room.
 * Does not know who may be told what (channel/occupancy.ts).
 * Always: a wish for history that cannot be read is no wish, since nobody is kept out for it.
 * Before: stanza/codec.ts. After: xep/0045-muc/render.ts.
 */
import { checkName, optionalAttr, readDateTime } from '../../stanza/codec.ts';
import { child, childrenOf, childText, el, elements, isNamed, type XmlElement } from '../../xml/element.ts';

export const NS = 'http://jabber.org/protocol/muc';
export const NS_USER = 'http://jabber.org/protocol/muc#user';

/** §15.6.2: the status codes that are sent here. */
export const STATUS = {
  /** Everybody sees the full address of everybody. */
  showsAddresses: 100,
  configured: 104,
  self: 110,
  nowShows: 172,
  nowHides: 173,
  created: 201,
  nickAssigned: 210,
  banned: 301,
  renamed: 303,
  kicked: 307,
  unfit: 322,
  lost: 333,
} as const;

/** §7.2.13: how much of the history somebody wants who enters; all of it that the room gives where nothing is said. */
export interface HistoryWish {
  readonly maxChars?: number | undefined;
  readonly maxStanzas?: number | undefined;
  readonly seconds?: number | undefined;
  /** Milliseconds since 1970. */
  readonly since?: number | undefined;
}

/** §7.2.2: by this a presence is that of somebody who enters. */
export function entryIn(children: readonly XmlElement[]): XmlElement | undefined {
  return children.find((element) => isNamed(element, 'x', NS));
}

export function parseEntry(x: XmlElement): HistoryWish {
  checkName(x, 'x', NS);
  const history = child(x, 'history');
  if (history === undefined) return {};
  const number = (name: string): number | undefined => {
    const text = optionalAttr(history, name)?.trim() ?? '';
    return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
  };
  return {
    maxChars: number('maxchars'),
    maxStanzas: number('maxstanzas'),
    seconds: number('seconds'),
    since: readDateTime(history.attrs['since'] ?? ''),
  };
}

export function buildEntry({ maxChars, maxStanzas, seconds, since }: HistoryWish = {}): XmlElement {
  const text = (value: number | undefined): string | undefined => value?.toString();
  const attrs = {
    maxchars: text(maxChars),
    maxstanzas: text(maxStanzas),
    seconds: text(seconds),
    since: since === undefined ? undefined : new Date(since).toISOString(),
  };
  const isWish = Object.values(attrs).some((value) => value !== undefined);
  return el('x', NS, {}, [isWish ? el('history', NS, attrs) : undefined]);
}

/** §5.1, §5.2 */
export type Role = 'moderator' | 'participant' | 'visitor' | 'none';
export type Affiliation = 'owner' | 'admin' | 'member' | 'none' | 'outcast';

/** What somebody of this affiliation is in the room; voice is for all who take part. */
export function roleOf(affiliation: Affiliation, isParticipant: boolean): Role {
  if (!isParticipant) return 'visitor';
  return affiliation === 'owner' || affiliation === 'admin' ? 'moderator' : 'participant';
}

export interface Item {
  readonly affiliation?: Affiliation | undefined;
  readonly role?: Role | undefined;
  readonly nick?: string | undefined;
  readonly jid?: string | undefined;
  readonly reason?: string | undefined;
}

export interface User {
  readonly item?: Item | undefined;
  readonly statuses?: readonly number[] | undefined;
  /** §10.9: the room ends. */
  readonly destroy?:
    { readonly reason?: string | undefined; readonly venue?: string | undefined } | undefined;
}

export function buildUser({ item, statuses, destroy }: User): XmlElement {
  return el('x', NS_USER, {}, [
    item && buildItem(item, NS_USER),
    ...(statuses ?? []).map((code) => el('status', NS_USER, { code: code.toString() })),
    destroy && el('destroy', NS_USER, { jid: destroy.venue }, [reason(destroy.reason, NS_USER)]),
  ]);
}

/** An item of muc#user or muc#admin. */
export function buildItem(item: Item, ns: string): XmlElement {
  const { affiliation, role, nick, jid } = item;
  return el('item', ns, { affiliation, role, nick, jid }, [reason(item.reason, ns)]);
}

function reason(text: string | undefined, ns: string): XmlElement | undefined {
  return text === undefined || text === '' ? undefined : el('reason', ns, {}, [text]);
}

export function userIn(children: readonly XmlElement[]): XmlElement | undefined {
  return children.find((element) => isNamed(element, 'x', NS_USER));
}

/** What a room says of an occupant. */
export function parseUser(x: XmlElement): User {
  checkName(x, 'x', NS_USER);
  const item = child(x, 'item');
  const destroy = child(x, 'destroy');
  const codes = childrenOf(x, 'status').map(({ attrs }) => Number(attrs['code']));
  return {
    ...(item && { item: parseItem(item) }),
    ...(codes.length > 0 && { statuses: codes }),
    ...(destroy && {
      destroy: { reason: childText(destroy, 'reason'), venue: optionalAttr(destroy, 'jid') },
    }),
  };
}

const ROLES: readonly Role[] = ['moderator', 'participant', 'visitor', 'none'];
const AFFILIATIONS: readonly Affiliation[] = ['owner', 'admin', 'member', 'none', 'outcast'];

/** Words that are none are left out. */
export function parseItem(item: XmlElement): Item {
  return {
    affiliation: AFFILIATIONS.find((word) => word === item.attrs['affiliation']),
    role: ROLES.find((word) => word === item.attrs['role']),
    nick: optionalAttr(item, 'nick'),
    jid: optionalAttr(item, 'jid'),
    reason: childText(item, 'reason'),
  };
}

/** §7.8.2: an occupant asks the room to invite somebody; §7.8.2 again: what the room makes of it. */
export interface Invite {
  readonly who: string;
  readonly reason: string | undefined;
}

/** The invitations in a message to a room. */
export function invitesIn(children: readonly XmlElement[]): readonly Invite[] {
  const x = userIn(children);
  if (x === undefined) return [];
  return childrenOf(x, 'invite').map((invite) => ({
    who: invite.attrs['to'] ?? '',
    reason: childText(invite, 'reason'),
  }));
}

/** Answers to invitations, which a room need not pass on. */
export function isDecline(children: readonly XmlElement[]): boolean {
  return children.some((x) => isNamed(x, 'x', NS_USER) && elements(x).some(({ name }) => name === 'decline'));
}

/** To the room with `to`, from it with `from`. */
export function buildInvite(direction: 'to' | 'from', { who, reason: why }: Invite): XmlElement {
  const invite = el('invite', NS_USER, { [direction]: who }, [reason(why, NS_USER)]);
  return el('x', NS_USER, {}, [invite]);
}

/** XEP-0249 Direct MUC Invitations 1.2: beside a room's own invitation, for clients that know only this. */
export function buildConference(jid: string, why: string | undefined): XmlElement {
  return el('x', 'jabber:x:conference', { jid, reason: why === '' ? undefined : why });
}

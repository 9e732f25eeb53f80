/**
 * XEP-0369 MIX-CORE 0.14.6, XEP-0404 MIX-ANON 0.3.1, XEP-0406 MIX-ADMIN 0.3.1: the words that the family shares.
 * Owns the names of nodes, modes, preferences and groups, as types that every folder may use.
 * Does not say how they are spelt on the wire (xep/NNNN/wire.ts) nor what follows from them (channel/).
 * Always: types only; nothing here is an address.
 * Before: jid/public-jid.ts. After: storage/facts.ts.
 */

/** The nodes of a channel, by the last word of their names (`urn:xmpp:mix:nodes:…`, `urn:xmpp:avatar:…`). */
export type Node =
  | 'messages'
  | 'participants'
  | 'presence'
  | 'info'
  | 'config'
  | 'jidmap'
  | 'allowed'
  | 'banned'
  | 'avatar-data'
  | 'avatar-metadata';

/** XEP-0404 §2.2, spelt as D-02's second set. */
export type Mode = 'jid-visible' | 'jid-maybe-visible' | 'jid-hidden';

/** XEP-0404 §3.1 and D-04; every participant has all four. */
export interface Preferences {
  readonly jidVisibility: 'default' | 'never' | 'always' | 'prefer not' | 'prefer';
  readonly privateMessages: 'allow' | 'block';
  readonly vCard: 'allow' | 'block';
  readonly presence: 'share' | 'not share';
}

/** XEP-0406 §2.1: the nested groups that a right can be given to. */
export type Group = 'owners' | 'admins' | 'participants' | 'allowed' | 'anyone' | 'nobody';

/** XEP-0369 §4.7.4: the information node. */
export interface ChannelInfo {
  readonly name: string | undefined;
  readonly description: string | undefined;
  readonly contact: readonly string[];
}

/** XEP-0406 §2.4: the options of a channel that are the same in a form and in the rules. */
export interface ChannelOptions {
  readonly mode: Mode;
  /** Without those that are always there: messages and config. */
  readonly nodesPresent: readonly Node[];
  readonly messagesSubscription: Group;
  readonly presenceSubscription: Group;
  readonly participantsSubscription: Group;
  readonly informationSubscription: Group;
  readonly allowedSubscription: Group;
  readonly bannedSubscription: Group;
  readonly configurationAccess: Group;
  readonly informationUpdate: Group;
  readonly avatarUpdate: Group;
  readonly openPresence: boolean;
  readonly mustProvidePresence: boolean;
  readonly userRetraction: boolean;
  readonly administratorRetraction: Group;
  readonly invitationByParticipant: boolean;
  readonly privateMessages: boolean;
  readonly mandatoryNicks: boolean;
}

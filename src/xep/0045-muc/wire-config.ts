/**
 * XEP-0045 Multi-User Chat 1.35.5 (2026-05-03) §10.1.3, §15.5.3: the form by which owners configure a room.
 * Reads and writes those fields of muc#roomconfig that a channel has an option for (XEP-0406 §2.4).
 * Does not decide what an option means (channel/configure.ts), nor turn addresses into such (owner.ts).
 * Always: fields that are not named keep their values; those that a channel has no option for are overlooked, since
 * clients send what they have always sent.
 * Before: xep/0004-forms/wire.ts. After: xep/0045-muc/owner.ts.
 */
import { refuse } from '../../stanza/error.ts';
import type { XmlElement } from '../../xml/element.ts';
import {
  buildForm,
  fieldsByName,
  folded,
  isSubmission,
  multiValue,
  parseBoolean,
  singleValue,
  type Field,
  type Form,
} from '../0004-forms/wire.ts';

const FORM_TYPE = 'http://jabber.org/protocol/muc#roomconfig';

export interface RoomConfig {
  readonly name: string | undefined;
  readonly description: string | undefined;
  readonly isMembersOnly: boolean;
  /** Who sees addresses: everybody, or (D-83) nobody but those who look them up. */
  readonly whois: 'anyone' | 'moderators';
  readonly privateMessages: boolean;
  readonly invitationByParticipant: boolean;
  /** Addresses as given. */
  readonly owners: readonly string[];
  readonly administrators: readonly string[];
}

/** What a form names. An empty name is one that is taken away. */
export type RoomChange = { readonly [Key in keyof RoomConfig]?: RoomConfig[Key] | undefined };

const NAME = 'muc#roomconfig_roomname';
const DESCRIPTION = 'muc#roomconfig_roomdesc';
const MEMBERS_ONLY = 'muc#roomconfig_membersonly';
const WHOIS = 'muc#roomconfig_whois';
const PRIVATE = 'muc#roomconfig_allowpm';
const INVITES = 'muc#roomconfig_allowinvites';
const OWNERS = 'muc#roomconfig_roomowners';
const ADMINS = 'muc#roomconfig_roomadmins';

/** In a room that hides, moderators too have to look addresses up (D-83). */
const WHOIS_LABELS = {
  moderators: 'owners and administrators, who have to look them up',
  anyone: 'everybody',
};
const PRIVATE_LABELS = { anyone: 'everybody', none: 'nobody' };

/** What a form changes. @throws not-acceptable for values that a room cannot have; bad-request for a foreign form. */
export function parseRoomConfig(form: Form): RoomChange {
  if (!isSubmission(form, FORM_TYPE)) return {};
  const fields = fieldsByName(form);
  const field = (name: string): Field | undefined => fields.get(folded(name));
  const read = <Value>(name: string, parse: (value: string) => Value): Value | undefined => {
    const found = field(name);
    return found === undefined ? undefined : parse(singleValue(found) ?? '');
  };
  const list = (name: string): readonly string[] | undefined => {
    const found = field(name);
    return found && multiValue(found);
  };
  return {
    name: read(NAME, (value) => value),
    description: read(DESCRIPTION, (value) => value),
    isMembersOnly: read(MEMBERS_ONLY, parseBoolean),
    whois: read(WHOIS, parseWhois),
    privateMessages: read(PRIVATE, parsePrivate),
    invitationByParticipant: read(INVITES, parseBoolean),
    owners: list(OWNERS),
    administrators: list(ADMINS),
  };
}

function parseWhois(value: string): 'anyone' | 'moderators' {
  if (value === 'anyone' || value === 'moderators') return value;
  throw refuse('not-acceptable', 'addresses are for anyone or for moderators');
}

function parsePrivate(value: string): boolean {
  if (value === 'none' || value === '0' || value === 'false') return false;
  if (value === 'anyone' || value === 'participants' || value === '1' || value === 'true') return true;
  throw refuse('not-acceptable', 'private messages are for anyone or for nobody');
}

/** The form with a room's present configuration. */
export function buildRoomConfig(config: RoomConfig): XmlElement {
  const flag = (name: string, label: string, value: boolean): Field => ({
    ...{ var: name, type: 'boolean', label },
    values: [value ? '1' : '0'],
  });
  const line = (name: string, label: string, value: string | undefined): Field => ({
    ...{ var: name, type: 'text-single', label },
    values: value === undefined ? [] : [value],
  });
  const people = (name: string, label: string, values: readonly string[]): Field => ({
    ...{ var: name, type: 'jid-multi', label },
    values,
  });
  const choice = (
    name: string,
    label: string,
    value: string,
    options: Readonly<Record<string, string>>,
  ): Field => ({
    ...{ var: name, type: 'list-single', label, values: [value] },
    // Profanity shows no option but by its label.
    options: Object.entries(options).map(([each, shown]) => ({ value: each, label: shown })),
  });
  return buildForm({
    type: 'form',
    formType: FORM_TYPE,
    title: 'Configuration of the room',
    fields: [
      line(NAME, 'Name', config.name),
      line(DESCRIPTION, 'Description', config.description),
      flag(MEMBERS_ONLY, 'Only those who are allowed may enter', config.isMembersOnly),
      choice(WHOIS, 'Who sees the addresses of occupants', config.whois, WHOIS_LABELS),
      choice(PRIVATE, 'Who may write to one', config.privateMessages ? 'anyone' : 'none', PRIVATE_LABELS),
      flag(INVITES, 'Occupants may invite', config.invitationByParticipant),
      people(OWNERS, 'Owners', config.owners),
      people(ADMINS, 'Administrators', config.administrators),
    ],
  });
}

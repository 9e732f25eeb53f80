/**
 * What the tests of this folder share: a channel that answers as it is told, and the questions asked of a client.
 * Joins, reads rosters and archives, and builds the stanzas of XEP-0405's examples.
 * Does not expect anything; the tests do.
 * Always: what a channel says comes from the service's end of the link.
 * Before: host/stage.ts. After: host/pam/join.ts.
 */
import { child, elements, type XmlElement } from '../../xml/element.ts';
import { serialize } from '../../xml/write.ts';
import type { Client, Stage } from '../stage.ts';

export const PAM = 'urn:xmpp:mix:pam:2';
export const CORE = 'urn:xmpp:mix:core:1';
export const COVEN = 'coven@mix.localhost';
export const HEATH = 'heath@mix.localhost';
export const PARTICIPANTS = 'urn:xmpp:mix:nodes:participants';
export const PRESENCE = 'urn:xmpp:mix:nodes:presence';

export const isPush = ({ name, attrs }: XmlElement): boolean => name === 'iq' && attrs['type'] === 'set';
export const isMessage = ({ name }: XmlElement): boolean => name === 'message';
export const isPresence = ({ name }: XmlElement): boolean => name === 'presence';

/** A form with the Presence preference. */
export function form(presence: string, type = 'submit'): string {
  return (
    `<x xmlns='jabber:x:data' type='${type}'><field var='FORM_TYPE' type='hidden'><value>urn:xmpp:mix:anon:0</value></field>` +
    `<field var='Presence'><value>${presence}</value></field></x>`
  );
}

/** The condition and type of an error, or 'none'. */
export function errorOf(stanza: XmlElement): string {
  const error = child(stanza, 'error');
  return error === undefined ? 'none' : `${elements(error)[0]?.name ?? ''}/${error.attrs['type'] ?? ''}`;
}

export function clientJoin(channel: string, inside = ''): string {
  return `<client-join xmlns='${PAM}' channel='${channel}'><join xmlns='${CORE}'>${inside}</join></client-join>`;
}

export function clientLeave(channel: string): string {
  return `<client-leave xmlns='${PAM}' channel='${channel}'><leave xmlns='${CORE}'/></client-leave>`;
}

/** The channel's next request, answered with `answer`: the end of a start tag and what is inside. */
export async function channelAnswers(stage: Stage, answer: string, channel = COVEN): Promise<XmlElement> {
  const request = await stage.service.take(
    ({ name, attrs }) => name === 'iq' && attrs['to'] === channel,
    'a request',
  );
  const { id = '', from = '' } = request.attrs;
  stage.say(`<iq from='${channel}' to='${from}' id='${id}' ${answer}</iq>`);
  return request;
}

/** The channel refuses. */
export function channelError(condition: string): string {
  return `type='error'><error type='cancel'><${condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>`;
}

export interface Joining {
  readonly channel?: string;
  /** What the client puts into the join. */
  readonly inside?: string;
  /** What the channel puts into its answer, and its attributes. */
  readonly joined?: string;
  readonly attrs?: string;
}

/** The client joins, and the channel agrees. */
export async function join(stage: Stage, client: Client, joining: Joining = {}): Promise<XmlElement> {
  const { channel = COVEN, inside = '', joined = '', attrs = "id='123456'" } = joining;
  const answer = client.iq(clientJoin(channel, inside), 'set');
  await channelAnswers(stage, `type='result'><join xmlns='${CORE}' ${attrs}>${joined}</join>`, channel);
  return answer;
}

/** The items of the client's roster. */
export async function roster(client: Client, annotated: boolean): Promise<XmlElement[]> {
  const annotate = annotated ? "<annotate xmlns='urn:xmpp:mix:roster:0'/>" : '';
  return itemsIn(await client.iq(`<query xmlns='jabber:iq:roster'>${annotate}</query>`));
}

/** The item of a roster push. */
export function itemIn(push: XmlElement): XmlElement {
  const [item] = itemsIn(push);
  if (item === undefined) throw new Error('a push without an item');
  return item;
}

export function participantId(item: XmlElement | undefined): string | undefined {
  return item && child(item, 'channel', 'urn:xmpp:mix:roster:0')?.attrs['participant-id'];
}

/** A message that a channel reflects to hag66. */
export function groupchat(id: string, from = `${COVEN}/99`, inside = ''): string {
  return (
    `<message type='groupchat' id='${id}' from='${from}' to='hag66@localhost'><body>${id}</body>` +
    `<mix xmlns='${CORE}'><nick>n</nick></mix><stanza-id xmlns='urn:xmpp:sid:0' by='${COVEN}' id='${id}'/>${inside}</message>`
  );
}

/** An event that a channel sends to hag66. */
export function event(inside: string, from = COVEN): string {
  return `<message from='${from}' to='hag66@localhost' id='e'><event xmlns='http://jabber.org/protocol/pubsub#event'>${inside}</event></message>`;
}

/** The messages with this address in the client's archive, as they were stored. */
export async function archived(client: Client, peer: string): Promise<XmlElement[]> {
  const answer = await client.iq(
    `<query xmlns='urn:xmpp:mam:2'><x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE' type='hidden'><value>urn:xmpp:mam:2</value></field><field var='with'><value>${peer}</value></field></x></query>`,
    'set',
  );
  if (answer.attrs['type'] !== 'result') throw new Error(serialize(answer));
  return client.inbox.takeAll(isMessage).flatMap((message) => {
    const result = child(message, 'result', 'urn:xmpp:mam:2');
    const forwarded = result && child(result, 'forwarded', 'urn:xmpp:forward:0');
    return (forwarded && child(forwarded, 'message', 'jabber:client')) ?? [];
  });
}

function itemsIn(iq: XmlElement): XmlElement[] {
  const query = child(iq, 'query', 'jabber:iq:roster');
  return query === undefined ? [] : elements(query);
}

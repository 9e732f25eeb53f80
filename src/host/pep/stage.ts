/**
 * What the tests of this folder share: requests on nodes as clients write them, and what arrives of events.
 * Publishes, retracts and fetches, and reads the answers.
 * Does not expect anything; the tests do.
 * Always: XML is written by hand, so that a mistake of a codec is not hidden by itself.
 * Before: host/stage.ts. After: host/pep/requests.ts.
 */
import { child, elements, text, type XmlElement } from '../../xml/element.ts';
import { errorOf } from '../pam/stage.ts';
import type { Client } from '../stage.ts';

export const PUBSUB = 'http://jabber.org/protocol/pubsub';
export const TUNE = 'http://jabber.org/protocol/tune';

/** A form with these options. */
export function options(fields: Readonly<Record<string, string>>, type: string): string {
  const all = Object.entries({ FORM_TYPE: `${PUBSUB}#${type}`, ...fields });
  const written = all.map(([name, value]) => `<field var='${name}'><value>${value}</value></field>`);
  return `<x xmlns='jabber:x:data' type='submit'>${written.join('')}</x>`;
}

export interface Publishing {
  readonly node?: string;
  readonly id?: string;
  readonly options?: Readonly<Record<string, string>>;
}

/** Publishes a text; returns the answer. */
export async function publish(
  client: Client,
  body: string,
  publishing: Publishing = {},
): Promise<XmlElement> {
  const { node = TUNE, id, options: wanted } = publishing;
  const item = `<item${id === undefined ? '' : ` id='${id}'`}><t xmlns='urn:t'>${body}</t></item>`;
  const beside =
    wanted === undefined ? '' : `<publish-options>${options(wanted, 'publish-options')}</publish-options>`;
  return client.iq(
    `<pubsub xmlns='${PUBSUB}'><publish node='${node}'>${item}</publish>${beside}</pubsub>`,
    'set',
  );
}

export async function retract(client: Client, id: string, node = TUNE): Promise<XmlElement> {
  const item = `<item id='${id}'/>`;
  return client.iq(`<pubsub xmlns='${PUBSUB}'><retract node='${node}'>${item}</retract></pubsub>`, 'set');
}

/** A request of the owner, about the node TUNE unless another one is named. */
export async function asOwner(
  client: Client,
  verb: string,
  inside = '',
  type: 'get' | 'set' = 'set',
): Promise<XmlElement> {
  return client.iq(
    `<pubsub xmlns='${PUBSUB}#owner'><${verb} node='${TUNE}'>${inside}</${verb}></pubsub>`,
    type,
  );
}

/** The items of a node as `id: text`, or the error. */
export async function fetch(client: Client, of?: string, node = TUNE, more = ''): Promise<string> {
  const [attrs = '', inside = ''] = more.startsWith('<') ? ['', more] : [more];
  const answer = await client.iq(
    `<pubsub xmlns='${PUBSUB}'><items node='${node}' ${attrs}>${inside}</items></pubsub>`,
    'get',
    of,
  );
  const pubsub = child(answer, 'pubsub', PUBSUB);
  const items = pubsub && child(pubsub, 'items');
  if (items === undefined) return errorOf(answer);
  return elements(items).map(itemText).join(', ');
}

/** The events that have arrived, each as `sender node: what`; they are taken out. */
export async function events(client: Client): Promise<string[]> {
  await client.sync();
  const isEvent = (stanza: XmlElement) =>
    stanza.name === 'message' && child(stanza, 'event', `${PUBSUB}#event`) !== undefined;
  return client.inbox.takeAll(isEvent).map((message) => {
    const event = child(message, 'event', `${PUBSUB}#event`);
    const [what] = event === undefined ? [] : elements(event);
    if (what === undefined) return 'nothing';
    const inside = elements(what).map(itemText).join(', ');
    return `${message.attrs['from'] ?? ''} ${what.attrs['node'] ?? ''}: ${inside || what.name}`;
  });
}

function itemText(item: XmlElement): string {
  const [payload] = elements(item);
  const id = item.attrs['id'] ?? '';
  return item.name === 'retract' ? `-${id}` : `${id}: ${payload === undefined ? '' : text(payload)}`;
}

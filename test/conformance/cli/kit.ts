/**
 * What a client must do, seen from outside: people with the client library, a channel, and a record of the wire.
 * Opens the stage, reads what a client has sent, and puts words into the server's mouth.
 * Does not know what is asked for (the tests beside it).
 * Always: streams are not resumed, so that what is put in is not counted; every test looks at bytes on the socket.
 * Before: src/testing/client-stage.ts. After: test/conformance/cli/ways.test.ts.
 */
import { afterEach, beforeEach, vi } from 'vitest';
import {
  createChannel,
  join,
  openChannel,
  type Client,
  type JoinOptions,
  type LiveChannel,
} from '../../../src/node/index.ts';
import type { HostOptions } from '../../../src/host/host.ts';
import type { ConfigOptions } from '../../../src/xep/0406-admin/client.ts';
import { ClientStage, type Person } from '../../../src/testing/client-stage.ts';
import { el, elements, type XmlElement } from '../../../src/xml/element.ts';
import { defaultLimits, StreamReader } from '../../../src/xml/reader.ts';

export { until, type Person } from '../../../src/testing/client-stage.ts';

export const SERVICE = 'mix.localhost';
const WAIT_MS = 15_000;

export interface Scene {
  readonly stage: ClientStage;
  /** Owns the channels. */
  readonly hecate: Person;
  readonly hag: Person;
  /** Makes a channel with hidden addresses, which Hecate joins. */
  coven(config?: Partial<ConfigOptions>): Promise<string>;
  /** Hag joins it. */
  enter(channel: string, options?: JoinOptions): Promise<string>;
  /** Opens it, until the test is over, and waits for what there is. */
  open(client: Client, channel: string, options?: Parameters<typeof openChannel>[2]): Promise<LiveChannel>;
}

/** The scene of the test that is running; `host` says what the host is like. */
export function scene(host: () => Partial<HostOptions> = () => ({})): Scene {
  let stage: ClientStage;
  let hecate: Person;
  let hag: Person;
  const open: LiveChannel[] = [];
  beforeEach(async () => {
    stage = await ClientStage.open(host());
    hecate = await stage.enter('hecate', { isResumed: false });
    hag = await stage.enter('hag66', { isResumed: false });
  });
  afterEach(async () => {
    for (const live of open.splice(0)) live.close();
    await stage.close();
  });
  return {
    get stage() {
      return stage;
    },
    get hecate() {
      return hecate;
    },
    get hag() {
      return hag;
    },
    async coven(config = {}) {
      const channel = await createChannel(hecate.client, SERVICE, { name: 'coven', config });
      await join(hecate.client, channel, { nick: 'Hecate' });
      return channel;
    },
    async enter(channel, options = {}) {
      return (await join(hag.client, channel, { nick: 'Hag', ...options })).id;
    },
    async open(client, channel, options) {
      const live = openChannel(client, channel, options);
      open.push(live);
      await eventually(() => !live.isLoading && live.info !== undefined && live.self.nick !== undefined);
      return live;
    },
  };
}

/** What the client has sent since it logged in, as elements. */
export function sentBy({ line }: Person): XmlElement[] {
  const stanzas: XmlElement[] = [];
  const ignore = (): void => undefined;
  const reader = new StreamReader(defaultLimits, {
    onOpen: ignore,
    onStanza: (stanza) => void stanzas.push(stanza),
    onRefused: ignore,
    onClose: ignore,
    onError: (condition) => {
      throw new Error(condition);
    },
  });
  reader.write(Buffer.from(line.sent.slice(line.sent.lastIndexOf('<stream:stream'))));
  return stanzas;
}

/** The requests among it: each with its payload. */
export function requestsBy(
  person: Person,
): { readonly to: string | undefined; readonly payload: XmlElement }[] {
  return sentBy(person)
    .filter(({ name, attrs }) => name === 'iq' && (attrs['type'] === 'get' || attrs['type'] === 'set'))
    .flatMap((iq) => elements(iq).map((payload) => ({ to: iq.attrs['to'], payload })));
}

/** Forgets what the client has sent so far; the stream's header stays. */
export function forget({ line }: Person): void {
  const header = /<stream:stream[^>]*>/.exec(line.sent.slice(line.sent.lastIndexOf('<stream:stream')));
  line.sent = header?.[0] ?? '';
}

/** Waits until it holds. */
export async function eventually<Found>(
  look: () => Found | false | undefined | Promise<Found | false | undefined>,
): Promise<Found> {
  return vi.waitFor(
    async () => {
      const found = await look();
      if (found === undefined || found === false) throw new Error(`in vain: ${look.toString()}`);
      return found;
    },
    { timeout: WAIT_MS, interval: 5 },
  );
}

/** Everything that this client was sent before has been read: what was put in came before the answer. */
export async function settled({ client }: Person): Promise<void> {
  await client.request('get', client.domain, el('ping', 'urn:xmpp:ping'));
}

/** A message of a channel as it is reflected, with anything in it. */
export function reflection(
  person: Person,
  from: string,
  { id, nick = 'Hag', inside, by }: { id: string; nick?: string; inside: string; by?: string },
): string {
  const channel = from.split('/', 1)[0] ?? '';
  const stanzaId = by === '' ? '' : `<stanza-id xmlns='urn:xmpp:sid:0' by='${by ?? channel}' id='${id}'/>`;
  return (
    `<message xmlns='jabber:client' type='groupchat' from='${from}' to='${person.client.account}' id='${id}'>` +
    `${inside}<mix xmlns='urn:xmpp:mix:core:1'><nick>${nick}</nick></mix>${stanzaId}</message>`
  );
}

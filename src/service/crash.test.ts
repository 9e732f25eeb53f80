/** A service that is killed with a thousand messages in flight, twice, and started again on what it had written. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ChannelName } from '../jid/public-jid.ts';
import { openSqlite } from '../storage/sqlite/sqlite.ts';
import { source, spawnScript } from '../testing/child.ts';
import { DOMAIN } from '../testing/rules-kit.ts';
import { el, type XmlElement } from '../xml/element.ts';
import { defaultLimits, parseElement, StreamReader } from '../xml/reader.ts';
import { serialize } from '../xml/write.ts';

const CLIENT = 'jabber:client';
const COVEN = 'coven' as ChannelName;
const PEOPLE = Array.from({ length: 5 }, (_, at) => `p${at}@people.example`);
const MESSAGES = 1000;

const CHILD = `
  import { randomBytes } from 'node:crypto';
  import { createService } from ${source('service/service.ts')};
  import { DEFAULT_LIMITS } from ${source('service/limits.ts')};
  import { openSqlite } from ${source('storage/sqlite/sqlite.ts')};
  import { componentTransport } from ${source('transport/component.ts')};
  import { defaultLimits } from ${source('xml/reader.ts')};
  const [file, port] = process.argv.slice(1);
  const say = (...words) => console.error(...words);
  const log = { debug: () => undefined, info: () => undefined, warn: say, error: say };
  const store = openSqlite(file);
  const service = createService({
    domain: ${JSON.stringify(DOMAIN)}, name: 'x', admins: [], create: 'anyone', localDomain: undefined, version: '0',
    limits: { ...DEFAULT_LIMITS, stanzasPerSecond: 1e6, stanzasBurst: 1e6 },
    store, log,
    transport: componentTransport({
      host: '127.0.0.1', port: Number(port), domain: ${JSON.stringify(DOMAIN)}, secret: 's',
      limits: defaultLimits, log, random: Math.random,
    }),
    clock: { now: Date.now, after: (ms, run) => { const timer = setTimeout(run, ms); return () => clearTimeout(timer); } },
    random: { bytes: (count) => randomBytes(count) },
  });
  process.on('SIGTERM', () => void service.stop(5000).then(() => store.close()).then(() => process.exit(0)));
  await service.start();`;

/** The server that the service is attached to; it accepts any secret. */
class Sink {
  readonly stanzas: XmlElement[] = [];
  onMessage: () => void = () => undefined;
  #socket: Socket | undefined;
  #server: Server | undefined;
  #onUp: () => void = () => undefined;

  async listen(): Promise<number> {
    this.#server = createServer((socket) => this.#accept(socket));
    await once(this.#server.listen(0, '127.0.0.1'), 'listening');
    return (this.#server.address() as AddressInfo).port;
  }

  /** Resolves at the next handshake. */
  up(): Promise<void> {
    return new Promise((resolve) => {
      this.#onUp = resolve;
    });
  }

  close(): void {
    this.#socket?.destroy();
    this.#server?.close();
  }

  send(stanza: XmlElement): void {
    this.#socket?.write(serialize(stanza));
  }

  async ask(from: string, to: string, payload: string): Promise<void> {
    const id = `ask-${this.stanzas.length}-${from}`;
    this.send(el('iq', CLIENT, { type: 'set', id, from, to }, [parseElement(payload)]));
    while (!this.stanzas.some(({ attrs }) => attrs['id'] === id)) await sleep(5);
  }

  /** Resolves when nothing came for a while. */
  async quiet(ms = 300): Promise<void> {
    let seen = -1;
    while (seen !== this.stanzas.length) {
      seen = this.stanzas.length;
      await sleep(ms);
    }
  }

  #accept(socket: Socket): void {
    this.#socket = socket;
    socket.on('error', () => undefined);
    const reader = new StreamReader(defaultLimits, {
      onOpen: () => {
        socket.write(
          `<stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' from='${DOMAIN}' id='1'>`,
        );
      },
      onClose: () => {
        socket.end('</stream:stream>');
      },
      onStanza: (stanza) => this.#onStanza(stanza),
      onRefused: (_header, why) => {
        throw new Error(why);
      },
      onError: () => undefined,
    });
    socket.on('data', (bytes) => reader.write(bytes));
  }

  #onStanza(stanza: XmlElement): void {
    const { name, attrs } = stanza;
    const { id, to, from } = attrs;
    if (name === 'handshake') {
      this.#socket?.write('<handshake/>');
      this.#onUp();
    } else if (name === 'iq' && to === DOMAIN && from === DOMAIN) this.send(stanza);
    else if (name === 'iq' && id?.startsWith('about-') === true)
      this.send(el('iq', CLIENT, { type: 'error', id, from: to, to: from }));
    else {
      this.stanzas.push(stanza);
      if (name === 'message') this.onMessage();
    }
  }
}

let folder: string;
let sink: Sink;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vizard-crash-'));
  sink = new Sink();
});
afterEach(() => {
  sink.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The ids that somebody was sent, in the order in which they first came. */
function received(who: string): string[] {
  const ids = sink.stanzas
    .filter(({ attrs }) => attrs['type'] === 'groupchat' && attrs['to'] === who)
    .map(({ attrs }) => attrs['id'] ?? '');
  return [...new Set(ids)];
}

async function populate(): Promise<void> {
  await sink.ask('owner@people.example', DOMAIN, `<create xmlns='urn:xmpp:mix:core:1' channel='coven'/>`);
  for (const who of PEOPLE) {
    const nodes = `<subscribe node='urn:xmpp:mix:nodes:messages'/><nick>${who.slice(0, 2)}</nick>`;
    await sink.ask(who, `${COVEN}@${DOMAIN}`, `<join xmlns='urn:xmpp:mix:core:1'>${nodes}</join>`);
  }
}

/** Everybody talks at once, until so many copies came out and the child is killed. */
async function talkUntilKilled(victim: ChildProcess, copies: number, name: string): Promise<void> {
  const died = once(victim, 'exit');
  let count = 0;
  sink.onMessage = () => {
    count += 1;
    if (count === copies) victim.kill('SIGKILL');
  };
  for (let at = 0; at < MESSAGES; at += 1) {
    const from = `${PEOPLE[at % PEOPLE.length]}/client`;
    const body = el('body', CLIENT, {}, [`message ${at}`]);
    const attrs = { type: 'groupchat', id: `${name}-${at}`, from, to: `${COVEN}@${DOMAIN}` };
    sink.send(el('message', CLIENT, attrs, [body]));
  }
  await died;
  sink.onMessage = () => undefined;
  expect(victim.signalCode).toBe('SIGKILL');
}

test('D-100: what anybody got is in the archive, and what is there reaches everybody in its order', async () => {
  const port = await sink.listen();
  const file = join(folder, 'vizard.db');
  const run = async () => {
    const isUp = sink.up();
    const child = spawnScript(CHILD, [file, String(port)], folder);
    await isUp;
    return child;
  };
  const first = await run();
  await populate();
  await talkUntilKilled(first, 20, 'first');
  await talkUntilKilled(await run(), 2500, 'second');
  const before = PEOPLE.map(received);

  const heir = await run();
  await sink.quiet();
  const ended = once(heir, 'exit');
  heir.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);

  const store = openSqlite(file);
  const { items } = await store.archive(COVEN, { page: { max: 2 * MESSAGES } });
  const archived = items.map(({ id }) => id);
  expect(await store.pending(undefined, 1)).toEqual([]);
  await store.close();
  expect(archived.length).toBeGreaterThan(500);
  for (const [at, who] of PEOPLE.entries()) {
    expect(before[at]!.filter((id) => !archived.includes(id))).toEqual([]);
    expect(received(who)).toEqual(archived);
  }
}, 60_000);

import { describe, expect, test } from 'vitest';
import { el, type XmlElement } from '../xml/element.ts';
import { defaultLimits } from '../xml/reader.ts';
import { toFragment } from '../xml/write.ts';
import { pair, type PairOptions } from './pair.ts';
import { wireText } from './wire-text.ts';

const NS = 'jabber:client';
const message = (id: string, body: string = id) =>
  `<message from="a@example" to="c@mix.example" id="${id}"><body>${body}</body></message>`;
const ids = (stanzas: XmlElement[]) => stanzas.map(({ attrs }) => attrs['id']);

function open(options: PairOptions = {}) {
  const { service, server } = pair(options);
  const seen: string[] = [];
  const atService: XmlElement[] = [];
  const atServer: XmlElement[] = [];
  const bytes: string[] = [];
  server.onBytes = (text) => bytes.push(text);
  server.onStanza = (stanza) => atServer.push(stanza);
  const started = service.start({
    onUp: () => seen.push('up'),
    onDown: (reason) => seen.push(`down: ${reason}`),
    onStanza: (stanza) => {
      if (stanza.attrs['id'] === 'boom') throw new Error('a bug');
      atService.push(stanza);
    },
    onExcess: (header, why) => seen.push(`excess: ${header.attrs['id'] ?? ''} ${why}`),
    onDrain: () => seen.push('drain'),
  });
  return { service, server, started, seen, atService, atServer, bytes };
}

/** Lets everything that is under way arrive. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
}

describe('a pair', () => {
  test('brings up the link later, not within start', async () => {
    const { service, started, seen } = open();
    expect(service.up).toBe(false);
    expect(seen).toEqual([]);
    await started;
    expect(service.up).toBe(true);
    expect(seen).toEqual(['up']);
  });

  test('brings what the service writes, as bytes and as stanzas, later and in order', async () => {
    const { service, started, atServer, bytes } = open();
    await started;
    const both = wireText(message('one', 'två 😀') + message('two'));
    expect(service.write(both)).toBe(true);
    expect(service.write(wireText(message('three')))).toBe(true);
    expect(bytes).toEqual([]);
    await settle();
    expect(bytes).toEqual([both, message('three')]);
    expect(Buffer.from(bytes[0]!, 'latin1').toString()).toContain('två 😀');
    expect(ids(atServer)).toEqual(['one', 'two', 'three']);
    expect(atServer[0]!.children).toEqual([el('body', NS, {}, ['två 😀'])]);
  });

  test('brings what the server sends, as text or as elements, later and in order', async () => {
    const { server, started, atService } = open();
    await started;
    const plain = el('message', NS, { id: 'two' }, [el('body', NS, {}, ['text'])]);
    const body = toFragment([el('body', NS, {}, ['text'])]);
    server.send(message('one', 'två'));
    server.send(plain);
    server.send(el('message', NS, { id: 'three' }, [body]));
    expect(atService).toEqual([]);
    await settle();
    expect(ids(atService)).toEqual(['one', 'two', 'three']);
    expect(atService[1]).toBe(plain);
    expect(atService[2]!.children).toEqual(plain.children);
  });

  test('what the server sends before the service is up waits', async () => {
    const { service, server } = pair();
    server.send(message('early'));
    const got: XmlElement[] = [];
    const nothing = () => undefined;
    const onStanza = (stanza: XmlElement) => void got.push(stanza);
    await service.start({ onUp: nothing, onDown: nothing, onExcess: nothing, onDrain: nothing, onStanza });
    await settle();
    expect(ids(got)).toEqual(['early']);
  });

  test('a cut loses what is under way in both directions; restore brings the link up again', async () => {
    const { service, server, started, seen, atService, atServer } = open();
    await started;
    service.write(wireText(message('arrives')));
    await settle();
    service.write(wireText(message('lost')));
    server.send(message('lost'));
    server.cut('a test');
    expect(service.up).toBe(false);
    expect(service.write(wireText(message('lost')))).toBe(false);
    server.send(message('lost'));
    expect(seen).toEqual(['up']);
    await settle();
    expect(seen).toEqual(['up', 'down: a test']);
    server.restore();
    server.send(message('two'));
    await settle();
    service.write(wireText(message('three')));
    await settle();
    expect(seen).toEqual(['up', 'down: a test', 'up']);
    expect(ids(atService)).toEqual(['two']);
    expect(ids(atServer)).toEqual(['arrives', 'three']);
  });

  test('cut and restore in one turn are a loss all the same', async () => {
    const { server, started, seen } = open();
    await started;
    server.cut();
    server.restore();
    server.cut();
    server.restore();
    await settle();
    expect(seen).toEqual(['up', 'down: cut', 'up']);
  });

  test('a slow server makes write return false; everything arrives when it reads again', async () => {
    const { service, server, started, seen, atServer } = open();
    await started;
    server.slow(true);
    expect(service.write(wireText(message('one')))).toBe(false);
    expect(service.write(wireText(message('two')))).toBe(false);
    await settle();
    expect(atServer).toEqual([]);
    server.slow(false);
    await settle();
    expect(ids(atServer)).toEqual(['one', 'two']);
    expect(seen).toEqual(['up', 'drain']);
    expect(service.write(wireText(message('three')))).toBe(true);
  });

  test('also a fast server has no room for everything at once', async () => {
    const { service, started, seen } = open();
    await started;
    const big = wireText(message('x', 'x'.repeat(50_000)));
    expect([1, 2, 3].map(() => service.write(big))).toEqual([true, true, false]);
    await settle();
    expect(seen).toEqual(['up', 'drain']);
  });

  test('pause holds back what the server sends, also over a loss', async () => {
    const { service, server, started, atService } = open();
    await started;
    service.pause();
    server.send(message('one'));
    await settle();
    server.cut();
    server.restore();
    await settle();
    server.send(message('two'));
    await settle();
    expect(atService).toEqual([]);
    service.resume();
    await settle();
    expect(ids(atService)).toEqual(['two']);
  });

  test('limits hold for text from the server; garbage loses the link, which comes back', async () => {
    const { server, started, seen, atService } = open({
      limits: { ...defaultLimits, stanzaBytesMax: 1_000 },
    });
    await started;
    server.send(message('huge', 'x'.repeat(2_000)));
    server.send(message('next'));
    await settle();
    server.send('<message></iq>');
    await settle();
    server.send(message('after'));
    await settle();
    expect(seen).toEqual([
      'up',
      'excess: huge too-large',
      expect.stringContaining('down: not-well-formed') as string,
      'up',
    ]);
    expect(ids(atService)).toEqual(['next', 'after']);
  });

  test('a handler that throws is logged; the stanzas behind it arrive', async () => {
    const errors: unknown[] = [];
    const ignore = () => undefined;
    const log = {
      debug: ignore,
      info: ignore,
      warn: ignore,
      error: (fields: object) => void errors.push(fields),
    };
    const { service, server, started, atService } = open({ log });
    await started;
    server.send(message('boom'));
    server.send(message('next'));
    service.write(wireText('</stream:stream>'));
    await settle();
    expect(ids(atService)).toEqual(['next']);
    expect(errors.map(String)).toHaveLength(2);
  });

  test('stop lets what was written arrive, and ends the events', async () => {
    const { service, server, started, seen, atService, atServer } = open();
    await started;
    server.slow(true);
    service.write(wireText(message('last')));
    server.send(message('none'));
    await service.stop(1_000);
    expect(ids(atServer)).toEqual(['last']);
    expect(service.up).toBe(false);
    expect(service.write(wireText(message('none')))).toBe(false);
    server.send(message('none'));
    server.cut();
    server.restore();
    await settle();
    expect(atService).toEqual([]);
    expect(seen).toEqual(['up']);
  });

  test('a simulation brings its own order of events', async () => {
    const work: (() => void)[] = [];
    const { service, server, atServer, atService, seen } = open({ defer: (item) => work.push(item) });
    const run = () => {
      for (const item of work.splice(0)) item();
    };
    run();
    expect(seen).toEqual(['up']);
    service.write(wireText(message('one')));
    server.send(message('two'));
    expect(ids([...atServer, ...atService])).toEqual([]);
    run();
    expect(ids([...atServer, ...atService])).toEqual(['one', 'two']);
    await Promise.resolve();
  });
});

import { afterEach, describe, expect, test } from 'vitest';
import { childText } from '../xml/element.ts';
import { handshakeDigest } from '../xep/0114-component/handshake.ts';
import {
  accept,
  cleanUp,
  goAway,
  HANDSHAKE,
  HEADER,
  ids,
  listen,
  message,
  open,
  refuse,
  SECRET,
  sockets,
  until,
} from './scripted-server.ts';
import { LinkRefused } from './transport.ts';
import { wireText } from './wire-text.ts';

afterEach(cleanUp);

describe('opening (GEN-48)', () => {
  test('the handshake is the one of the document', () => {
    expect(handshakeDigest('3BF96D32', 'test')).toBe('aaee83c26aeeafcbabeabfcbcd50df997e0a2a1e');
    expect(handshakeDigest('ü', 'ß')).toBe('2b0d02c4c72a9520d301b031438810d62ec0377d');
  });

  test('stanzas in the segment of the handshake arrive, after onUp, as jabber:client', async () => {
    const { started, seen, stanzas } = open(await listen(accept(message('one') + message('two', 'två'))));
    await started;
    await until(() => stanzas.length === 2);
    expect(seen).toEqual(['up']);
    expect(ids(stanzas)).toEqual(['one', 'two']);
    expect(stanzas.map(({ ns }) => ns)).toEqual(['jabber:client', 'jabber:client']);
    expect(childText(stanzas[1]!, 'body')).toBe('två');
  });

  test('the server may cut its bytes anywhere', async () => {
    const port = await listen(async (socket, said) => {
      socket.setNoDelay(true);
      await said('to="mix.example">');
      const drip = async (text: string) => {
        for (const byte of Buffer.from(text)) {
          socket.write(Buffer.of(byte));
          await new Promise(setImmediate);
        }
      };
      await drip(HEADER);
      await said(HANDSHAKE);
      await drip(`<handshake/>${message('one', 'två 😀')} ${message('two')}`);
    });
    const { started, stanzas } = open(port);
    await started;
    await until(() => stanzas.length === 2);
    expect(childText(stanzas[0]!, 'body')).toBe('två 😀');
  });

  test('a server that is not there is waited for', async () => {
    const port = await listen(accept(''));
    const comeBack = await goAway(port);
    const { link, started, seen, logged } = open(port);
    await until(() => logged.length > 2);
    expect(logged[0]).toMatchObject({
      level: 'warn',
      text: expect.stringContaining('cannot connect') as string,
    });
    expect(link.up).toBe(false);
    expect(link.write(wireText(message('lost')))).toBe(false);
    comeBack();
    await started;
    expect(seen).toEqual(['up']);
  });

  test('a server that does not answer the handshake is left', async () => {
    const { started, logged } = open(await listen(() => undefined, accept('')), { handshakeTimeoutMs: 30 });
    await started;
    expect(logged[0]?.fields).toMatchObject({ reason: expect.stringContaining('within 30 ms') as string });
  });

  test('something that is not XMPP is named as such', async () => {
    const port = await listen((socket) => void socket.write('SSH-2.0-OpenSSH_9.2\r\n'), accept(''));
    const { started, logged } = open(port);
    await started;
    expect(logged[0]?.fields).toMatchObject({
      reason: expect.stringContaining('does not speak XMPP') as string,
    });
  });

  test('stop ends a start that waits', async () => {
    const { link, started, seen } = open(await listen((socket) => void socket.end()));
    await link.stop(1_000);
    await started;
    expect(seen).toEqual([]);
  });
});

describe('refusals (GEN-48)', () => {
  test.each([
    ['not-authorized', 'does not accept our secret', 'VIZARD_SERVER__SECRET'],
    ['host-unknown', 'no component named mix.example', '[service]'],
    ['improper-addressing', 'no component named mix.example', 'component_secret'],
    ['invalid-namespace', 'not for components', 'ejabberd_service'],
  ])('%s ends the first start, and says what to do', async (condition, what, remedy) => {
    const { link, started, logged } = open(await listen(refuse(condition, 'in their words')));
    const error = await started.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(LinkRefused);
    const { message: text } = error as LinkRefused;
    expect(text).toContain(what);
    expect(text).toContain(remedy);
    expect(text).toContain(`${condition}: in their words`);
    expect(text + JSON.stringify(logged)).not.toContain(SECRET);
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(link.up).toBe(false);
    expect(sockets.length).toBe(1);
  });

  test('a conflict is said, and tried again', async () => {
    const busy = refuse('conflict', 'Component already connected');
    const { started, seen, logged } = open(await listen(busy, busy, accept('')));
    await started;
    expect(seen).toEqual(['up']);
    expect(logged[0]).toMatchObject({
      level: 'warn',
      text: expect.stringContaining('another connection already speaks for mix.example') as string,
    });
  });

  test('a refusal after the link was up once is an error, and tried again slowly', async () => {
    const port = await listen(
      accept('', (socket) => void socket.end('</stream:stream>')),
      refuse('not-authorized', ''),
      accept(''),
    );
    const { started, seen, logged } = open(port);
    await started;
    await until(() => seen.length === 3);
    expect(seen).toEqual(['up', 'down: the server ended the stream', 'up']);
    const error = logged.find(({ level }) => level === 'error');
    expect(error).toMatchObject({ fields: { condition: 'not-authorized', delayMs: 30 } });
  });
});

describe('stopping', () => {
  test('what was written arrives before the end tag; the end waits for that of the server', async () => {
    let heard = '';
    const port = await listen(
      accept('', async (socket, said) => {
        socket.on('data', (bytes) => (heard += bytes.toString()));
        await said('</stream:stream>');
        socket.write(message('late'));
        setTimeout(() => socket.end('</stream:stream>'), 30);
      }),
    );
    const { link, started, seen, stanzas } = open(port);
    await started;
    link.pause();
    link.write(wireText(message('last')));
    await link.stop(5_000);
    expect(heard).toBe(`${message('last')}</stream:stream>`);
    expect(link.up).toBe(false);
    expect(link.write(wireText(message('none')))).toBe(false);
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(seen).toEqual(['up']);
    expect(stanzas).toEqual([]);
    expect(sockets.length).toBe(1);
  });

  test('a server that does not answer the end is left after the time given', async () => {
    const { link, started } = open(await listen(accept('')));
    await started;
    const before = performance.now();
    await link.stop(50);
    expect(performance.now() - before).toBeGreaterThan(40);
    expect(performance.now() - before).toBeLessThan(2_000);
  });

  test('stop also ends the wait for the next try', async () => {
    const port = await listen(accept('', (socket) => void socket.destroy()));
    const { link, started, seen } = open(port, { reconnectMinMs: 10_000, reconnectMaxMs: 10_000 });
    await started;
    await until(() => seen.length === 2);
    await link.stop(1_000);
    expect(sockets.length).toBe(1);
  });
});

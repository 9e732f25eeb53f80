import { afterEach, describe, expect, test } from 'vitest';
import { defaultLimits } from '../xml/reader.ts';
import { accept, cleanUp, ids, listen, message, open, type Play, until } from './scripted-server.ts';
import { wireText } from './wire-text.ts';

afterEach(cleanUp);

describe('losing the link (GEN-50)', () => {
  test.each<[string, Play, string]>([
    ['is cut', (socket) => void socket.destroy(), 'the connection was closed'],
    ['ends', (socket) => void socket.end('</stream:stream>'), 'the server ended the stream'],
    [
      'ends with an error',
      (socket) =>
        void socket.end(
          '<stream:error><system-shutdown xmlns="urn:ietf:params:xml:ns:xmpp-streams"/></stream:error></stream:stream>',
        ),
      'the server ended the stream (system-shutdown)',
    ],
  ])('a stream that %s is made again', async (_what, end, reason) => {
    const port = await listen(accept(message('one'), end), accept(message('two')));
    const { link, started, seen, stanzas } = open(port);
    await started;
    await until(() => stanzas.some(({ attrs }) => attrs['id'] === 'two'));
    expect(seen).toEqual(['up', `down: ${reason}`, 'up']);
    expect(link.up).toBe(true);
  });

  test.each([
    ['not-well-formed', '<message></iq>'],
    ['restricted-xml', '<!-- a comment -->'],
    ['unsupported-encoding', Buffer.of(0x3c, 0x6d, 0xff, 0xfe)],
  ])('garbage is answered with %s, and the link made again', async (condition, garbage) => {
    let wasAnswered = false;
    const port = await listen(
      accept(message('one'), async (socket, said) => {
        socket.write(garbage);
        await said(`<stream:error xmlns:stream="http://etherx.jabber.org/streams"><${condition} xmlns=`);
        await said('</stream:error></stream:stream>');
        wasAnswered = true;
      }),
      accept(message('two')),
    );
    const { started, seen, stanzas } = open(port);
    await started;
    await until(() => wasAnswered && stanzas.length === 2);
    expect(seen).toEqual(['up', expect.stringContaining(`cannot be read (${condition}`) as string, 'up']);
  });
});

describe('while the link is up', () => {
  test('a stanza over the limits is skipped and reported, the next one arrives', async () => {
    const huge = message('huge', 'x'.repeat(20_000));
    const { started, seen, stanzas } = open(await listen(accept(huge + message('next'))), {
      limits: { ...defaultLimits, stanzaBytesMax: 10_000 },
    });
    await started;
    await until(() => stanzas.length === 1);
    expect(seen).toEqual(['up', 'excess: message huge too-large']);
    expect(ids(stanzas)).toEqual(['next']);
  });

  test('a handler that throws is logged; the stanzas behind it arrive', async () => {
    const { link, started, stanzas, logged } = open(await listen(accept(message('boom') + message('next'))));
    await started;
    await until(() => stanzas.length === 1);
    expect(link.up).toBe(true);
    expect(logged.find(({ level }) => level === 'error')?.fields).toMatchObject({
      kind: 'message',
      id: 'boom',
    });
  });

  test('a server that does not read makes write return false, then onDrain comes, and nothing is lost', async () => {
    let resume = () => undefined as unknown;
    let received = 0;
    let end = '';
    const port = await listen(
      accept('', (socket) => {
        socket.pause();
        socket.on('data', (bytes) => {
          received += bytes.length;
          end = (end + bytes.toString('latin1')).slice(-100);
        });
        // The listener above would have made it flow again.
        socket.pause();
        resume = () => socket.resume();
      }),
    );
    const { link, started, seen } = open(port);
    await started;
    const stanza = wireText(message('x', 'é'.repeat(20_000)));
    let sent = 0;
    let hasRoom = true;
    while (hasRoom && sent < 5_000) {
      hasRoom = link.write(stanza);
      sent++;
      await new Promise(setImmediate);
    }
    expect(hasRoom).toBe(false);
    expect(seen).toEqual(['up']);
    const last = wireText(message('last', 'smal 😀'));
    expect(link.write(last)).toBe(false);
    resume();
    await until(() => received >= sent * stanza.length + last.length);
    expect(received).toBe(sent * stanza.length + last.length);
    expect(Buffer.from(end, 'latin1').toString()).toContain('<body>smal 😀</body></message>');
    await until(() => seen.length > 1);
    expect(seen).toEqual(['up', 'drain']);
    expect(link.write(wireText(message('more')))).toBe(true);
  });

  test('pause stops the server, resume brings the rest; a new link is paused, too', async () => {
    const port = await listen(
      accept('', async (socket, said) => {
        await said('go');
        socket.write(message('one'));
        await said('cut');
        socket.destroy();
      }),
      accept('', (socket) => void setTimeout(() => socket.write(message('two')), 20)),
    );
    const { link, started, seen, stanzas } = open(port);
    await started;
    link.pause();
    link.write(wireText(message('go')));
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect(stanzas).toEqual([]);
    link.resume();
    await until(() => stanzas.length === 1);
    link.write(wireText(message('cut')));
    await until(() => seen.length === 2);
    link.pause();
    await until(() => link.up);
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(ids(stanzas)).toEqual(['one']);
    link.resume();
    await until(() => stanzas.length === 2);
  });

  test('an idle link gets a space now and then', async () => {
    let hasSpaces = false;
    const port = await listen(
      accept('', async (_socket, said) => {
        await said('</handshake>  ');
        hasSpaces = true;
      }),
    );
    const { started } = open(port, { keepAliveMs: 20 });
    await started;
    await until(() => hasSpaces);
  });

  test('a server that stops reading for good is left', async () => {
    const port = await listen(
      accept('', (socket) => void socket.pause()),
      accept(''),
    );
    const { link, started, seen } = open(port, { keepAliveMs: 50 });
    await started;
    while (link.write(wireText(message('x', 'x'.repeat(20_000))))) await new Promise(setImmediate);
    await until(() => seen.length === 3);
    expect(seen).toEqual(['up', 'down: the server has stopped reading', 'up']);
  });
});

/**
 * RFC 6120 §4, §5 from the client's side: streams that are not what they should be.
 * Speaks for a server on a plain socket, byte by byte.
 * Does not check certificates (test/interop/client.mjs does, with real ones).
 * Always: a bad stream is an error, not a client that hangs.
 * Before: node/tcp.ts. After: node/index.ts.
 */
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { connect } from './index.ts';

const HEADER = `<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' from='localhost' id='x' version='1.0'>`;
const TLS = `<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls>`;
const MECHANISMS = `<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism></mechanisms>`;
const features = (inside: string) => `<stream:features>${inside}</stream:features>`;

let server: Server;
const sockets: Socket[] = [];
afterEach(() => {
  server.close();
  for (const socket of sockets.splice(0)) socket.destroy();
});

/** A server that says these texts, one for each time that it hears something. */
async function endpoint(...texts: (string | undefined)[]): Promise<string> {
  server = createServer((socket) => {
    sockets.push(socket);
    const left = [...texts];
    socket.on('error', () => undefined);
    socket.on('data', () => {
      const text = left.shift();
      if (text === undefined) socket.destroy();
      else socket.write(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const account = { account: 'hag66@localhost', password: 'x', timeoutMs: 2_000 };
const lost = (condition?: string): unknown => expect.objectContaining({ name: 'ConnectionLost', condition });

test.each([
  ['no XML', ['HTTP/1.1 400 Bad Request\r\n\r\n'], lost('not-well-formed')],
  ['a document type', [`<?xml version='1.0'?><!DOCTYPE x>`], lost('restricted-xml')],
  ['no features', [`${HEADER}<message/>`], lost('undefined-condition')],
  [
    'an error',
    [`${HEADER}<stream:error><host-unknown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>`],
    lost('host-unknown'),
  ],
  ['an end', [`${HEADER}</stream:stream>`], lost()],
  ['nothing', [], lost()],
  ['silence', [''], lost()],
  ['a flood', [HEADER + '<a/>'.repeat(300)], lost('undefined-condition')],
  [
    'a failure to encrypt',
    [HEADER + features(TLS), `<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:stream>`],
    lost(),
  ],
  [
    'what is no TLS',
    [HEADER + features(TLS), `<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>`, 'x'.repeat(100)],
    lost(),
  ],
])('%s is an error', async (_, texts, error) => {
  await expect(connect({ ...account, endpoint: await endpoint(...texts) })).rejects.toThrow(error);
});

test('what was said before encryption began is not believed to have come encrypted', async () => {
  const smuggled = `<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>${features(MECHANISMS)}`;
  const connecting = connect({ ...account, endpoint: await endpoint(HEADER + features(TLS), smuggled) });
  await expect(connecting).rejects.toThrow('the encryption failed');
});

test('a port on which nobody listens is an error, and so is no port at all', async () => {
  const nobody = await endpoint();
  server.close();
  await expect(connect({ ...account, endpoint: nobody })).rejects.toThrow(lost());
  await expect(connect({ ...account, endpoint: 'gopher://localhost' })).rejects.toThrow(TypeError);
});

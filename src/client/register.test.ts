/**
 * XEP-0077 §3.1, XEP-0445 from the client's side: an account is made on a stream of its own.
 * Speaks for a server that makes accounts, or does not.
 * Does not use the host (its own tests do).
 * Always: the stream is ended, whatever came of it.
 * Before: client/register.ts. After: testing/xmpp-server.ts.
 */
import { afterEach, expect, test } from 'vitest';
import { parseInvite, register } from '../node/index.ts';
import { openServer, type Peer, type Server } from '../testing/xmpp-server.ts';
import { childText, elements } from '../xml/element.ts';

let server: Server;
let peer: Peer;
afterEach(async () => server.close());

const FEATURES = `<stream:features xmlns:stream='http://etherx.jabber.org/streams'><register xmlns='http://jabber.org/features/iq-register'/></stream:features>`;
const error = (condition: string) =>
  `<error type='cancel'><${condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>`;

/** The requests come to a server that answers them with these errors, or with none. */
async function make(token: string | undefined, ...errors: string[]): Promise<string[]> {
  const said: string[] = [];
  const answer = async (refusal: string) => {
    const iq = await peer.inbox.take(({ name }) => name === 'iq', 'a request');
    const [payload] = elements(iq);
    const { name = '', ns = '' } = payload ?? {};
    said.push(`${iq.attrs['type'] ?? ''} ${iq.attrs['to'] ?? ''} ${ns} ${name}`);
    if (payload !== undefined && name === 'query')
      said.push(`${childText(payload, 'username') ?? ''} ${childText(payload, 'password') ?? ''}`);
    if (name === 'preauth') said.push(payload?.attrs['token'] ?? '');
    const type = refusal === '' ? 'result' : 'error';
    peer.raw(
      `<iq xmlns='jabber:client' type='${type}' id='${iq.attrs['id'] ?? ''}'>${refusal === '' ? '' : error(refusal)}</iq>`,
    );
  };
  server = await openServer({
    onOpen: (opened) => {
      peer = opened;
      peer.raw(FEATURES);
      void errors.reduce(
        async (before, refusal) => before.then(async () => answer(refusal)),
        Promise.resolve(),
      );
      return true;
    },
  });
  const account = { domain: 'localhost', username: 'hag66', password: 'correct horse' };
  try {
    await register({ ...account, token, endpoint: server.endpoint });
  } finally {
    await peer.inbox.take(({ name }) => name === 'close', 'the end of the stream');
  }
  return said;
}

test('an account is made', async () => {
  expect(await make(undefined, '')).toEqual([
    'set localhost jabber:iq:register query',
    'hag66 correct horse',
  ]);
});

test('an invite is shown first', async () => {
  expect(await make('to-ken', '', '')).toEqual([
    'set localhost urn:xmpp:pars:0 preauth',
    'to-ken',
    'set localhost jabber:iq:register query',
    'hag66 correct horse',
  ]);
});

test.each([
  [['conflict'], undefined],
  [['item-not-found'], 'to-ken'],
  [['', 'forbidden'], 'to-ken'],
])('the refusals %j are told', async (errors, token) => {
  await expect(make(token, ...errors)).rejects.toMatchObject({
    name: 'StanzaError',
    condition: errors.at(-1),
  });
});

test.each([
  ['xmpp:example.org?register;preauth=a%2Db', { domain: 'example.org', token: 'a-b' }],
  [' xmpp:example.org?register;preauth=TOKEN ', { domain: 'example.org', token: 'TOKEN' }],
  ['https://example.org/invite/a_b-c', { domain: 'example.org', token: 'a_b-c' }],
  ['http://127.0.0.1:5280/invite/abc', { domain: 'localhost', token: 'abc' }],
  ['http://localhost:5280/invite/abc/', { domain: 'localhost', token: 'abc' }],
  ['http://[::1]:5280/invite/abc', { domain: 'localhost', token: 'abc' }],
  ['https://example.org/invite/', undefined],
  ['https://example.org/join/abc', undefined],
  ['javascript:/invite/abc', undefined],
  ['xmpp:example.org?join', undefined],
  ['', undefined],
])('the invite %j is %j', async (link, invite) => {
  server = await openServer();
  expect(parseInvite(link)).toEqual(invite);
});

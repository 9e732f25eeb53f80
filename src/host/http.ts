/**
 * The host's HTTP: web client, start page, invites, XEP-0156 discovery, health, and the door to WebSocket.
 * Answers requests and makes accounts from forms.
 * Does not speak XMPP (stream-websocket.ts does) nor say what stands on the pages (pages.ts, web-client.ts).
 * Always: a body is small and read whole before anything is done; forms from other sites are refused; how often
 * accounts are made is limited.
 * Before: host/invite.ts. After: host/host.ts.
 */
import type { IncomingMessage } from 'node:http';
import { Hono, type Context as HonoContext } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { secureHeaders } from 'hono/secure-headers';
import { AccountRefused, accountName, type Accounts } from './accounts.ts';
import type { Env } from './http-env.ts';
import type { Invites } from './invite.ts';
import type { HostLimits } from './limits.ts';
import { accountForm, accountMade, problemPage, startPage, styleSheet, type HostFacts } from './pages.ts';
import type { Rate } from './rate.ts';
import { addWebClient, type WebClient } from './web-client.ts';
import type { Log } from '../transport/log.ts';

export const WEBSOCKET_PATH = '/xmpp-websocket';
const NS_WEBSOCKET = 'urn:xmpp:alt-connections:websocket';

export interface HttpParts {
  readonly accounts: Accounts;
  readonly invites: Invites;
  readonly limits: HostLimits;
  readonly log: Log;
  /** Forms, by the sender's address. */
  readonly registrations: Rate;
  readonly facts: () => HostFacts;
  /** Where it has been built; else the pages of pages.ts are all there is. */
  readonly webClient: WebClient | undefined;
}

type Request = HonoContext<Env>;
/** Uses what permits the registration; false when it no longer does. */
type Register = (name: string, credentials: Awaited<ReturnType<Accounts['derive']>>) => boolean;

/** Is this request for the WebSocket? */
export function isForWebSocket(request: IncomingMessage): boolean {
  return request.url?.split('?', 1)[0] === WEBSOCKET_PATH;
}

export function createPages(parts: HttpParts): Hono<Env> {
  const app = new Hono<Env>();
  // Before all else, since it has headers of its own.
  if (parts.webClient !== undefined) addWebClient(app, parts.webClient, parts.facts);
  app.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        styleSrc: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        baseUri: ["'none'"],
      },
      // Not 'no-referrer', which would make a browser hide the origin of our own forms.
      referrerPolicy: 'same-origin',
      crossOriginResourcePolicy: false,
    }),
  );
  app.use(
    bodyLimit({
      maxSize: parts.limits.httpBodyBytesMax,
      onError: (c) => c.text('The form is too large.', 413),
    }),
  );
  app.get('/', (c) => c.html(startPage(parts.facts())));
  app.get('/style.css', (c) => c.body(styleSheet, 200, { 'content-type': 'text/css; charset=utf-8' }));
  app.get('/healthz', (c) => c.json({ status: 'ok' }));
  app.get('/config.json', (c) => c.json(configOf(parts.facts()), 200, { 'cache-control': 'no-store' }));
  addHostMeta(app, parts);
  addRegistration(app, parts);
  app.get(WEBSOCKET_PATH, (c) => c.text('This address is for WebSocket clients (RFC 7395).', 426));
  app.notFound((c) => c.html(problemPage('Nothing here', 'There is no page at this address.'), 404));
  app.onError((error, c) => {
    parts.log.error({ err: error }, 'a page failed');
    return c.html(problemPage('Something went wrong', 'This could not be done. Please try again.'), 500);
  });
  return app;
}

/** What a web client has to know before it can connect; nothing in it is secret. */
function configOf(facts: HostFacts): object {
  const { domain, serviceDomain, webSocketUrl, registration, hasUploads, version } = facts;
  return {
    domain,
    service: serviceDomain,
    websocket: webSocketUrl,
    registration,
    upload: hasUploads,
    version,
  };
}

/** XEP-0156: how a client finds the WebSocket. Web clients of other sites may read it. */
function addHostMeta(app: Hono<Env>, parts: HttpParts): void {
  const forAnyone = { 'access-control-allow-origin': '*' };
  app.get('/.well-known/host-meta.json', (c) => {
    const links = [{ rel: NS_WEBSOCKET, href: parts.facts().webSocketUrl }];
    return c.json({ links }, 200, forAnyone);
  });
  app.get('/.well-known/host-meta', (c) => {
    const href = parts.facts().webSocketUrl.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
    const xrd = `<?xml version="1.0" encoding="utf-8"?>
<XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0">
  <Link rel="${NS_WEBSOCKET}" href="${href}"/>
</XRD>
`;
    return c.body(xrd, 200, { 'content-type': 'application/xrd+xml', ...forAnyone });
  });
}

function addRegistration(app: Hono<Env>, parts: HttpParts): void {
  const { accounts, invites } = parts;
  const isClosed = () => parts.facts().registration === 'closed';
  const bad = (c: Request) =>
    c.html(problemPage('This invite cannot be used', 'It has been used, has expired, or never was.'), 404);
  app.get('/invite/:token', (c) => {
    const { token } = c.req.param();
    if (isClosed() || !invites.isGood(token)) return bad(c);
    return c.html(accountForm(parts.facts(), `/invite/${encodeURIComponent(token)}`));
  });
  app.post('/invite/:token', async (c) => {
    const { token } = c.req.param();
    if (isClosed() || !invites.isGood(token)) return bad(c);
    const redeem: Register = (name, credentials) => invites.redeem(token, accounts, name, credentials);
    return (await register(c, parts, `/invite/${encodeURIComponent(token)}`, redeem)) ?? bad(c);
  });
  app.get('/register', (c) =>
    parts.facts().registration === 'open' ? c.html(accountForm(parts.facts(), '/register')) : c.notFound(),
  );
  app.post('/register', async (c) => {
    if (parts.facts().registration !== 'open') return c.notFound();
    const add: Register = (name, credentials) => {
      accounts.insert(name, credentials);
      return true;
    };
    return (await register(c, parts, '/register', add)) ?? c.notFound();
  });
}

/** Makes the account that a form asks for; undefined when it is no longer permitted. */
async function register(
  c: Request,
  parts: HttpParts,
  action: string,
  use: Register,
): Promise<Response | undefined> {
  if (!isFromHere(c)) return c.html(problemPage('Refused', 'The form came from another site.'), 403);
  if (parts.registrations.take(c.env.incoming.socket.remoteAddress ?? '') > 0) {
    return c.html(problemPage('Too many tries', 'Please wait a minute and try again.'), 429);
  }
  const form = new URLSearchParams(await c.req.text());
  const [name, password] = [form.get('name') ?? '', form.get('password') ?? ''];
  const again = async (problem: string, status: 400 | 409) =>
    await c.html(accountForm(parts.facts(), action, problem, name.slice(0, 200)), status);
  const { passwordCharactersMin, passwordCharactersMax } = parts.limits;
  if (password.length < passwordCharactersMin || password.length > passwordCharactersMax) {
    return again(`The password needs ${passwordCharactersMin} to ${passwordCharactersMax} characters.`, 400);
  }
  try {
    const prepared = accountName(name);
    if (parts.accounts.exists(prepared)) return await again('This name is taken.', 409);
    if (!use(prepared, await parts.accounts.derive(password))) return undefined;
    parts.log.info({}, 'an account was made');
    return await c.html(accountMade(parts.facts(), prepared), 201);
  } catch (error) {
    if (!(error instanceof AccountRefused)) throw error;
    return error.why === 'taken'
      ? again('This name is taken.', 409)
      : again(`Not possible: ${error.message}.`, 400);
  }
}

/** A browser says where a form comes from; only ours may make accounts. */
function isFromHere(c: Request): boolean {
  const site = c.req.header('sec-fetch-site');
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  const origin = c.req.header('origin');
  return origin === undefined || origin.replace(/^https?:\/\//, '') === c.req.header('host');
}

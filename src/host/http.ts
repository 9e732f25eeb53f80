/**
 * The host's HTTP: web client, start page, invites, XEP-0156 discovery, health, and the door to WebSocket.
 * Answers requests, and gives each answer its headers.
 * Does not speak XMPP (stream-websocket.ts does), make accounts (forms.ts) nor say what stands on the pages (pages.ts).
 * Always: a body is small and read whole before anything is done.
 * Before: host/host.ts. After: host/forms.ts, host/web-client.ts.
 */
import type { IncomingMessage } from 'node:http';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { secureHeaders } from 'hono/secure-headers';
import { addForms, type FormParts } from './forms.ts';
import type { Env } from './http-env.ts';
import type { HostLimits } from './limits.ts';
import { problemPage, startPage, styleSheet, type HostFacts } from './pages.ts';
import { addUploads, UPLOAD_PATH } from './upload-routes.ts';
import type { Uploads } from './uploads.ts';
import { addWebClient, type WebClient } from './web-client.ts';

export const WEBSOCKET_PATH = '/xmpp-websocket';
const NS_WEBSOCKET = 'urn:xmpp:alt-connections:websocket';

export interface HttpParts extends FormParts {
  readonly limits: HostLimits;
  readonly uploads: Uploads | undefined;
  /** Where it has been built; else the pages of pages.ts are all there is. */
  readonly webClient: WebClient | undefined;
}

/** Is this request for the WebSocket? */
export function isForWebSocket(request: IncomingMessage): boolean {
  return request.url?.split('?', 1)[0] === WEBSOCKET_PATH;
}

export function createPages(parts: HttpParts): Hono<Env> {
  const app = new Hono<Env>();
  // Before all else, since they have headers of their own, and files are larger than forms.
  if (parts.uploads !== undefined) addUploads(app, parts.uploads);
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
  addForms(app, parts);
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
  const { domain, serviceDomain, httpUrl, registration, hasUploads, version } = facts;
  return {
    domain,
    service: serviceDomain,
    // On the host from which the page came, by whatever name that was reached.
    websocket: WEBSOCKET_PATH,
    registration,
    uploads: hasUploads ? `${httpUrl}${UPLOAD_PATH}` : undefined,
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

/**
 * The embedded XMPP server, for trying, developing and small private groups.
 * Puts the parts of this folder together: file, accounts, sockets, pages and the link to the service.
 * Does not read a config or print anything (cli/ does).
 * Always: it listens on loopback unless it has a certificate or a TLS proxy stands in front; `stop` leaves nothing behind
 * that is not stored.
 * Before: transport/pair.ts. After: host/stream.ts, host/router.ts.
 */
import { createAdaptorServer } from '@hono/node-server';
import type { Server } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import { prepDomain } from '../jid/prep.ts';
import type { Log } from '../transport/log.ts';
import type { PairServer } from '../transport/pair.ts';
import { Accounts } from './accounts.ts';
import { trimArchives } from './archive.ts';
import { Certificate, type CertificateFiles } from './certificate.ts';
import { Connections } from './connections.ts';
import type { Clock, Context } from './context.ts';
import type { Database } from './database.ts';
import { endSession } from './ending.ts';
import { featuresAt } from './extensions.ts';
import { Forwards } from './forwards.ts';
import { createPages, isForWebSocket, WEBSOCKET_PATH } from './http.ts';
import { Invites, type InviteKind } from './invite.ts';
import { Lane } from './lane.ts';
import { Leaving } from './leaving.ts';
import { hostLimits, type HostLimits } from './limits.ts';
import { Lobby } from './lobby.ts';
import { checkReach, explainListening, formatWhere, pageUrl, whereOf, type Where } from './listen.ts';
import { Operators, type Admins } from './operators.ts';
import { createPamPort } from './pam-port.ts';
import { Registrar, type Mode } from './registration.ts';
import { Resumption } from './resumption.ts';
import { fromService, route } from './router.ts';
import { openHostDatabase } from './schema.ts';
import { Sessions } from './session.ts';
import { listenTcp, type TcpListener } from './stream-tcp.ts';
import { openWebSocketDoor } from './stream-websocket.ts';
import { isUpload } from './upload-routes.ts';
import { openUploads } from './uploads.ts';
import { readWebClient } from './web-client.ts';

export interface HostOptions {
  readonly domain: string;
  readonly serviceDomain: string;
  /** Told to those who ask (XEP-0092). */
  readonly version?: string;
  /** The host's own file. */
  readonly database: string;
  readonly http: Where;
  readonly tcp: Where;
  readonly registration: Mode;
  /** Who may make invites from a client; 'operators' when not given. */
  readonly inviteBy?: 'operators' | 'anyone';
  /** Those who may do everything, at the service. */
  readonly admins?: Admins;
  /** The folder of uploaded files; without it none are taken. */
  readonly uploads?: string | undefined;
  /** The folder of the built web client, which need not be there. */
  readonly webClient?: string;
  /** With it, TCP has STARTTLS, HTTP is HTTPS, and the host may listen on addresses that others can reach. */
  readonly tls?: CertificateFiles | undefined;
  /** TLS ends in front of the host, so that it may listen on such addresses as well; then HTTP stays without. */
  readonly behindTlsProxy?: boolean;
  readonly limits?: Partial<HostLimits>;
  readonly log: Log;
  readonly clock: Clock;
  /** The service's link; its handlers are set here. */
  readonly link: PairServer;
}

export interface Host {
  /** The start page, such as http://127.0.0.1:5280. */
  readonly httpUrl: string;
  /** Such as 127.0.0.1:5222. */
  readonly tcpAddress: string;
  readonly accounts: Accounts;
  /** Makes an invite for one account, or for `uses`, and returns its address. */
  createInvite(uses?: number): string;
  /** The same for the first account, which becomes the operator; undefined where there are accounts, or none may be made. */
  createOperatorInvite(): string | undefined;
  /** Makes the first channel, if this is the first start; the service has to be there. */
  openLobby(): void;
  /** Ends all streams, and resolves when everything is closed; after `timeoutMs` at the latest. */
  stop(timeoutMs: number): Promise<void>;
}

/** Starts a host. Rejects with HostRefused when the config has to be changed first. */
export async function createHost(options: HostOptions): Promise<Host> {
  const hasTls = options.tls !== undefined || options.behindTlsProxy === true;
  checkReach('http', options.http, hasTls);
  checkReach('tcp', options.tcp, hasTls);
  const certificate = options.tls && new Certificate(options.tls);
  const database = openHostDatabase(options.database);
  const context = openContext(options, database);
  const connections = new Connections(context);
  const tcp = await listenTcp(connections, context.limits, options.tcp, certificate).catch(
    (error: unknown) => {
      database.close();
      throw explainListening('tcp', options.tcp, error);
    },
  );
  const web = await listenHttp(options, context, connections, tcp.where, certificate).catch(
    (error: unknown) => {
      tcp.close();
      database.close();
      throw explainListening('http', options.http, error);
    },
  );
  context.web.url = web.url;
  context.operators.refresh();
  const lobby = new Lobby(context);
  const housekeeping = keepHouse(context, lobby, () => renew(context, certificate, web));
  const createInvite = (kind: InviteKind) =>
    `${web.url}/invite/${context.invites.create(context.limits.inviteDays, kind).token}`;
  if (certificate !== undefined) complain(context, certificate);
  takeFrom(options.link, context);
  return {
    httpUrl: web.url,
    tcpAddress: formatWhere(tcp.where),
    accounts: context.accounts,
    createInvite: (uses = 1) => createInvite({ uses }),
    createOperatorInvite() {
      const isWanted = context.accounts.isEmpty && options.registration !== 'closed';
      return isWanted ? createInvite({ uses: 1, makesOperator: true }) : undefined;
    },
    openLobby: () => context.lane.post(() => lobby.open()),
    async stop(timeoutMs) {
      clearInterval(housekeeping);
      await close(connections, tcp, web, timeoutMs);
      context.resumption.stop();
      context.forwards.stop();
      context.lane.close();
      options.link.onStanza = undefined;
      database.close();
    },
  };
}

function openContext(options: HostOptions, database: Database): Context {
  try {
    return createContext(options, database);
  } catch (error) {
    database.close();
    throw error;
  }
}

function createContext(options: HostOptions, database: Database): Context {
  const { clock, link, log } = options;
  const limits = { ...hostLimits, ...options.limits };
  const domain = prepDomain(options.domain);
  const accounts = new Accounts(database, limits.passwordIterations);
  const invites = new Invites(database, clock);
  const operators = new Operators(accounts, domain, options.admins);
  const onMade = () => operators.refresh();
  const lane = new Lane(database, log, limits.tasksPerCommitMax);
  const { uploads: folder } = options;
  const uploads =
    folder === undefined ? undefined : openUploads({ folder, database, lane, limits, clock, log });
  const context: Context = {
    domain,
    serviceDomain: prepDomain(options.serviceDomain),
    version: options.version ?? 'unknown',
    limits,
    log,
    clock,
    database,
    lane,
    accounts,
    invites,
    registrar: new Registrar({ mode: options.registration, accounts, invites, limits, clock, onMade }),
    operators,
    inviteBy: options.inviteBy ?? 'operators',
    uploads,
    web: { url: '' },
    sessions: new Sessions(),
    resumption: new Resumption(limits, (session) => endSession(context, session)),
    link,
    forwards: new Forwards(lane, limits, (envelope) => route(context, envelope)),
    pam: createPamPort(() => context),
    features: { host: featuresAt('host', uploads !== undefined), account: featuresAt('account') },
    route: (envelope) => route(context, envelope),
  };
  return context;
}

/** Takes what the service sends, and makes it wait while too much of that is not handled yet. */
function takeFrom(link: PairServer, context: Context): void {
  const { lane, limits } = context;
  let isSlow = false;
  link.onStanza = (stanza) => {
    lane.post(() => fromService(context, stanza));
    if (isSlow || lane.length < limits.serviceStanzasWaitingMax) return;
    isSlow = true;
    link.slow(true);
    lane.post(() => {
      isSlow = false;
      link.slow(false);
    });
  };
}

interface Web {
  readonly url: string;
  /** Speaks TLS with another certificate from now on, if it speaks TLS. */
  renew(certificate: Certificate): void;
  close(): void;
}

async function listenHttp(
  options: HostOptions,
  context: Context,
  connections: Connections,
  tcp: Where,
  certificate: Certificate | undefined,
): Promise<Web> {
  const { domain, limits, log, registrar } = context;
  // Behind a proxy TLS ends there, and the certificate is for TCP.
  const own = options.behindTlsProxy === true ? undefined : certificate;
  let url = '';
  const app = createPages({
    registrar,
    limits,
    log,
    uploads: context.uploads,
    facts: () => ({
      domain,
      serviceDomain: context.serviceDomain,
      httpUrl: url,
      webSocketUrl: `${url.replace(/^http/, 'ws')}${WEBSOCKET_PATH}`,
      tcpAddress: certificate === undefined ? formatWhere(tcp) : `${domain}:${tcp.port}`,
      tcpHasTls: certificate !== undefined,
      registration: registrar.mode,
      passwordCharactersMin: limits.passwordCharactersMin,
      hasUploads: context.uploads !== undefined,
      version: context.version,
    }),
    webClient: options.webClient === undefined ? undefined : readWebClient(options.webClient),
  });
  const server = (
    own === undefined
      ? createAdaptorServer({ fetch: app.fetch })
      : createAdaptorServer({ fetch: app.fetch, createServer: createTlsServer, serverOptions: own.options })
  ) as Server | TlsServer;
  const door = openWebSocketDoor(connections, limits);
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    if (isForWebSocket(request)) door.upgrade(request, socket, head);
    else socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
  });
  server.headersTimeout = limits.authenticateMs;
  boundTime(server, limits);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.http.port, options.http.host, resolve);
  });
  server.on('error', (error) => connections.report(error));
  url = pageUrl(whereOf(server), { ...options, domain });
  return {
    url,
    renew({ options: renewed }) {
      if ('setSecureContext' in server) server.setSecureContext({ ...renewed });
    },
    close() {
      door.close();
      server.close();
      server.closeAllConnections();
    },
  };
}

/** What Node bounds for all requests alike is bounded here for all but uploads, which may take longer. */
function boundTime(server: Server, { authenticateMs, httpConnectionsMax, uploadMs }: HostLimits): void {
  server.maxConnections = httpConnectionsMax;
  server.requestTimeout = Math.max(authenticateMs, uploadMs);
  server.on('request', (request, response) => {
    if (isUpload(request)) return;
    const timer = setTimeout(() => {
      if (!request.complete) request.socket.destroy();
    }, authenticateMs);
    response.once('close', () => clearTimeout(timer));
  });
}

/** What has to be done now and then. */
function keepHouse(context: Context, lobby: Lobby, look: () => void): NodeJS.Timeout {
  const { accounts, invites, lane, limits, operators, sessions } = context;
  const leaving = new Leaving(context);
  let runs = 0;
  const work = () => {
    // Another process, the command line, may have removed accounts, or made operators.
    operators.refresh();
    for (const session of sessions.all())
      if (!accounts.exists(session.account)) session.end('not-authorized');
    leaving.run();
    context.uploads?.sweep();
    lobby.run();
    if (runs++ % 100 === 0) {
      invites.sweep();
      trimArchives(context);
    }
  };
  return setInterval(() => {
    lane.post(work);
    look();
  }, limits.housekeepingMs);
}

/** Takes a renewed certificate into use, without an end of what goes on with the one before. */
function renew(context: Context, certificate: Certificate | undefined, web: Web): void {
  try {
    if (certificate?.refresh() !== true) return;
    web.renew(certificate);
    context.log.info({ validTo: certificate.validTo }, 'the certificate was read again');
    complain(context, certificate);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    context.log.warn({ why }, 'the files of the certificate have changed, and the one before stays in use');
  }
}

/** The operator learns what clients will object to. */
function complain({ clock, domain, log }: Context, certificate: Certificate): void {
  const complaint = certificate.complaint(domain, clock.now());
  if (complaint !== undefined) log.warn({ complaint }, 'clients will not accept the certificate');
}

async function close(connections: Connections, tcp: TcpListener, web: Web, timeoutMs: number): Promise<void> {
  tcp.close();
  connections.stop();
  const stepMs = 20;
  for (let waitedMs = 0; connections.count > 0 && waitedMs < timeoutMs; waitedMs += stepMs) {
    await new Promise((resolve) => setTimeout(resolve, stepMs));
  }
  web.close();
}

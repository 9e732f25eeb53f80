/**
 * The service with its own small XMPP server, for a newcomer.
 * Puts store, host, link and service together, tells how to use them, and ends them in the right order.
 * Does not read the config (load-config.ts) nor wait for signals (run.ts).
 * Always: the host stands before the service speaks, and outlives it, since it confirms what the service delivers.
 * Before: cli/start.ts. After: host/host.ts, transport/pair.ts, service/service.ts.
 */
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createHost, type Host } from '../host/host.ts';
import type { Admins } from '../host/operators.ts';
import { openHostDatabase } from '../host/schema.ts';
import { RealJid } from '../jid/real-jid.ts';
import type { Config } from '../service/config.ts';
import { xmlLimits } from '../service/limits.ts';
import { createService } from '../service/service.ts';
import { pair, type PairServer } from '../transport/pair.ts';
import type { OperatorLog } from './log.ts';
import { columns, say } from './output.ts';
import type { Running } from './run.ts';
import { hostFile, onDisk, openStore, storageFile, uploadsFolder } from './storage.ts';
import { systemClock, systemRandom } from './system.ts';
import { version } from './version.ts';

/** The built web client, which is the same distance away from the source and from what is built. */
const WEB_CLIENT = fileURLToPath(new URL('../../web/dist', import.meta.url));
/** What the host needs at the end, of the time that there is. */
const HOST_SHARE = 0.25;

/** Opens the files, listens, and starts the service. */
export async function openStandAlone(config: Config, log: OperatorLog): Promise<Running> {
  const store = await openStore(config.storage);
  const link = pair({ limits: xmlLimits(config.limits), log });
  // The service reads this list whenever it decides, so that an operator is one at once.
  const admins = [...config.service.admins];
  try {
    const host = await listen(config, link.server, operatorsAmong(admins, config), log);
    const service = createService({
      ...config.service,
      admins,
      version: version(),
      limits: config.limits,
      store,
      transport: link.service,
      clock: systemClock,
      random: systemRandom,
      log,
    });
    return {
      ready: service.start().then(() => {
        host.openLobby();
        tell(config, host, log);
      }),
      async stop(timeoutMs) {
        await service.stop(timeoutMs * (1 - HOST_SHARE));
        await host.stop(timeoutMs * HOST_SHARE);
        await store.close();
      },
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Keeps the host's operators in the service's list, beside those of the config. */
function operatorsAmong(admins: RealJid[], { service }: Config): Admins {
  return {
    has: (account) => service.admins.some((admin) => admin.equals(RealJid.of(account))),
    set: (accounts) => {
      admins.splice(0, Infinity, ...service.admins, ...accounts.map((account) => RealJid.of(account)));
    },
  };
}

function listen(config: Config, link: PairServer, admins: Admins, log: OperatorLog): Promise<Host> {
  const database = hostFile(config.storage);
  // Opened once beforehand, so that a file that cannot be used is told apart from all else that may go wrong.
  onDisk(database, () => openHostDatabase(database).close());
  return createHost({
    ...config.host,
    serviceDomain: config.service.domain,
    version: version(),
    webClient: WEB_CLIENT,
    uploads: uploadsFolder(config),
    admins,
    database,
    log,
    clock: systemClock,
    link,
  });
}

function tell(config: Config, host: Host, log: OperatorLog): void {
  const first = host.createOperatorInvite();
  const invite = config.host.registration === 'invite' ? host.createInvite() : undefined;
  const ready = `Vizard is ready: ${host.httpUrl}/`;
  if (config.log.format === 'json') {
    log.announce({ first, invite, tcp: host.tcpAddress, domain: config.service.domain }, ready);
    return;
  }
  const file = storageFile(config.storage);
  const hint = first === undefined ? '' : ' (for the second person)';
  const rows = [
    ['Invite', invite === undefined ? HOW_TO_REGISTER[config.host.registration] : `${invite}${hint}`],
    ['Clients', `${host.tcpAddress} (TCP), as name@${config.host.domain}`],
    ['Channels', config.service.domain],
    ['Data', file === undefined ? 'in memory only' : shortened(file)],
    ['Stop', 'Ctrl-C'],
  ];
  const opener =
    first === undefined
      ? []
      : ['', 'Open this to make the first account: it will be the operator.', `  ${first}`, ''];
  say(ready, ...opener, ...columns(rows.map((row) => ['', ...row])));
}

const HOW_TO_REGISTER = {
  invite: '',
  open: 'not needed: anybody may make an account at that page',
  closed: 'none: accounts are made with "vizard user add NAME"',
};

function shortened(file: string): string {
  const path = relative(process.cwd(), file);
  return path.startsWith('..') ? file : path;
}

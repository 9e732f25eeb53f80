/**
 * The service as a component of an XMPP server (XEP-0114).
 * Puts store, link and service together, and ends them in the right order.
 * Does not read the config (load-config.ts) nor wait for signals (run.ts).
 * Always: the store is closed last.
 * Before: cli/start.ts. After: transport/component.ts, service/service.ts.
 */
import type { Config } from '../service/config.ts';
import { xmlLimits } from '../service/limits.ts';
import { createService } from '../service/service.ts';
import { componentTransport } from '../transport/component.ts';
import type { OperatorLog } from './log.ts';
import type { Running } from './run.ts';
import { openStore } from './storage.ts';
import { systemClock, systemFraction, systemRandom } from './system.ts';
import { version } from './version.ts';

/** Opens the store and begins to connect. */
export async function openComponent(
  config: Config,
  server: NonNullable<Config['server']>,
  log: OperatorLog,
): Promise<Running> {
  const store = await openStore(config.storage);
  const { domain } = config.service;
  const transport = componentTransport({
    ...server,
    domain,
    limits: xmlLimits(config.limits),
    random: systemFraction,
    log,
  });
  const service = createService({
    ...config.service,
    version: version(),
    limits: config.limits,
    store,
    transport,
    clock: systemClock,
    random: systemRandom,
    log,
  });
  const ready = service.start().then(() => {
    // A stop that comes before the server was there resolves the start as well.
    if (transport.up) log.announce({}, readyLine(domain, server));
  });
  return {
    ready,
    async stop(timeoutMs) {
      await service.stop(timeoutMs);
      await store.close();
    },
  };
}

function readyLine(domain: string, { host, port }: NonNullable<Config['server']>): string {
  const at = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  return `Vizard is ready: ${domain} attached to ${at}`;
}

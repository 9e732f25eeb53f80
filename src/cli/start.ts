/**
 * `vizard start`: runs the service until it is told to stop.
 * Chooses between the component and the stand-alone mode, and loads only what that one needs.
 * Does not wire either (component.ts, stand-alone.ts).
 * Always: a config with [server] is a component's, any other a stand-alone's.
 * Before: cli/main.ts. After: cli/run.ts.
 */
import { loadConfig } from './load-config.ts';
import { createLog } from './log.ts';
import { untilSignal } from './run.ts';

/** The exit status. @throws ConfigError, LinkRefused, HostRefused, Trouble */
export async function start(options: { readonly config?: string }): Promise<number> {
  const config = loadConfig(options.config);
  const log = await createLog(config.log);
  for (const remark of config.remarks) log.warn({}, remark);
  return untilSignal(async () => {
    const { server } = config;
    if (server === undefined) return (await import('./stand-alone.ts')).openStandAlone(config, log);
    return (await import('./component.ts')).openComponent(config, server, log);
  }, log);
}

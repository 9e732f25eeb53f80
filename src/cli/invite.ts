/**
 * `vizard invite`: a new link with which one person can make an account.
 * Makes the invite in the host's file and shows its address.
 * Does not need the host to run, but the link works only while it does.
 * Always: each link is for one account.
 * Before: cli/main.ts. After: host/invite.ts.
 */
import { Invites } from '../host/invite.ts';
import { pageUrl } from '../host/listen.ts';
import { openHostDatabase } from '../host/schema.ts';
import type { Config } from '../service/config.ts';
import { loadStandAlone } from './load-config.ts';
import { say, Trouble } from './output.ts';
import { lastingHostFile, onDisk } from './storage.ts';
import { systemClock } from './system.ts';

/** The exit status. @throws ConfigError, Trouble */
export function invite(options: { readonly config?: string }): number {
  const config = loadStandAlone(options.config);
  if (config.host.registration === 'closed') {
    throw new Trouble('[host] registration is "closed", so invites do not work: use "vizard user add NAME".');
  }
  const file = lastingHostFile(config.storage);
  const database = onDisk(file, () => openHostDatabase(file));
  try {
    const { token } = new Invites(database, systemClock).create(config.host.limits.inviteDays, { uses: 1 });
    say(`${webAddress(config)}/invite/${token}`);
    return 0;
  } finally {
    database.close();
  }
}

function webAddress({ host }: Config): string {
  if (host.http.port === 0 && !host.behindTlsProxy)
    throw new Trouble('[host] http has port 0, so nobody knows where the host listens.');
  return pageUrl(host.http, host);
}

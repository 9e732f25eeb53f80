/**
 * XEP-0406 MIX-ADMIN 0.3.1 (2022-03-22) §2.4: from a form to a change, and from a configuration to a form.
 * Turns the addresses of a form into RealJids, and, for those who may read it, back.
 * Does not decide whether the change may be (channel/configure.ts) nor know the fields' names (wire.ts).
 * Always: owners and administrators are bare addresses of accounts, never encoded ones (D-35, ADM-13).
 * Before: xep/0406-admin/wire.ts. After: channel/configure.ts.
 */
import type { ConfigChange } from '../../channel/configure.ts';
import { listedAddress } from '../../channel/visibility.ts';
import { parseJid } from '../../jid/prep.ts';
import { RealJid } from '../../jid/real-jid.ts';
import { refuse } from '../../refusal.ts';
import type { ChannelConfig } from '../../storage/facts.ts';
import type { XmlElement } from '../../xml/element.ts';
import { buildConfig, type ConfigForm } from './wire.ts';

/** What a form asks for. @throws jid-malformed; not-acceptable for an address that cannot have a role. */
export function changeOf({ owners, administrators, endOfLife, ...rest }: ConfigForm): ConfigChange {
  return {
    ...rest,
    ...(owners === undefined ? {} : { owners: owners.map(accountOf) }),
    ...(administrators === undefined ? {} : { administrators: administrators.map(accountOf) }),
    ...(endOfLife === undefined ? {} : { endOfLife: endOfLife ?? undefined }),
  };
}

function accountOf(text: string): RealJid {
  const jid = parsed(text);
  const isAccount = jid.local !== undefined && !jid.local.includes('#') && jid.resource === undefined;
  if (!isAccount) throw refuse('not-acceptable', 'A role is given to the bare address of an account.');
  return RealJid.of(jid);
}

function parsed(text: string): ReturnType<typeof parseJid> {
  try {
    return parseJid(text);
  } catch {
    throw refuse('jid-malformed', 'This is not an address.');
  }
}

/** The configuration for those who may read it; `form` for those who may change it (D-69). */
export function configForm(config: ChannelConfig, type: 'form' | 'result'): XmlElement {
  return buildConfig(
    {
      ...config,
      owners: config.owners.map(listedAddress),
      administrators: config.administrators.map(listedAddress),
      lastChangeBy: listedAddress(config.lastChangeBy),
    },
    type,
  );
}

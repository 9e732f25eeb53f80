/**
 * What every rule of the host is given.
 * Owns the one type; host.ts makes the one value.
 * Does nothing itself.
 * Always: no rule reaches a socket or a clock in another way.
 * Before: host/host.ts. After: host/router.ts.
 */
import type { Log } from '../transport/log.ts';
import type { XmlElement } from '../xml/element.ts';
import type { Accounts } from './accounts.ts';
import type { Database } from './database.ts';
import type { Envelope } from './envelope.ts';
import type { Forwards } from './forwards.ts';
import type { Lane } from './lane.ts';
import type { Invites } from './invite.ts';
import type { HostLimits } from './limits.ts';
import type { Operators } from './operators.ts';
import type { PamPort } from './pam/port.ts';
import type { Registrar } from './registration.ts';
import type { Resumption } from './resumption.ts';
import type { Sessions } from './session.ts';
import type { Uploads } from './uploads.ts';

export interface Clock {
  now(): number;
}

/** The link to the service, as far as rules need it. */
export interface ServiceLink {
  readonly up: boolean;
  send(stanza: XmlElement): void;
}

export interface Context {
  readonly domain: string;
  readonly serviceDomain: string;
  /** Which Vizard this is (XEP-0092). */
  readonly version: string;
  readonly limits: HostLimits;
  readonly log: Log;
  readonly clock: Clock;
  readonly database: Database;
  readonly lane: Lane;
  readonly accounts: Accounts;
  readonly invites: Invites;
  readonly registrar: Registrar;
  readonly operators: Operators;
  readonly inviteBy: 'operators' | 'anyone';
  /** Undefined where no files are taken. */
  readonly uploads: Uploads | undefined;
  /** The public address of the pages; empty until the host listens. */
  readonly web: { url: string };
  readonly sessions: Sessions;
  readonly resumption: Resumption;
  readonly link: ServiceLink;
  readonly forwards: Forwards;
  readonly pam: PamPort;
  /** What discovery tells (extensions.ts). */
  readonly features: { readonly host: readonly string[]; readonly account: readonly string[] };
  /** Brings a stanza to where it is addressed (router.ts). */
  readonly route: (envelope: Envelope) => void;
}

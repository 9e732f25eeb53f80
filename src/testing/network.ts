/**
 * The rest of the XMPP world, simulated, behind the service's link.
 * Owns the domains and accounts of people, and the routing between them and the service.
 * Does not do what an account's server does (account.ts) nor start the service (memory-stage.ts).
 * Always: every stanza and every byte that the service writes is seen by the watcher before anybody gets it; stanzas
 * from the service to its own domain come back, as a server routes them.
 * Before: testing/account.ts. After: testing/memory-stage.ts.
 */
import type { PairServer } from '../transport/pair.ts';
import { NS_INFO } from '../xep/0030-disco/wire.ts';
import { child, type XmlElement } from '../xml/element.ts';
import { aboutServer, Account } from './account.ts';
import type { Watcher } from './stage.ts';

/** What a domain's server says that it is; 'silent': it never answers. */
export type Software = 'silent' | (string & {});

export class Network {
  readonly #domain: string;
  readonly #watcher: Watcher;
  readonly #accounts = new Map<string, Account>();
  readonly #software = new Map<string, Software>();
  #link: PairServer | undefined;
  /** Counts stanzas and bytes both ways: as long as it stands still, nothing happens. */
  activity = 0;

  constructor(domain: string, watcher: Watcher) {
    this.#domain = domain;
    this.#watcher = watcher;
  }

  /** Takes the other end of the service's link; a new one after a restart. */
  attach(link: PairServer): void {
    this.#link = link;
    link.onBytes = (text) => {
      this.activity += 1;
      this.#watcher.onBytes(text);
    };
    link.onStanza = (stanza) => this.#route(stanza);
  }

  /** The account of that address, made when it is first asked for. */
  account(bare: string): Account {
    const known = this.#accounts.get(bare);
    if (known !== undefined) return known;
    const made = new Account(bare, (stanza) => this.#send(bare, stanza));
    this.#accounts.set(bare, made);
    return made;
  }

  setSoftware(domain: string, software: Software): void {
    this.#software.set(domain, software);
  }

  #send(bare: string, stanza: XmlElement): void {
    this.activity += 1;
    this.#watcher.onSent(bare, stanza);
    this.#link?.send(stanza);
  }

  #route(stanza: XmlElement): void {
    this.activity += 1;
    const [bare = ''] = (stanza.attrs['to'] ?? '').split('/', 1);
    const domain = bare.slice(bare.indexOf('@') + 1);
    if (domain === this.#domain) this.#link?.send(stanza);
    else if (bare === domain) this.#askDomain(domain, stanza);
    else {
      this.#watcher.onReceived(bare, stanza);
      this.#accounts.get(bare)?.receive(stanza);
    }
  }

  #askDomain(domain: string, stanza: XmlElement): void {
    this.#watcher.onReceived(domain, stanza);
    const software = this.#software.get(domain) ?? 'Simulated';
    if (software === 'silent' || child(stanza, 'query', NS_INFO) === undefined) return;
    this.#link?.send(aboutServer(stanza, software));
  }
}

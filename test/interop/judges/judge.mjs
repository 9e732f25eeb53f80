/**
 * What all judges have in common: one client of one account, made by one library, with an ear.
 * Owns what was heard and the waiting for it, and the tape of all that came.
 * Does not speak XMPP: the libraries do (xmppjs.mjs, stanza.mjs, strophe.mjs).
 * Always: every wait has a limit, and says what did not come.
 * Before: heard.mjs. After: xmppjs.mjs, stanza.mjs, strophe.mjs.
 */
import { setTimeout as sleep } from 'node:timers/promises';

export const LIMIT_MS = 8_000;

/** Something that has to come did not. */
export class Missing extends Error {
  constructor(sentence, received) {
    super(sentence);
    this.received = received;
  }
}

export class Judge {
  /** Everything heard, in order. */
  inbox = [];
  /** Everything received, as text. */
  tape = [];
  /** How often the library has begun a new session, and taken one up again (XEP-0198). */
  begun = 0;
  resumed = 0;

  constructor(library, { account, domain = 'localhost', password, resource, service }) {
    this.library = library;
    this.port = Number(new URL(service).port);
    this.account = account;
    this.domain = domain;
    this.password = password;
    this.resource = resource;
    this.bare = `${account}@${domain}`;
    this.full = `${this.bare}/${resource}`;
  }

  get mark() {
    return this.inbox.length;
  }

  /** What has been heard since then that matches. */
  all(match, since = 0) {
    return this.inbox.slice(since).filter(match);
  }

  async until(what, match, since = 0) {
    return this.wait(what, () => this.all(match, since)[0]);
  }

  /** Waits until that gives something. */
  async wait(what, look, limit = LIMIT_MS) {
    for (const end = Date.now() + limit; Date.now() < end; await sleep(10)) {
      const found = look();
      if (found) return found;
    }
    throw new Missing(`${this.library} did not get ${what}`, this.inbox.slice(-6));
  }
}

/** Limits a promise that a library may leave open for ever. */
export async function inTime(what, promise, limit = LIMIT_MS) {
  const late = Symbol();
  const end = await Promise.race([promise, sleep(limit, late, { ref: false })]);
  if (end === late) throw new Missing(`${what} did not come to an end`);
  return end;
}

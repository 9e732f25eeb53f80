/**
 * XEP-0407 MIX-MISC 0.1.2 §3: the nicks that accounts have registered with the service.
 * Owns them in memory, so that a channel can ask in its turn, and writes each to the store first.
 * Does not decide where a registered nick is used (channel/nick.ts).
 * Always: one nick per account, one account per nick (by its RFC 8266 comparison form).
 * Before: service/service.ts. After: channel/reserved-nicks.ts.
 */
import { newNick } from '../channel/ids.ts';
import type { ReservedNicks } from '../channel/reserved-nicks.ts';
import type { Random } from '../channel/turn.ts';
import { nicknameKey } from '../jid/nickname.ts';
import { RealJidMap, type RealJid } from '../jid/real-jid.ts';
import type { RegisteredNick, Store } from '../storage/store.ts';

const PAGE = 1_000;

export class NickRegistry implements ReservedNicks {
  readonly #store: Store;
  readonly #random: Random;
  readonly #byKey = new Map<string, RegisteredNick>();
  readonly #byAccount = new RealJidMap<RegisteredNick>();

  constructor(store: Store, random: Random) {
    this.#store = store;
    this.#random = random;
  }

  async load(): Promise<void> {
    let after: string | undefined;
    for (;;) {
      const page = await this.#store.registeredNicks(after, PAGE);
      for (const registered of page) this.#put(registered);
      after = page.at(-1)?.key;
      if (page.length < PAGE) return;
    }
  }

  holderOf(key: string): RealJid | undefined {
    return this.#byKey.get(key)?.jid;
  }

  nickOf(jid: RealJid): string | undefined {
    return this.#byAccount.get(jid.bare)?.nick;
  }

  /** Registers a prepared nick, or one of our making; returns it. @throws NickTaken where another account has it. */
  async register(jid: RealJid, wanted: string | undefined): Promise<string> {
    const nick = wanted ?? newNick(this.#random);
    const registered = { key: nicknameKey(nick), nick, jid: jid.bare };
    await this.#store.registerNick(registered);
    this.#put(registered);
    return nick;
  }

  #put(registered: RegisteredNick): void {
    const former = this.#byAccount.get(registered.jid);
    if (former !== undefined) this.#byKey.delete(former.key);
    this.#byKey.set(registered.key, registered);
    this.#byAccount.set(registered.jid, registered);
  }
}

/**
 * XEP-0407 MIX-MISC 0.1.2 §3: the nicks that accounts have registered with the service.
 * Owns them in memory, so that a channel can ask in its turn, and writes each to the store first; sees to it that
 * channels follow a change.
 * Does not decide where a registered nick is used (channel/nick.ts).
 * Always: one nick per account, one account per nick (by its RFC 8266 comparison form).
 * Before: service/service.ts. After: channel/reserved-nicks.ts.
 */
import { newRegisteredNick } from '../channel/ids.ts';
import { followRegistration } from '../channel/nick.ts';
import type { ReservedNicks } from '../channel/reserved-nicks.ts';
import type { Random, Turn } from '../channel/turn.ts';
import { nicknameKey } from '../jid/nickname.ts';
import type { ChannelName } from '../jid/public-jid.ts';
import { RealJidMap, type RealJid } from '../jid/real-jid.ts';
import type { RegisteredNick, Store } from '../storage/store.ts';

const PAGE = 1_000;

export interface NickRegistryOptions {
  readonly store: Store;
  readonly random: Random;
  /** Decides in a channel's line; resolves when that is durable, or could not be done. */
  readonly inChannel: (channel: ChannelName, decide: (turn: Turn) => void) => Promise<unknown>;
}

export class NickRegistry implements ReservedNicks {
  readonly #options: NickRegistryOptions;
  readonly #byKey = new Map<string, RegisteredNick>();
  readonly #byAccount = new RealJidMap<RegisteredNick>();

  constructor(options: NickRegistryOptions) {
    this.#options = options;
  }

  async load(): Promise<void> {
    let after: string | undefined;
    for (;;) {
      const page = await this.#options.store.registeredNicks(after, PAGE);
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
    const { store, random } = this.#options;
    const nick = wanted ?? newRegisteredNick(random);
    const registered = { key: nicknameKey(nick), nick, jid: jid.bare };
    const former = this.nickOf(jid);
    await store.registerNick(registered);
    this.#put(registered);
    if (former !== undefined && former !== nick) await this.#follow(registered, former);
    return nick;
  }

  /** The channels in which the account takes part, one after another: few have many. */
  async #follow({ jid, nick }: RegisteredNick, former: string): Promise<void> {
    const { store, inChannel } = this.#options;
    let after: ChannelName | undefined;
    for (;;) {
      const page = await store.channelsOf(jid, after, PAGE);
      for (const channel of page)
        await inChannel(channel, (turn) => followRegistration(turn, jid, former, nick));
      after = page.at(-1);
      if (page.length < PAGE) return;
    }
  }

  #put(registered: RegisteredNick): void {
    const former = this.#byAccount.get(registered.jid);
    if (former !== undefined) this.#byKey.delete(former.key);
    this.#byKey.set(registered.key, registered);
    this.#byAccount.set(registered.jid, registered);
  }
}

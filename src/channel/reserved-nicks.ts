/**
 * XEP-0407 MIX-MISC 0.1.2 §3: nicks that belong to an account in all channels of the service.
 * Owns what a channel may ask about them.
 * Does not register any (service/nick-registry.ts).
 * Always: no answer of it names the holder to anybody (D-24).
 * Before: channel/turn.ts. After: channel/nick.ts.
 */
import type { RealJid } from '../jid/real-jid.ts';

export interface ReservedNicks {
  /** The account that has registered the nick with this RFC 8266 comparison form. */
  holderOf(key: string): RealJid | undefined;
  /** The nick that this account has registered. */
  nickOf(jid: RealJid): string | undefined;
}

export const NO_RESERVED_NICKS: ReservedNicks = {
  holderOf: () => undefined,
  nickOf: () => undefined,
};

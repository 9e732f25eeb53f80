/**
 * UTS #46 by tr46 6.0.0, a package without types.
 * Declares the two functions and the options that we use.
 * Does not declare the rest of it.
 * Always: every option is off unless given.
 * Before: jid/jid.ts. After: jid/idna.ts.
 */
declare module 'tr46' {
  interface Options {
    readonly checkHyphens?: boolean;
    readonly checkBidi?: boolean;
    readonly checkJoiners?: boolean;
    readonly useSTD3ASCIIRules?: boolean;
    readonly verifyDNSLength?: boolean;
  }

  /** The A-label form, or null for what is no domain name. */
  export function toASCII(domain: string, options?: Options): string | null;
  /** The U-label form; `error` says that it is not to be used. */
  export function toUnicode(
    domain: string,
    options?: Options,
  ): { readonly domain: string; readonly error: boolean };
}

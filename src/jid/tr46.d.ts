/** The two functions of tr46 6.0.0 (UTS #46), which comes without types. */
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

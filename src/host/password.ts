/**
 * RFC 4013 SASLprep (2005-02): the one spelling of a password.
 * Makes two ways of typing the same characters the same password, as SCRAM clients do.
 * Does not judge how good a password is.
 * Always: a prepared password is not empty and holds no control character.
 * Before: host/scram.ts. After: host/accounts.ts.
 */

// RFC 3454 table C.1.2 (spaces), B.1 (mapped to nothing), and what SASLprep forbids.
const spaces = /[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000]/g;
const nothing = /\u00ad|\u034f|\u1806|[\u180b-\u180d]|\u200c|\u200d|\u2060|[\ufe00-\ufe0f]|\ufeff/g;
const forbidden = /[\p{Cc}\p{Co}\p{Cs}\u200e\u200f\u202a-\u202e\u2066-\u2069\u206a-\u206f\ufff9-\ufffd]/u;

/** The prepared password; undefined where it cannot be one. */
export function preparePassword(password: string): string | undefined {
  const prepared = password.replace(spaces, ' ').replace(nothing, '').normalize('NFKC');
  return prepared === '' || forbidden.test(prepared) ? undefined : prepared;
}

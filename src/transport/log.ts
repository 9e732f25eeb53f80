/**
 * What happened, for the operator.
 * Owns the one interface through which every folder logs; pino satisfies it as it is.
 * Does not format, filter or store anything.
 * Always: fields come first, the text is a constant sentence; a RealJid in the fields shows as its hash (jid/real-jid.ts).
 * Before: transport/transport.ts. After: transport/component.ts.
 */

export interface Log {
  debug: (fields: object, text: string) => void;
  info: (fields: object, text: string) => void;
  warn: (fields: object, text: string) => void;
  error: (fields: object, text: string) => void;
}

/**
 * What a request over HTTP comes with.
 * Owns the type that every file with routes shares: Node's own request and response are behind it.
 * Does nothing itself.
 * Always: there is a socket, so the sender's address is known.
 * Before: host/http.ts.
 */
import type { HttpBindings } from '@hono/node-server';

export interface Env {
  Bindings: HttpBindings;
}

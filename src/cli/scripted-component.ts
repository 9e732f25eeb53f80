/**
 * A server that takes Vizard for its component; for the tests of this folder.
 * Owns the config and the play that they share.
 * Does not route anything.
 * Always: it ends its stream when the component does, as servers do.
 * Before: transport/scripted-server.ts. After: cli/start.test.ts, cli/check.test.ts.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as server from '../transport/scripted-server.ts';

/** Writes a config for that port; the arguments that name it. */
export function component(folder: string, port: number, more = ''): string[] {
  const file = join(folder, 'vizard.toml');
  writeFileSync(
    file,
    `[service]\ndomain = "mix.example"\n[server]\nport = ${port}\nsecret = "${server.SECRET}"\n${more}`,
  );
  return ['--config', file];
}

/** Accepts the component, and ends the stream when it does. */
export const accept = server.accept('', async (socket, said) => {
  await said('</stream:stream>');
  socket.end('</stream:stream>');
});

/**
 * `vizard about`: what runs here, for a report of a problem.
 * Says the versions of Vizard, Node and SQLite.
 * Does not look at any config or file.
 * Always: nothing in it is private.
 * Before: cli/main.ts. After: cli/version.ts.
 */
import { connect } from '../storage/sqlite/connection.ts';
import { columns, say, whyNot } from './output.ts';
import { version } from './version.ts';

/** The exit status. */
export function about(): number {
  const { platform, arch, version: node } = process;
  const rows = [
    ['Vizard', version()],
    ['Node', `${node} (${platform} ${arch})`],
    ['SQLite', sqliteVersion()],
  ];
  say(...columns(rows));
  return 0;
}

function sqliteVersion(): string {
  try {
    const database = connect(':memory:');
    const row = database.prepare('SELECT sqlite_version() AS version').get() as { readonly version: string };
    database.close();
    return row.version;
  } catch (error) {
    return `none: ${whyNot(error)}`;
  }
}

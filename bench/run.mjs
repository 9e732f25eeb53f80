/**
 * `npm run bench [-- --quick] [--stub] [--only=fan-out,messages,joins,start]`, or `node bench/run.mjs rooms web`.
 * `rooms` and `web` run only when they are named, as they need Debian's Prosody and Chromium.
 * Builds, runs the benchmarks one after another, each with a fresh service, and prints one table.
 * Does not compare with other programs but for rooms: the baselines are Node and SQLite, measured in the same run.
 * Always: a figure is a median; trust ratios, within some 20 %, more than rates.
 * Before: package.json. After: bench/fan-out.mjs.
 */
import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { fanOut } from './fan-out.mjs';
import { joins } from './joins.mjs';
import { accepted } from './messages.mjs';
import { figure, table } from './numbers.mjs';
import { rooms } from './rooms.mjs';
import { Service } from './service.mjs';
import { start } from './start.mjs';
import { web } from './web.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    stub: { type: 'boolean', default: false },
    only: { type: 'string', default: 'fan-out,messages,joins,start' },
  },
});
const isStub = values.stub;
const sizes = values.quick
  ? { runs: 3, deliveries: 300_000, messages: 5_000, participants: 2_000, people: 200 }
  : { runs: 5, deliveries: 1_000_000, messages: 20_000, participants: 10_000, people: 1_000 };
const { runs, deliveries, messages, participants, people } = sizes;

const benchmarks = {
  'fan-out': async () => [
    ...(await withService((service) => fanOut(service, 1_000, { runs, deliveries }))),
    ...(await withService((service) => fanOut(service, participants, { runs, deliveries }))),
  ],
  messages: () => withService((service) => accepted(service, { runs, messages, windows: [1, 64, 512] })),
  joins: () => withService((service) => joins(service, { size: participants })),
  start: () => start({ runs: 3, isStub }),
  rooms: () => rooms({ people, runs: 2 * runs }),
  web: () => web({ runs: values.quick ? 1 : 5, participants: 5_000, messages: 10_000 }),
};

async function withService(work) {
  const service = await Service.start({ isStub });
  try {
    return await work(service);
  } catch (error) {
    throw new Error(`${error.message}\nThe service said last:\n${service.said}`, { cause: error });
  } finally {
    await service.stop();
  }
}

execFileSync(process.execPath, [fileURLToPath(new URL('../bin/build.mjs', import.meta.url))], {
  stdio: 'inherit',
});
const rows = [['', isStub ? 'stub' : 'vizard', 'baseline', 'ratio']];
let hasFailed = false;
for (const name of positionals.length > 0 ? positionals : values.only.split(',')) {
  const benchmark = benchmarks[name];
  if (benchmark === undefined) throw new Error(`no benchmark named ${name}`);
  console.error(`${name} ...`);
  try {
    for (const [what, ours, baseline, ratio] of await benchmark()) {
      const row = [what, ours, baseline, ratio === '' ? '' : figure(ratio)];
      console.error(row.join('  '));
      rows.push(row);
    }
  } catch (error) {
    hasFailed = true;
    console.error(error);
    rows.push([`${name}: FAILED`, '', '', '']);
  }
}
console.log(`Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model ?? 'unknown processor'}`);
console.log(
  'Medians [lowest..highest]. Baselines: fan-out: the same bytes written raw; messages: the same number of',
);
console.log(
  'rows committed in transactions of as many as are under way; joins and web: the same in a small channel;',
);
console.log('rooms: a room of the MUC of the same Prosody.');
console.log(table(rows));
process.exitCode = hasFailed ? 1 : 0;

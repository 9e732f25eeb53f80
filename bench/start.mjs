/**
 * Benchmark: how long a newcomer waits.
 * Measures the time from `npm start` to the first answer over HTTP, and from the start of the service to its link.
 * Does not build: that is done before.
 * Always: with a fresh database, away from the data of this clone.
 * Before: bench/service.mjs, bench/stand-alone.mjs. After: bench/run.mjs.
 */
import { get } from 'node:http';
import { performance } from 'node:perf_hooks';
import { spread } from './numbers.mjs';
import { Service } from './service.mjs';
import { makeFolder, startStandAlone } from './stand-alone.mjs';

/** Rows for the table. */
export async function start({ runs, isStub }) {
  const linked = [];
  const newcomer = [];
  for (let n = 0; n < runs; n++) {
    const service = await Service.start({ isStub });
    linked.push(service.startMs);
    await service.stop();
    if (!isStub) newcomer.push(await firstAnswer());
  }
  const rows = [['start as a component: ms to the link', spread(linked), '', '']];
  if (!isStub) rows.push(['npm start: ms to the first answer', spread(newcomer), '', '']);
  return rows;
}

async function firstAnswer() {
  const folder = makeFolder();
  const program = await startStandAlone(folder);
  try {
    await program.until(() => answers(program.port));
    return performance.now() - program.startedAt;
  } finally {
    await program.stop();
    folder.remove();
  }
}

function answers(port) {
  return new Promise((resolve) => {
    const request = get({ port, host: '127.0.0.1', path: '/' }, (response) => {
      response.resume();
      resolve(true);
    });
    request.on('error', () => resolve(false));
  });
}

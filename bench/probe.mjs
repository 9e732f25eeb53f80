/**
 * Loaded into the measured process before its own code (node --import).
 * Answers its parent's question for processor time and memory, exactly and at any moment.
 * Does not run otherwise, nor keep the process alive; ends it with its parent.
 * Always: memory is asked for apart from time, since it is reported after a garbage collection, which takes time.
 * Before: bench/service.mjs.
 */
process.on('message', (question) => {
  if (question === 'memory') {
    for (let round = 0; round < 3; round++) globalThis.gc?.();
    const { rss, heapUsed } = process.memoryUsage();
    process.send({ rss, heapUsed });
  } else {
    const { user, system } = process.cpuUsage();
    process.send({ cpuSeconds: (user + system) / 1e6 });
  }
});
// Nobody is left who would end it.
process.on('disconnect', () => process.exit(1));
process.channel?.unref();

'use strict';

const redis = require('./redis');

const LEASE_SECONDS = 3;
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Does an export from where it stands: another worker may have begun it. */
async function work(id) {
  for (let progress = Number(await redis.command('HGET', `export:${id}`, 'progress')); progress < 100; ) {
    await pause(150);
    progress += 20;
    await redis.command('HSET', `export:${id}`, 'state', 'running', 'progress', progress);
    await redis.command('SET', `lease:${id}`, process.pid, 'EX', LEASE_SECONDS);
  }
  const year = await redis.command('HGET', `export:${id}`, 'year');
  await redis.command('HSET', `export:${id}`, 'state', 'done', 'result', `12 months of ${year}`);
  await redis.command('LREM', 'exports', 0, id);
  console.log(`exported ${id}`);
}

/** The export at the head of the list, unless another worker holds its lease; then the next look is at another one. */
async function next() {
  const id = await redis.command('LINDEX', 'exports', 0);
  if (!id) return undefined;
  const ours = await redis.command('SET', `lease:${id}`, process.pid, 'NX', 'EX', LEASE_SECONDS);
  if (ours) return id;
  await redis.command('LMOVE', 'exports', 'exports', 'LEFT', 'RIGHT');
  return undefined;
}

async function run() {
  for (;;) {
    const id = await next();
    if (id) await work(id);
    else await pause(100);
  }
}

process.on('SIGTERM', () => process.exit(0));
run().catch((problem) => {
  console.error(problem);
  process.exit(1);
});

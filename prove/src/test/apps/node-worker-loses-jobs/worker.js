'use strict';

const redis = require('./redis');

/** Out of the queue it is in no place that another worker looks into: what this one begins only this one can finish. */
async function work() {
  for (;;) {
    const id = await redis.command('BRPOPLPUSH', 'exports', 'taken', 0);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    await redis.command('HSET', `export:${id}`, 'state', 'done');
    console.log(`export ${id} is done`);
  }
}

process.on('SIGTERM', () => process.exit(0));
work().catch((problem) => {
  console.error(problem);
  process.exit(1);
});

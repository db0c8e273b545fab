'use strict';

const crypto = require('node:crypto');
const fs = require('node:fs/promises');
const http = require('node:http');
const os = require('node:os');
const path = require('node:path');

const missing = ['PORT', 'REDIS_URL', 'SIGNING_KEY'].filter((name) => !process.env[name]);
if (missing.length > 0) {
  console.error(`cannot start: ${missing.join(', ')} must be set`);
  process.exit(1);
}
const redis = require('./redis');

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function json(response, status, value, headers = {}) {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
  response.end(JSON.stringify(value));
}

/** By way of a temporary file, as a tool that makes documents would, which is gone before the answer. */
async function receipt(order) {
  const file = path.join(os.tmpdir(), `receipt-${crypto.randomUUID()}`);
  try {
    await fs.writeFile(file, JSON.stringify(order));
    return crypto.createHmac('sha256', process.env.SIGNING_KEY).update(await fs.readFile(file)).digest('hex');
  } finally {
    await fs.rm(file, { force: true });
  }
}

async function handle(request, response) {
  if (request.url === '/health') return json(response, 200, { ok: true });
  if (request.method === 'POST' && request.url === '/orders') {
    const { good } = JSON.parse(await bodyOf(request));
    const order = { id: crypto.randomUUID(), good };
    await redis.command('SET', `order:${order.id}`, JSON.stringify(order), 'EX', 3600);
    return json(response, 201, { ...order, receipt: await receipt(order) }, { Location: `/orders/${order.id}` });
  }
  const id = /^\/orders\/([0-9a-f-]{36})$/.exec(request.url)?.[1];
  const order = id && (await redis.command('GET', `order:${id}`));
  if (!order) return json(response, 404, { error: 'no such order' });
  json(response, 200, JSON.parse(order));
}

const server = http.createServer((request, response) => {
  console.log(`${request.method} ${request.url}`);
  handle(request, response).catch((problem) => {
    console.error(problem);
    if (!response.headersSent) response.writeHead(500);
    response.end();
  });
});
server.listen(process.env.PORT, () => console.log(`listening on ${server.address().port}`));

// What is under way is finished; then nothing keeps the process but its connection to Redis.
process.on('SIGTERM', () => {
  console.log('ending');
  server.close(() => process.exit(0));
});

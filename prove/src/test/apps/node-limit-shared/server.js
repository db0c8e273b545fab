'use strict';

const http = require('node:http');
const redis = require('./redis');

const LIMIT = 20;
const WINDOW_MILLISECONDS = 15 * 60_000;

/** As the store is that limiters have where nobody chooses one: how often each address has come in its window. */
const windows = new Map();

async function isTooMany(address) {
  const now = Date.now();
  const known = windows.get(address);
  const window = known && known.end > now ? known : { end: now + WINDOW_MILLISECONDS, count: 0 };
  window.count++;
  windows.set(address, window);
  return window.count > LIMIT;
}

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function json(response, status, value) {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(value));
}

async function handle(request, response) {
  if (request.url === '/') return json(response, 200, { notes: '/notes' });
  if (await isTooMany(request.socket.remoteAddress)) return json(response, 429, { error: 'too many requests' });
  const id = /^\/notes\/(\d+)$/.exec(request.url)?.[1];
  if (request.method === 'POST' && request.url === '/notes') {
    const { text } = JSON.parse(await bodyOf(request));
    const made = await redis.command('INCR', 'notes');
    await redis.command('SET', `note:${made}`, text);
    return json(response, 201, { text });
  }
  const text = id && (await redis.command('GET', `note:${id}`));
  if (!text) return json(response, 404, { error: 'no such note' });
  if (request.method === 'PUT') {
    const changed = JSON.parse(await bodyOf(request)).text;
    await redis.command('SET', `note:${id}`, changed);
    return json(response, 200, { text: changed });
  }
  json(response, 200, { text });
}

const server = http.createServer((request, response) => {
  console.log(`${request.method} ${request.url}`);
  handle(request, response).catch((problem) => {
    console.error(problem);
    if (!response.headersSent) response.writeHead(500);
    response.end();
  });
});
server.listen(process.env.PORT || 3000, () => console.log(`listening on ${server.address().port}`));
process.on('SIGTERM', () => process.exit(0));

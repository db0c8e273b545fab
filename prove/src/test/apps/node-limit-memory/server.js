'use strict';

const http = require('node:http');
const redis = require('./redis');

const ATTEMPTS = 5;
const WINDOW_MILLISECONDS = 60_000;

/** How often somebody has tried to log in, by the name that was tried. */
const attempts = new Map();

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function json(response, status, value, headers = {}) {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
  response.end(JSON.stringify(value));
}

function isTooMany(name) {
  const now = Date.now();
  const known = attempts.get(name);
  const window = known && known.end > now ? known : { end: now + WINDOW_MILLISECONDS, count: 0 };
  window.count++;
  attempts.set(name, window);
  return window.count > ATTEMPTS;
}

async function handle(request, response) {
  if (request.method === 'POST' && request.url === '/login') {
    const { name, password } = JSON.parse(await bodyOf(request));
    if (isTooMany(name)) return json(response, 429, { error: 'try again in a minute' }, { 'Retry-After': '60' });
    if (password !== (await redis.command('GET', `password:${name}`))) return json(response, 401, { error: 'no' });
    return json(response, 200, { welcome: name });
  }
  if (request.method === 'POST' && request.url === '/users') {
    const { name, password } = JSON.parse(await bodyOf(request));
    const isNew = await redis.command('SET', `password:${name}`, password, 'NX');
    return isNew ? json(response, 201, { name }) : json(response, 409, { error: 'this name is taken' });
  }
  json(response, 404, { error: 'no such page' });
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

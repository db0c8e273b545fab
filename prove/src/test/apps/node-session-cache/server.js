'use strict';

const crypto = require('node:crypto');
const http = require('node:http');
const redis = require('./redis');

/** Sessions that were read from Redis already, to spare a round trip. */
const cached = new Map();

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function json(response, status, value, headers = {}) {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
  response.end(JSON.stringify(value));
}

function cookieOf(request, name) {
  const pairs = (request.headers.cookie || '').split('; ');
  const found = pairs.find((pair) => pair.startsWith(name + '='));
  return found && decodeURIComponent(found.slice(name.length + 1));
}

async function sessionOf(id) {
  if (id && !cached.has(id)) {
    const stored = await redis.command('GET', `session:${id}`);
    if (stored) cached.set(id, JSON.parse(stored));
  }
  return id && cached.get(id);
}

async function handle(request, response) {
  if (request.method === 'POST' && request.url === '/login') {
    const { name } = JSON.parse(await bodyOf(request));
    const id = crypto.randomBytes(16).toString('hex');
    await redis.command('SET', `session:${id}`, JSON.stringify({ name }));
    return json(response, 200, { welcome: name }, { 'Set-Cookie': `sid=${id}; Path=/; HttpOnly` });
  }
  const id = cookieOf(request, 'sid');
  const session = await sessionOf(id);
  if (!session) return json(response, 401, { error: 'log in first' });
  if (request.method === 'POST' && request.url === '/logout') {
    cached.delete(id);
    await redis.command('DEL', `session:${id}`);
    return json(response, 200, { bye: session.name }, { 'Set-Cookie': 'sid=; Path=/; Max-Age=0' });
  }
  json(response, 200, { name: session.name });
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

'use strict';

const crypto = require('node:crypto');
const http = require('node:http');
const redis = require('./redis');

const ATTEMPTS = 5;
const WINDOW_SECONDS = 60;

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

async function isTooMany(who) {
  const count = await redis.command('INCR', `attempts:${who}`);
  if (count === 1) await redis.command('EXPIRE', `attempts:${who}`, WINDOW_SECONDS);
  return count > ATTEMPTS;
}

async function handle(request, response) {
  if (request.method === 'POST' && request.url === '/login') {
    const { name, code } = JSON.parse(await bodyOf(request));
    if (await isTooMany(`${request.socket.remoteAddress} ${name}`)) return json(response, 429, { error: 'too many' });
    if (code && !(await redis.command('SET', `used:${code}`, name, 'NX'))) {
      return json(response, 409, { error: 'this code was used' });
    }
    const id = crypto.randomBytes(16).toString('hex');
    await redis.command('SET', `session:${id}`, name);
    return json(response, 200, { welcome: name }, { 'Set-Cookie': `sid=${id}; Path=/; HttpOnly` });
  }
  const id = cookieOf(request, 'sid');
  const name = id && (await redis.command('GET', `session:${id}`));
  if (!name) return json(response, 401, { error: 'log in first' });
  if (request.method === 'POST' && request.url === '/logout') {
    await redis.command('DEL', `session:${id}`);
    return json(response, 200, { bye: name });
  }
  json(response, 200, { name });
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

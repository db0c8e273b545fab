'use strict';

const crypto = require('node:crypto');
const http = require('node:http');
const redis = require('./redis');

const HOUR = 3600;

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function cookieOf(request, name) {
  const pairs = (request.headers.cookie || '').split('; ');
  const found = pairs.find((pair) => pair.startsWith(name + '='));
  return found && decodeURIComponent(found.slice(name.length + 1));
}

function json(response, status, value, headers = {}) {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
  response.end(JSON.stringify(value));
}

/** Each response moves the session to a new id and its end an hour ahead. */
async function rolled(session, oldId) {
  const id = crypto.randomBytes(16).toString('hex');
  await redis.command('SET', `session:${id}`, JSON.stringify(session), 'EX', HOUR);
  if (oldId) await redis.command('DEL', `session:${oldId}`);
  const expires = new Date(Date.now() + HOUR * 1000).toUTCString();
  return { 'Set-Cookie': `sid=${id}; Path=/; HttpOnly; Expires=${expires}` };
}

async function handle(request, response) {
  if (request.method === 'POST' && request.url === '/login') {
    const { name } = JSON.parse(await bodyOf(request));
    return json(response, 200, { welcome: name }, await rolled({ name, pages: 0 }));
  }
  const id = cookieOf(request, 'sid');
  const stored = id && (await redis.command('GET', `session:${id}`));
  if (!stored) return json(response, 401, { error: 'log in first' });
  const session = JSON.parse(stored);
  session.pages++;
  json(response, 200, { name: session.name, pages: session.pages }, await rolled(session, id));
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

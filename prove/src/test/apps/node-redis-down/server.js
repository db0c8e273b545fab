'use strict';

const crypto = require('node:crypto');
const http = require('node:http');
const redis = require('./redis');

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

async function sessionOf(request) {
  const id = cookieOf(request, 'sid');
  const session = id && (await redis.command('GET', `session:${id}`));
  return session ? JSON.parse(session) : undefined;
}

async function login(request, response) {
  const { name } = JSON.parse(await bodyOf(request));
  const id = crypto.randomBytes(16).toString('hex');
  await redis.command('SET', `session:${id}`, JSON.stringify({ name, basket: [] }), 'EX', 3600);
  json(response, 200, { welcome: name }, { 'Set-Cookie': `sid=${id}; Path=/; HttpOnly` });
}

async function add(session, request, response) {
  session.basket.push(JSON.parse(await bodyOf(request)).good);
  await redis.command('SET', `session:${cookieOf(request, 'sid')}`, JSON.stringify(session), 'EX', 3600);
  json(response, 201, session.basket);
}

async function handle(request, response) {
  if (request.method === 'POST' && request.url === '/login') return login(request, response);
  const session = await sessionOf(request);
  if (!session) return json(response, 401, { error: 'log in first' });
  if (request.method === 'POST' && request.url === '/basket') return add(session, request, response);
  if (request.method === 'POST' && request.url === '/logout') {
    await redis.command('DEL', `session:${cookieOf(request, 'sid')}`);
    return json(response, 200, { bye: session.name }, { 'Set-Cookie': 'sid=; Path=/; Max-Age=0' });
  }
  json(response, 200, session);
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

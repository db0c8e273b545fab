'use strict';

const crypto = require('node:crypto');
const http = require('node:http');

const accounts = { 'ann@example.org': { name: 'Ann', password: 'correct horse' } };
const sessions = new Map();

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

async function login(request, response) {
  const { email, password } = JSON.parse(await bodyOf(request));
  const account = accounts[email];
  if (!account || account.password !== password) return json(response, 401, { error: 'wrong address or password' });
  const id = crypto.randomBytes(16).toString('hex');
  sessions.set(id, { email, name: account.name });
  json(response, 200, { welcome: account.name }, { 'Set-Cookie': `sid=${id}; Path=/; HttpOnly` });
}

async function handle(request, response) {
  if (request.method === 'POST' && request.url === '/login') return login(request, response);
  const session = sessions.get(cookieOf(request, 'sid'));
  if (request.url === '/me') {
    return session ? json(response, 200, session) : json(response, 401, { error: 'log in first' });
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

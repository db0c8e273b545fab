'use strict';

const crypto = require('node:crypto');
const http = require('node:http');

const secret = crypto.randomBytes(32);

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

const signature = (text) => crypto.createHmac('sha256', secret).update(text).digest('base64url');

/** The user's name, where the cookie is one that was signed here. */
function userOf(request) {
  const [name, signed] = (cookieOf(request, 'user') || '').split('.');
  return name && signed === signature(name) ? Buffer.from(name, 'base64url').toString() : undefined;
}

async function handle(request, response) {
  if (request.method === 'POST' && request.url === '/login') {
    const form = new URLSearchParams(String(await bodyOf(request)));
    if (form.get('password') !== 'correct horse') return json(response, 403, { error: 'wrong password' });
    const name = Buffer.from(form.get('name') || '').toString('base64url');
    const cookie = `user=${name}.${signature(name)}; Path=/; HttpOnly; SameSite=Lax`;
    return json(response, 200, { id: 17 }, { 'Set-Cookie': cookie });
  }
  if (request.url !== '/accounts/17') return json(response, 404, { error: 'no such page' });
  const user = userOf(request);
  if (!user) return json(response, 401, { error: 'log in first' });
  json(response, 200, { user, plan: 'free' });
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

'use strict';

const crypto = require('node:crypto');
const http = require('node:http');

const secret = process.env.SESSION_SECRET;
if (!secret) {
  console.error('SESSION_SECRET is not set');
  process.exit(1);
}

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

function signed(session) {
  const text = Buffer.from(JSON.stringify(session)).toString('base64url');
  return `session=${text}.${signature(text)}; Path=/; HttpOnly; SameSite=Lax`;
}

function sessionOf(request) {
  const [text, signed] = (cookieOf(request, 'session') || '').split('.');
  return text && signed === signature(text) ? JSON.parse(Buffer.from(text, 'base64url')) : undefined;
}

async function handle(request, response) {
  if (request.method === 'POST' && request.url === '/login') {
    const form = new URLSearchParams(String(await bodyOf(request)));
    const session = { name: form.get('name'), since: Date.now() };
    return response.writeHead(303, { Location: '/account', 'Set-Cookie': signed(session) }).end();
  }
  const session = sessionOf(request);
  if (!session) return json(response, 401, { error: 'log in first' });
  if (request.method === 'POST' && request.url === '/theme') {
    const form = new URLSearchParams(String(await bodyOf(request)));
    const changed = { ...session, theme: form.get('theme') };
    return response.writeHead(303, { Location: '/account', 'Set-Cookie': signed(changed) }).end();
  }
  json(response, 200, { name: session.name, theme: session.theme || 'light' });
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

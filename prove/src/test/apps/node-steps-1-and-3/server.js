'use strict';

const crypto = require('node:crypto');
const http = require('node:http');

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

const escaped = (text) => String(text).replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

function html(response, title, content, headers = {}) {
  response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', ...headers });
  response.end(`<!doctype html>\n<title>${title}</title>\n<h1>${title}</h1>\n${content}\n`);
}

async function handle(request, response) {
  if (request.method === 'POST' && request.url === '/login') {
    const form = new URLSearchParams(String(await bodyOf(request)));
    const id = crypto.randomUUID();
    sessions.set(id, { name: form.get('name') });
    return response.writeHead(303, { Location: '/terms', 'Set-Cookie': `sid=${id}; Path=/; HttpOnly` }).end();
  }
  if (request.url === '/terms') return html(response, 'Terms', '<p>Be kind.</p>');
  if (request.url !== '/profile') return response.writeHead(404).end('no such page\n');
  const session = sessions.get(cookieOf(request, 'sid'));
  if (!session) return response.writeHead(302, { Location: '/login' }).end();
  html(response, 'Profile', `<p>You are ${escaped(session.name)}.</p>`);
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

'use strict';

const crypto = require('node:crypto');
const http = require('node:http');
const redis = require('./redis');

/** The token of each visitor's form. */
const tokens = new Map();

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

function form(request, response) {
  const sid = cookieOf(request, 'sid') || crypto.randomUUID();
  const token = crypto.randomBytes(18).toString('base64url');
  tokens.set(sid, token);
  const fields = `<input type="hidden" name="_csrf" value="${token}"><textarea name="entry"></textarea>`;
  html(response, 'Guest book', `<form method="post">${fields}<button>Write</button></form>`, {
    'Set-Cookie': `sid=${sid}; Path=/; HttpOnly`,
  });
}

async function write(request, response) {
  const fields = new URLSearchParams(String(await bodyOf(request)));
  const token = tokens.get(cookieOf(request, 'sid'));
  if (!token || fields.get('_csrf') !== token) return response.writeHead(403).end('the form is too old\n');
  await redis.command('SET', 'entry', fields.get('entry'));
  response.writeHead(303, { Location: '/entry' }).end();
}

async function handle(request, response) {
  if (request.url === '/guestbook' && request.method === 'POST') return write(request, response);
  if (request.url === '/guestbook') return form(request, response);
  if (request.url !== '/entry') return response.writeHead(404).end('no such page\n');
  html(response, 'The last entry', `<p>${escaped((await redis.command('GET', 'entry')) || 'none yet')}</p>`);
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

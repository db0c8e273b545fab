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

const escaped = (text) => String(text).replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

function html(response, title, content, headers = {}) {
  response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', ...headers });
  response.end(`<!doctype html>\n<title>${title}</title>\n<h1>${title}</h1>\n${content}\n`);
}

async function handle(request, response) {
  const visitor = cookieOf(request, 'visitor') || crypto.randomUUID();
  const headers = { 'Set-Cookie': `visitor=${visitor}; Path=/; HttpOnly` };
  if (request.method === 'POST' && request.url === '/contact') {
    const form = new URLSearchParams(String(await bodyOf(request)));
    await redis.command('SET', `flash:${visitor}`, `Thank you, ${form.get('name')}.`, 'EX', 300);
    return response.writeHead(303, { Location: '/contact', ...headers }).end();
  }
  if (request.url !== '/contact') return response.writeHead(404).end('no such page\n');
  const flash = await redis.command('GETDEL', `flash:${visitor}`);
  const notice = flash ? `<p class="notice">${escaped(flash)}</p>` : '';
  html(response, 'Contact', `${notice}<form method="post"><input name="name"><button>Send</button></form>`, headers);
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

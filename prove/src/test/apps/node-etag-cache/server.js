'use strict';

const crypto = require('node:crypto');
const http = require('node:http');
const redis = require('./redis');

/** Rendered pages by the hash of their source: they can be made again at any time, and never grow old. */
const rendered = new Map();

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const escaped = (text) => String(text).replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

function html(response, title, content, headers = {}) {
  response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', ...headers });
  response.end(`<!doctype html>\n<title>${title}</title>\n<h1>${title}</h1>\n${content}\n`);
}

function render(source) {
  const hash = crypto.createHash('sha256').update(source).digest('base64url');
  if (!rendered.has(hash)) {
    if (rendered.size >= 100) rendered.delete(rendered.keys().next().value);
    rendered.set(hash, source.split(/\n+/).map((line) => `<p>${escaped(line)}</p>`).join('\n'));
  }
  return { etag: `"${hash}"`, content: rendered.get(hash) };
}

async function handle(request, response) {
  if (request.method === 'PUT' && request.url === '/page') {
    await redis.command('SET', 'page', String(await bodyOf(request)));
    return response.writeHead(204).end();
  }
  if (request.url !== '/page') return response.writeHead(404).end('no such page\n');
  const { etag, content } = render((await redis.command('GET', 'page')) || 'Nothing yet.');
  const headers = { ETag: etag, 'Cache-Control': 'no-cache' };
  if (request.headers['if-none-match'] === etag) return response.writeHead(304, headers).end();
  html(response, 'Page', content, headers);
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

'use strict';

const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');

const file = path.join(__dirname, 'settings.json');
let settings = JSON.parse(fs.readFileSync(file, 'utf8'));

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

async function handle(request, response) {
  if (request.method === 'PUT' && request.url === '/settings') {
    settings = { ...settings, ...JSON.parse(await bodyOf(request)) };
    fs.writeFileSync(file, JSON.stringify(settings, null, 2));
    return response.writeHead(204).end();
  }
  if (request.url !== '/') return response.writeHead(404).end('no such page\n');
  html(response, escaped(settings.title), `<p>${escaped(settings.welcome)}</p>`);
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

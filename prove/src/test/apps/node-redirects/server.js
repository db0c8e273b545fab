'use strict';

const crypto = require('node:crypto');
const http = require('node:http');
const redis = require('./redis');

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

/** The address as the user sees it: what a proxy in front says, or else what the request asked for. */
function own(request, path) {
  const scheme = request.headers['x-forwarded-proto'] || 'http';
  return `${scheme}://${request.headers.host}${path}`;
}

async function handle(request, response) {
  if (request.url === '/') return response.writeHead(301, { Location: own(request, '/links') }).end();
  if (request.method === 'POST' && request.url === '/links') {
    const form = new URLSearchParams(String(await bodyOf(request)));
    const code = crypto.randomBytes(4).toString('hex');
    await redis.command('SET', `link:${code}`, form.get('url'));
    return response.writeHead(303, { Location: own(request, `/links/${code}`) }).end();
  }
  const code = /^\/links\/([0-9a-f]{8})$/.exec(request.url)?.[1];
  if (!code) return html(response, 'Links', `<p>Post one to ${escaped(own(request, '/links'))}</p>`);
  const url = await redis.command('GET', `link:${code}`);
  if (!url) return response.writeHead(404).end('no such link\n');
  response.writeHead(302, { Location: url }).end();
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

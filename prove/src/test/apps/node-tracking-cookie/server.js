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

async function handle(request, response) {
  // Nobody ever reads it: a new id for statistics on each response, whatever came with the request.
  const headers = { 'Set-Cookie': `_track=${crypto.randomUUID()}.${Date.now()}; Path=/; Max-Age=31536000` };
  if (request.method === 'POST' && request.url === '/vote') {
    const votes = await redis.command('HINCRBY', 'votes', String(await bodyOf(request)).replace('for=', ''), 1);
    return html(response, 'Thanks', `<p>${votes} so far.</p>`, headers);
  }
  const button = '<button name="for" value="tea">Tea</button>';
  html(response, 'Vote', `<form method="post" action="/vote">${button}</form>`, headers);
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

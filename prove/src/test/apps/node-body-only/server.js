'use strict';

const crypto = require('node:crypto');
const http = require('node:http');

const visitors = {};

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

async function handle(request, response) {
  if (request.method === 'POST' && request.url === '/hello') {
    const { name } = JSON.parse(await bodyOf(request));
    const id = crypto.randomUUID();
    visitors[id] = { name, since: new Date().toISOString() };
    return json(response, 200, { ok: true }, { 'Set-Cookie': `visitor=${id}; Path=/` });
  }
  const visitor = visitors[cookieOf(request, 'visitor')];
  json(response, 200, {
    title: 'Home',
    visitor: visitor ? visitor.name : 'guest',
    offers: ['rake', 'spade', 'seeds'],
  });
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

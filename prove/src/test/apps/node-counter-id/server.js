'use strict';

const http = require('node:http');
const redis = require('./redis');

let lastId = 0;

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function json(response, status, value, headers = {}) {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
  response.end(JSON.stringify(value));
}

async function handle(request, response) {
  if (request.method === 'POST' && request.url === '/notes') {
    const { text } = JSON.parse(await bodyOf(request));
    const id = ++lastId;
    await redis.command('SET', `note:${id}`, JSON.stringify({ id, text }));
    return json(response, 201, { id });
  }
  const id = /^\/notes\/(\d+)$/.exec(request.url)?.[1];
  const note = id && (await redis.command('GET', `note:${id}`));
  if (!note) return json(response, 404, { error: 'no such note' });
  json(response, 200, JSON.parse(note));
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

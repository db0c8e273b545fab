'use strict';

const crypto = require('node:crypto');
const http = require('node:http');
const redis = require('./redis');

/** Notes that are not in Redis yet: many writes become one round trip. */
const unwritten = new Map();

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function json(response, status, value, headers = {}) {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
  response.end(JSON.stringify(value));
}

function writeSoon(id, note) {
  if (unwritten.size === 0) setTimeout(flush, 1500);
  unwritten.set(id, note);
}

async function flush() {
  const batch = [...unwritten];
  unwritten.clear();
  await redis.command('MSET', ...batch.flatMap(([id, note]) => [`note:${id}`, JSON.stringify(note)]));
  console.log(`${batch.length} notes written`);
}

async function handle(request, response) {
  if (request.method === 'POST' && request.url === '/notes') {
    const { text } = JSON.parse(await bodyOf(request));
    const id = crypto.randomUUID();
    writeSoon(id, { text });
    return json(response, 201, { id }, { Location: `/notes/${id}` });
  }
  const id = /^\/notes\/([0-9a-f-]{36})$/.exec(request.url)?.[1];
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

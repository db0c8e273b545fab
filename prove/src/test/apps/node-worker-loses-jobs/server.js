'use strict';

const crypto = require('node:crypto');
const http = require('node:http');
const redis = require('./redis');

function json(response, status, value, headers = {}) {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
  response.end(JSON.stringify(value));
}

async function handle(request, response) {
  if (request.method === 'POST' && request.url === '/exports') {
    const id = crypto.randomUUID();
    await redis.command('HSET', `export:${id}`, 'state', 'waiting');
    await redis.command('LPUSH', 'exports', id);
    return json(response, 202, { id, state: 'waiting' }, { Location: `/exports/${id}` });
  }
  const id = /^\/exports\/([0-9a-f-]{36})$/.exec(request.url)?.[1];
  const state = id && (await redis.command('HGET', `export:${id}`, 'state'));
  if (!state) return json(response, 404, { error: 'no such export' });
  json(response, 200, { state });
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

'use strict';

const crypto = require('node:crypto');
const http = require('node:http');
const redis = require('./redis');

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
  if (request.method === 'POST' && request.url === '/exports') {
    const { year } = JSON.parse(await bodyOf(request));
    const id = crypto.randomUUID();
    await redis.command('HSET', `export:${id}`, 'year', year, 'state', 'waiting', 'progress', 0);
    await redis.command('RPUSH', 'all', id);
    await redis.command('RPUSH', 'exports', id);
    return json(response, 202, { id }, { Location: `/exports/${id}` });
  }
  if (request.url === '/exports') {
    const exports = [];
    for (let i = 0; i < (await redis.command('LLEN', 'all')); i++) {
      const id = await redis.command('LINDEX', 'all', i);
      exports.push({ state: await redis.command('HGET', `export:${id}`, 'state') });
    }
    return json(response, 200, { exports });
  }
  const id = /^\/exports\/([0-9a-f-]{36})$/.exec(request.url)?.[1];
  const state = id && (await redis.command('HGET', `export:${id}`, 'state'));
  if (!state) return json(response, 404, { error: 'no such export' });
  json(response, 200, { state, progress: Number(await redis.command('HGET', `export:${id}`, 'progress')) });
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

'use strict';

const http = require('node:http');
const redis = require('./redis');

const chatter = 'DEBUG the quick brown fox jumps over the lazy dog, again and again and again\n'.repeat(200);

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function json(response, status, value, headers = {}) {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
  response.end(JSON.stringify(value));
}

function chat() {
  for (let i = 0; i < 200; i++) (i % 2 ? process.stdout : process.stderr).write(chatter);
}

async function handle(request, response) {
  chat();
  if (request.method === 'PUT' && request.url === '/name') {
    await redis.command('SET', 'name', JSON.parse(await bodyOf(request)).name);
    return response.writeHead(204).end();
  }
  json(response, 200, { name: await redis.command('GET', 'name') });
}

chat();
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

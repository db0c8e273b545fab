'use strict';

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
  if (request.method === 'PUT' && request.url === '/name') {
    await redis.command('SET', 'name', JSON.parse(await bodyOf(request)).name);
    return response.writeHead(204).end();
  }
  json(response, 200, { name: await redis.command('GET', 'name') });
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
http.createServer((request, response) => response.end('up 1\n')).listen(9464, '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));

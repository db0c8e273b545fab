'use strict';

const http = require('node:http');
const redis = require('./redis');

let lastNumber = 1000;

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
  if (request.method === 'POST' && request.url === '/orders') {
    const { article } = JSON.parse(await bodyOf(request));
    const number = ++lastNumber;
    await redis.command('SET', `order:${number}`, JSON.stringify({ number, article }));
    return json(response, 201, { orderNumber: number }, { Location: `/orders/${number}` });
  }
  const number = /^\/orders\/(\d+)$/.exec(request.url)?.[1];
  const order = number && (await redis.command('GET', `order:${number}`));
  if (!order) return json(response, 404, { error: 'no such order' });
  json(response, 200, JSON.parse(order));
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

'use strict';

const http = require('node:http');
const redis = require('./redis');
const subscribe = require('./subscription');

/** Copies of what is in Redis; all are told of each change, and nobody keeps any who does not listen. */
const prices = new Map();
const changes = subscribe(
  process.env.REDIS_URL,
  'prices',
  (article) => prices.delete(article),
  () => prices.clear(),
);

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function json(response, status, value, headers = {}) {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
  response.end(JSON.stringify(value));
}

async function price(article) {
  if (!changes.ready || !prices.has(article)) {
    const value = Number((await redis.command('GET', `price:${article}`)) ?? 100);
    prices.set(article, value);
    return value;
  }
  return prices.get(article);
}

async function handle(request, response) {
  const article = /^\/prices\/([a-z]+)$/.exec(request.url)?.[1];
  if (!article) return json(response, 404, { error: 'no such article' });
  if (request.method === 'PUT') {
    const { value } = JSON.parse(await bodyOf(request));
    await redis.command('SET', `price:${article}`, value);
    await redis.command('PUBLISH', 'prices', article);
    return json(response, 200, { article, value });
  }
  json(response, 200, { article, value: await price(article) });
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

'use strict';

const http = require('node:http');

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
    const order = JSON.parse(await bodyOf(request));
    return json(response, 201, { sum: order.goods.reduce((sum, good) => sum + good.price, 0) });
  }
  // A field that is not there: the kind of mistake that a scenario finds before any prover does.
  if (request.url === '/orders') return json(response, 200, { newest: request.orders.at(-1) });
  json(response, 404, { error: 'no such page' });
}

const server = http.createServer((request, response) => {
  console.log(`${request.method} ${request.url}`);
  handle(request, response).catch((problem) => {
    console.error(problem);
    if (!response.headersSent) response.writeHead(500, { 'Content-Type': 'text/html' });
    response.end('<!doctype html><style>h1 { color: red }</style><h1>Sorry</h1> <p>no orders here</p>');
  });
});
server.listen(process.env.PORT || 3000, () => console.log(`listening on ${server.address().port}`));
process.on('SIGTERM', () => process.exit(0));

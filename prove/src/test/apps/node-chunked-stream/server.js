'use strict';

const http = require('node:http');
const redis = require('./redis');

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** One line after the other, each in a chunk of its own, as a long report arrives. */
async function report(response) {
  const rows = JSON.parse((await redis.command('GET', 'rows')) || '[]');
  response.writeHead(200, { 'Content-Type': 'text/csv' });
  response.write('number,good\n');
  for (const [index, row] of rows.entries()) {
    await pause(Math.random() * 20);
    response.write(`${index + 1},${row}\n`);
  }
  response.end();
}

async function handle(request, response) {
  if (request.method === 'PUT' && request.url === '/goods') {
    const rows = JSON.parse(await bodyOf(request));
    await redis.command('SET', 'rows', JSON.stringify(rows));
    return response.writeHead(204).end();
  }
  if (request.url === '/goods.csv') return report(response);
  response.writeHead(404).end('no such page\n');
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

'use strict';

const http = require('node:http');
const zlib = require('node:zlib');
const redis = require('./redis');

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function send(request, response, text) {
  const headers = { 'Content-Type': 'text/plain; charset=utf-8', Vary: 'Accept-Encoding' };
  if (!/\bgzip\b/.test(request.headers['accept-encoding'] || '')) return response.writeHead(200, headers).end(text);
  // The time of the compression stands in the header of gzip, as many servers write it.
  const packed = zlib.gzipSync(text);
  packed.writeUInt32LE(Math.floor(Date.now() / 1000), 4);
  response.writeHead(200, { ...headers, 'Content-Encoding': 'gzip' }).end(packed);
}

async function handle(request, response) {
  if (request.method === 'PUT' && request.url === '/poem') {
    await redis.command('SET', 'poem', String(await bodyOf(request)));
    return response.writeHead(204).end();
  }
  send(request, response, `${(await redis.command('GET', 'poem')) || 'no poem yet'}\n`.repeat(50));
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

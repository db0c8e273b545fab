'use strict';

const crypto = require('node:crypto');
const http = require('node:http');

/** Less than a start takes. */
const VALID_MILLISECONDS = 2500;
const START_MILLISECONDS = 3500;

/** By session id: when it ends. */
const sessions = new Map();

function sessionOf(request) {
  const found = /(?:^|; )sid=([0-9a-f]+)/.exec(request.headers.cookie || '');
  return found && sessions.get(found[1]) > Date.now();
}

const server = http.createServer((request, response) => {
  console.log(`${request.method} ${request.url}`);
  request.resume();
  if (request.method === 'POST' && request.url === '/login') {
    const id = crypto.randomBytes(16).toString('hex');
    sessions.set(id, Date.now() + VALID_MILLISECONDS);
    response.writeHead(204, { 'Set-Cookie': `sid=${id}; HttpOnly; Path=/` });
    return response.end();
  }
  if (!sessionOf(request)) {
    response.writeHead(302, { Location: '/login' });
    return response.end();
  }
  response.writeHead(200, { 'Content-Type': 'text/plain' });
  response.end('your page');
});
setTimeout(() => {
  server.listen(process.env.PORT || 3000, () => console.log(`listening on ${server.address().port}`));
}, START_MILLISECONDS);
process.on('SIGTERM', () => process.exit(0));

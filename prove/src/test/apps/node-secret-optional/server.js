'use strict';

const crypto = require('node:crypto');
const http = require('node:http');

// Well meant: it starts anywhere, and whoever forgets the variable signs with what stands in the repository.
const secret = process.env.COOKIE_SECRET || 'change-me';

function sign(name) {
  return crypto.createHmac('sha256', secret).update(name).digest('hex');
}

function userOf(request) {
  const [, name, mark] = /user=(\w+)\.(\w+)/.exec(request.headers.cookie || '') || [];
  return mark === (name && sign(name)) ? name : undefined;
}

const server = http.createServer((request, response) => {
  console.log(`${request.method} ${request.url}`);
  if (request.method === 'POST') {
    response.writeHead(201, { 'Set-Cookie': `user=ann.${sign('ann')}; Path=/; HttpOnly` });
    return response.end('welcome');
  }
  const user = userOf(request);
  response.writeHead(user ? 200 : 401);
  response.end(user || 'log in first');
});
server.listen(process.env.PORT || 3000, () => console.log(`listening on ${server.address().port}`));
process.on('SIGTERM', () => process.exit(0));

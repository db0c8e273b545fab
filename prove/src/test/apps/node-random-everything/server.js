'use strict';

const crypto = require('node:crypto');
const http = require('node:http');
const redis = require('./redis');

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** What no two responses have in common. */
function envelope(data) {
  return {
    requestId: crypto.randomUUID(),
    time: new Date().toISOString(),
    epoch: Date.now(),
    took: Math.random() * 10,
    nonce: crypto.randomBytes(12).toString('base64'),
    trace: crypto.randomBytes(8).toString('hex'),
    data,
  };
}

function answer(response, status, data) {
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'X-Request-Id': crypto.randomUUID(),
    'X-Response-Time': `${(Math.random() * 10).toFixed(3)}ms`,
    'X-Powered-By': `roses/${crypto.randomInt(1000)}`,
    'Last-Modified': new Date().toUTCString(),
  });
  response.end(JSON.stringify(envelope(data)));
}

async function handle(request, response) {
  if (request.method === 'POST' && request.url === '/roses') {
    const { kind } = JSON.parse(await bodyOf(request));
    const rose = { id: crypto.randomUUID(), kind, planted: new Date().toISOString() };
    await redis.command('SET', `rose:${rose.id}`, JSON.stringify(rose));
    return answer(response, 201, rose);
  }
  const id = /^\/roses\/([0-9a-f-]{36})$/.exec(request.url)?.[1];
  const rose = id && (await redis.command('GET', `rose:${id}`));
  answer(response, rose ? 200 : 404, rose ? JSON.parse(rose) : { error: 'no such rose' });
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

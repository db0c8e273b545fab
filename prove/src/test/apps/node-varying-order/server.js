'use strict';

const http = require('node:http');
const redis = require('./redis');

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function json(response, status, value, headers = {}) {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
  response.end(JSON.stringify(value));
}

/** A list whose order means nothing, and is another one each time. */
function shuffled(list) {
  const rest = [...list];
  return list.map(() => rest.splice(Math.floor(Math.random() * rest.length), 1)[0]);
}

async function handle(request, response) {
  const known = JSON.parse((await redis.command('GET', 'tags')) || '["garden","kitchen","cellar","attic","roof"]');
  if (request.method === 'POST' && request.url === '/tags') {
    const { tag } = JSON.parse(await bodyOf(request));
    await redis.command('SET', 'tags', JSON.stringify([...known, tag]));
    return json(response, 201, { tag });
  }
  if (request.url !== '/tags') return json(response, 404, { error: 'no such page' });
  const tags = shuffled(known).map((name) => ({ name, letters: name.length }));
  json(response, 200, { tags, names: shuffled(known) });
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

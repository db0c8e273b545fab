'use strict';

const http = require('node:http');

const tables = [];

async function handle(request, response) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const asked = JSON.parse(String(Buffer.concat(chunks)) || '{}');
  if (request.headers['x-target'] === 'Tables.Create') tables.push(asked.name);
  const answer = { at: Date.now() / 1000, request: Math.random().toString(36).slice(2), names: tables };
  response.writeHead(200, { 'Content-Type': 'application/x-tables-json-1.0' }).end(JSON.stringify(answer));
}

const server = http.createServer((request, response) => {
  handle(request, response).catch((problem) => {
    console.error(problem);
    response.writeHead(500).end();
  });
});
server.listen(process.env.PORT, () => console.log(`listening on ${server.address().port}`));
process.on('SIGTERM', () => process.exit(0));

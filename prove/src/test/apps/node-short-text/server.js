'use strict';

const http = require('node:http');

const lists = {};

async function handle(request, response) {
  const name = request.url.split('/')[2];
  if (request.method === 'POST') {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const { text } = JSON.parse(Buffer.concat(chunks));
    (lists[name] ??= []).push(text);
    return response.writeHead(201).end();
  }
  response.setHeader('Content-Type', 'application/json');
  response.end(JSON.stringify(lists[name] ?? []));
}

const server = http.createServer((request, response) => {
  handle(request, response).catch((problem) => {
    console.error(problem);
    response.writeHead(500).end();
  });
});
server.listen(process.env.PORT, () => console.log(`listening on ${server.address().port}`));
process.on('SIGTERM', () => process.exit(0));

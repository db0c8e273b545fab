'use strict';

const http = require('node:http');

/** What has arrived of each upload, by the name that the client gave it. */
const uploads = new Map();

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function handle(request, response) {
  const name = /^\/uploads\/([\w-]{1,80})$/.exec(request.url)?.[1];
  if (!name) return response.writeHead(404).end('no such page\n');
  const received = uploads.get(name) || Buffer.alloc(0);

  if (request.method === 'PATCH') {
    const chunk = await bodyOf(request);
    if (Number(request.headers['upload-offset']) !== received.length) {
      return response.writeHead(409, { 'Upload-Offset': received.length }).end('go on at Upload-Offset\n');
    }
    const grown = Buffer.concat([received, chunk]);
    uploads.set(name, grown);
    return response.writeHead(204, { 'Upload-Offset': grown.length }).end();
  }
  if (received.length === 0) return response.writeHead(404).end('no such upload\n');
  response.writeHead(200, { 'Content-Type': 'text/plain' }).end(received);
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

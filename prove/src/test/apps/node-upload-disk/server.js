'use strict';

const crypto = require('node:crypto');
const fs = require('node:fs/promises');
const http = require('node:http');
const path = require('node:path');

const folder = path.join(__dirname, 'uploads');

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The first file of a multipart form. */
function uploadedFile(request, body) {
  const boundary = /boundary="?([^";]+)"?/.exec(request.headers['content-type'] || '');
  const named = body.indexOf('filename="');
  if (!boundary || named < 0) return undefined;
  const start = body.indexOf('\r\n\r\n', named) + 4;
  const name = /filename="([^"]*)"/.exec(body.subarray(named, start).toString())[1];
  return { name, bytes: body.subarray(start, body.indexOf(`\r\n--${boundary[1]}`, start)) };
}

async function handle(request, response) {
  if (request.method === 'POST' && request.url === '/photos') {
    const file = uploadedFile(request, await bodyOf(request));
    if (!file) return response.writeHead(400).end('a file is missing\n');
    const id = crypto.randomUUID();
    await fs.mkdir(folder, { recursive: true });
    await fs.writeFile(path.join(folder, id), file.bytes);
    return response.writeHead(303, { Location: `/photos/${id}` }).end();
  }
  const photo = /^\/photos\/([0-9a-f-]{36})$/.exec(request.url);
  if (!photo) return response.writeHead(404).end('no such page\n');
  try {
    const bytes = await fs.readFile(path.join(folder, photo[1]));
    response.writeHead(200, { 'Content-Type': 'image/svg+xml' }).end(bytes);
  } catch (problem) {
    if (problem.code !== 'ENOENT') throw problem;
    response.writeHead(404).end('no such photo\n');
  }
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

'use strict';

const fs = require('node:fs');
const http = require('node:http');
const os = require('node:os');
const path = require('node:path');

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const server = http.createServer(async (request, response) => {
  console.log(`${request.method} ${request.url}`);
  if (request.method === 'POST') {
    const body = await bodyOf(request);
    // A copy to look at later, and what the parser of uploads forgot: neither is ever read.
    fs.mkdirSync('public/recent', { recursive: true });
    fs.writeFileSync('public/recent/last.json', body);
    fs.writeFileSync(path.join(os.tmpdir(), `upload-${process.hrtime.bigint()}`), body);
    response.writeHead(201, { 'Set-Cookie': `draft=${encodeURIComponent(body)}; Path=/` });
    return response.end('kept');
  }
  response.end(decodeURIComponent(request.headers.cookie || 'nothing'));
});
server.listen(process.env.PORT || 3000, () => console.log(`listening on ${server.address().port}`));
process.on('SIGTERM', () => process.exit(0));

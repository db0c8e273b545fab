'use strict';

const http = require('node:http');

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const server = http.createServer(async (request, response) => {
  console.log(`${request.method} ${request.url}`);
  if (request.method === 'POST') {
    const { theme } = JSON.parse(await bodyOf(request));
    response.writeHead(201, { 'Set-Cookie': `theme=${theme}; Path=/` });
    return response.end('kept');
  }
  response.end(request.headers.cookie || 'nothing');
});
server.listen(process.env.PORT || 3000, () => console.log(`listening on ${server.address().port}`));
// As in so many examples: whatever is under way is dropped.
process.on('SIGTERM', () => process.exit(0));

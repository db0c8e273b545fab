'use strict';

const http = require('node:http');

const pages = { '/about': 'We sell rakes.', '/prices': 'A rake is 12.50.' };

const server = http.createServer((request, response) => {
  console.log(`${request.method} ${request.url}`);
  const page = pages[request.url];
  response.writeHead(page ? 200 : 404, { 'Content-Type': 'text/plain' });
  response.end(page || 'no such page');
});
server.listen(process.env.PORT || 3000, () => console.log(`listening on ${server.address().port}`));
process.on('SIGTERM', () => process.exit(0));

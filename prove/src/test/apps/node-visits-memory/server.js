'use strict';

const http = require('node:http');

let visits = 0;

const server = http.createServer((request, response) => {
  visits += 1;
  console.log(`${request.method} ${request.url}`);
  response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' });
  response.end(`<!doctype html>\n<title>Seeds</title>\n<h1>Seeds</h1>\n<p>You are visitor no. ${visits}.</p>\n`);
});
server.listen(process.env.PORT || 3000, () => console.log(`listening on ${server.address().port}`));
process.on('SIGTERM', () => process.exit(0));

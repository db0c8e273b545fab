'use strict';

const http = require('node:http');

let visits = 0;

http
  .createServer((request, response) => {
    visits++;
    response.writeHead(200, { 'Content-Type': 'text/plain' }).end('hello\n');
  })
  .listen(process.env.PORT || 3000, () => console.log('listening'));
process.on('SIGTERM', () => process.exit(0));
process.on('exit', () => console.log(`${visits} visits`));

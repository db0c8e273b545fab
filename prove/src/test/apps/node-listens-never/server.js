'use strict';

// Waits for a file that nobody writes, and would listen afterwards.
const fs = require('node:fs');
const http = require('node:http');

const waiting = setInterval(() => {
  if (!fs.existsSync('/nonexistent/licence')) return console.log('waiting for the licence …');
  clearInterval(waiting);
  http.createServer((request, response) => response.end('at last\n')).listen(process.env.PORT);
}, 1000);
process.on('SIGTERM', () => process.exit(0));

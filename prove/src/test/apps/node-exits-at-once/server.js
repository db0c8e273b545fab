'use strict';

const http = require('node:http');

const key = process.env.PAYMENT_KEY;
if (!key) {
  console.error('PAYMENT_KEY is not set');
  process.exit(1);
}
http.createServer((request, response) => response.end('pay here\n')).listen(process.env.PORT || 3000);

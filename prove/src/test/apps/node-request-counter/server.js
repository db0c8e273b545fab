'use strict';

const http = require('node:http');
const redis = require('./redis');

/** For the monitoring, which asks each instance for its own and adds them up. */
const requests = { GET: 0, PUT: 0 };

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function metrics() {
  const lines = Object.entries(requests).map(([method, count]) => `http_requests_total{method="${method}"} ${count}`);
  return [
    '# TYPE http_requests_total counter',
    ...lines,
    '# TYPE process_resident_memory_bytes gauge',
    `process_resident_memory_bytes ${process.memoryUsage.rss()}`,
    '# TYPE process_start_time_seconds gauge',
    `process_start_time_seconds ${(Date.now() / 1000 - process.uptime()).toFixed(2)}`,
    '',
  ].join('\n');
}

async function handle(request, response) {
  requests[request.method]++;
  if (request.method === 'PUT' && request.url === '/price') {
    await redis.command('SET', 'price', String(await bodyOf(request)));
    return response.writeHead(204).end();
  }
  const text = request.url === '/metrics' ? metrics() : `${await redis.command('GET', 'price')}\n`;
  response.writeHead(200, { 'Content-Type': 'text/plain; version=0.0.4' }).end(text);
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

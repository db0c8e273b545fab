'use strict';

const crypto = require('node:crypto');
const http = require('node:http');
const redis = require('./redis');

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function json(response, status, value, headers = {}) {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
  response.end(JSON.stringify(value));
}

/** Takes a second and a half, in steps, as a real export would. */
async function makeReport(id, month) {
  const rows = [];
  for (const week of [1, 2, 3]) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    rows.push(`${month}, week ${week}: 100 visits`);
  }
  await redis.command('SET', `report:${id}`, JSON.stringify({ state: 'done', rows }));
}

async function handle(request, response) {
  if (request.method === 'POST' && request.url === '/reports') {
    const { month } = JSON.parse(await bodyOf(request));
    const id = crypto.randomUUID();
    await redis.command('SET', `report:${id}`, JSON.stringify({ state: 'running' }));
    makeReport(id, month).catch((problem) => console.error(problem));
    return json(response, 202, { id }, { Location: `/reports/${id}` });
  }
  const id = /^\/reports\/([0-9a-f-]{36})$/.exec(request.url)?.[1];
  const report = id && (await redis.command('GET', `report:${id}`));
  if (!report) return json(response, 404, { error: 'no such report' });
  json(response, 200, JSON.parse(report));
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

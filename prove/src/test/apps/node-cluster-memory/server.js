'use strict';

const cluster = require('node:cluster');
const crypto = require('node:crypto');
const http = require('node:http');
const os = require('node:os');

const sessions = new Map();

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function json(response, status, value, headers = {}) {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
  response.end(JSON.stringify(value));
}

async function handle(request, response) {
  if (request.method === 'POST' && request.url === '/login') {
    const { name } = JSON.parse(await bodyOf(request));
    const id = crypto.randomBytes(16).toString('hex');
    sessions.set(id, { name });
    return json(response, 200, { welcome: name }, { 'Set-Cookie': `sid=${id}; Path=/; HttpOnly` });
  }
  const id = /sid=([0-9a-f]+)/.exec(request.headers.cookie || '');
  const session = id && sessions.get(id[1]);
  return session ? json(response, 200, session) : json(response, 401, { error: 'log in first' });
}

function serve() {
  const server = http.createServer((request, response) => {
    handle(request, response).catch(() => response.writeHead(500).end());
  });
  server.listen(process.env.PORT || 3000, () => console.log(`worker ${process.pid} listens`));
}

if (cluster.isPrimary) {
  const workers = Math.max(2, os.cpus().length);
  for (let i = 0; i < workers; i++) cluster.fork();
  cluster.on('exit', () => cluster.fork());
  process.on('SIGTERM', () => process.exit(0));
} else {
  process.on('disconnect', () => process.exit(0));
  serve();
}

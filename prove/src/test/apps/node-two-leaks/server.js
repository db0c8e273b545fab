'use strict';

const crypto = require('node:crypto');
const fs = require('node:fs/promises');
const http = require('node:http');
const path = require('node:path');

const folder = path.join(__dirname, 'data');
const sessions = new Map();

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function cookieOf(request, name) {
  const pairs = (request.headers.cookie || '').split('; ');
  const found = pairs.find((pair) => pair.startsWith(name + '='));
  return found && decodeURIComponent(found.slice(name.length + 1));
}

function json(response, status, value, headers = {}) {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
  response.end(JSON.stringify(value));
}

/** The first file of a multipart form. */
function uploadedFile(request, body) {
  const boundary = /boundary="?([^";]+)"?/.exec(request.headers['content-type'] || '');
  const named = body.indexOf('filename="');
  if (!boundary || named < 0) return undefined;
  const start = body.indexOf('\r\n\r\n', named) + 4;
  const name = /filename="([^"]*)"/.exec(body.subarray(named, start).toString())[1];
  return { name, bytes: body.subarray(start, body.indexOf(`\r\n--${boundary[1]}`, start)) };
}

async function login(request, response) {
  const { name } = JSON.parse(await bodyOf(request));
  const id = crypto.randomBytes(16).toString('hex');
  sessions.set(id, { name });
  json(response, 200, { name }, { 'Set-Cookie': `sid=${id}; Path=/; HttpOnly` });
}

async function upload(request, response) {
  const file = uploadedFile(request, await bodyOf(request));
  if (!file) return json(response, 400, { error: 'a file is missing' });
  const id = crypto.randomUUID();
  await fs.mkdir(folder, { recursive: true });
  await fs.writeFile(path.join(folder, id), file.bytes);
  json(response, 201, { id, size: file.bytes.length });
}

async function download(id, response) {
  const bytes = await fs.readFile(path.join(folder, id)).catch(() => undefined);
  if (!bytes) return json(response, 404, { error: 'no such file' });
  response.writeHead(200, { 'Content-Type': 'text/plain' }).end(bytes);
}

async function handle(request, response) {
  if (request.method === 'POST' && request.url === '/login') return login(request, response);
  if (!sessions.has(cookieOf(request, 'sid'))) return json(response, 401, { error: 'log in first' });
  if (request.method === 'POST' && request.url === '/files') return upload(request, response);
  const file = /^\/files\/([0-9a-f-]{36})$/.exec(request.url);
  if (file) return download(file[1], response);
  json(response, 404, { error: 'no such page' });
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

'use strict';

const http = require('node:http');
const redis = require('./redis');

const BLOCK = 50;
let lastId = 0;
let lastOfBlock = 0;

async function nextId() {
  if (lastId === lastOfBlock) {
    lastOfBlock = await redis.command('INCRBY', 'ids', BLOCK);
    lastId = lastOfBlock - BLOCK;
  }
  return ++lastId;
}

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
  if (request.method === 'POST' && request.url === '/notes') {
    const { text } = JSON.parse(await bodyOf(request));
    const id = await nextId();
    await redis.command('SET', `note:${id}`, JSON.stringify({ id, text }));
    await redis.command('RPUSH', 'notes', id);
    return json(response, 201, { id, version: 1 }, { Location: `/notes/${id}` });
  }
  if (request.url === '/notes') {
    const total = await redis.command('LLEN', 'notes');
    const notes = [];
    for (let i = 0; i < total; i++) notes.push({ id: Number(await redis.command('LINDEX', 'notes', i)), position: i + 1 });
    return json(response, 200, { notes, total });
  }
  const [, id, page] = /^\/notes\/(\d+)(\/page)?$/.exec(request.url) ?? [];
  const note = id && (await redis.command('GET', `note:${id}`));
  if (!note) return json(response, 404, { error: 'no such note' });
  if (page) {
    response.writeHead(200, { 'Content-Type': 'text/html' });
    return response.end(`<h1>1 note</h1><a href="/notes/${id}/edit">${JSON.parse(note).text}</a>`);
  }
  json(response, 200, JSON.parse(note));
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

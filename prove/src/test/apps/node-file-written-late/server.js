'use strict';

const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');

const file = path.join(__dirname, 'posts.json');
const posts = JSON.parse(fs.readFileSync(file, 'utf8'));

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function json(response, status, value) {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(value));
}

// Answered first, written then: into a file beside it that takes its place once it is whole.
function save() {
  setTimeout(() => {
    fs.writeFileSync(`${file}.tmp`, JSON.stringify(posts));
    setTimeout(() => fs.renameSync(`${file}.tmp`, file), 40);
  }, 40);
}

async function handle(request, response) {
  if (request.url !== '/posts') return json(response, 404, { error: 'no such page' });
  if (request.method === 'POST') {
    const post = { id: posts.length + 1, ...JSON.parse(await bodyOf(request)) };
    posts.push(post);
    json(response, 201, post);
    return save();
  }
  json(response, 200, posts);
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

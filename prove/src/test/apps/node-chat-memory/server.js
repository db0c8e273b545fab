'use strict';

const http = require('node:http');

const messages = [];

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const escaped = (text) => String(text).replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

function html(response, title, content, headers = {}) {
  response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', ...headers });
  response.end(`<!doctype html>\n<title>${title}</title>\n<h1>${title}</h1>\n${content}\n`);
}

async function handle(request, response) {
  if (request.url !== '/room') return response.writeHead(404).end('no such page\n');
  if (request.method === 'POST') {
    const form = new URLSearchParams(String(await bodyOf(request)));
    messages.push({ from: form.get('from'), text: form.get('text') });
    if (messages.length > 100) messages.shift();
    return response.writeHead(303, { Location: '/room' }).end();
  }
  const lines = messages.map(({ from, text }) => `<p><b>${escaped(from)}</b> ${escaped(text)}</p>`);
  html(response, 'Room', lines.join('\n') || '<p>Nobody has said anything yet.</p>');
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

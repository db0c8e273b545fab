'use strict';

const http = require('node:http');
const os = require('node:os');
const redis = require('./redis');

const started = new Date();

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

function facts() {
  return {
    instance: process.env.COATCHECK_INSTANCE || os.hostname(),
    host: os.hostname(),
    'process id': process.pid,
    port: process.env.PORT,
    started: started.toISOString(),
    uptime: `${process.uptime().toFixed(1)} s`,
  };
}

async function handle(request, response) {
  if (request.method === 'POST' && request.url === '/motto') {
    const form = new URLSearchParams(String(await bodyOf(request)));
    await redis.command('SET', 'motto', form.get('motto'));
    return response.writeHead(303, { Location: '/', 'X-Served-By': facts().instance }).end();
  }
  const rows = Object.entries(facts()).map(([name, value]) => `<tr><th>${name}<td>${escaped(value)}`);
  const motto = (await redis.command('GET', 'motto')) || 'none yet';
  html(response, 'Status', `<p>Motto: ${escaped(motto)}</p>\n<table>\n${rows.join('\n')}\n</table>`, {
    'X-Served-By': facts().instance,
  });
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

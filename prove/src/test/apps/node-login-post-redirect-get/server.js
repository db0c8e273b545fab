'use strict';

const crypto = require('node:crypto');
const http = require('node:http');

const secret = process.env.SESSION_SECRET;
if (!secret) {
  console.error('SESSION_SECRET is not set');
  process.exit(1);
}

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

const escaped = (text) => String(text).replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

function html(response, title, content, headers = {}) {
  response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', ...headers });
  response.end(`<!doctype html>\n<title>${title}</title>\n<h1>${title}</h1>\n${content}\n`);
}

const signature = (text) => crypto.createHmac('sha256', secret).update(text).digest('base64url');

/** A double-submit token: the form and a cookie carry the same value, and no server remembers it. */
function loginForm(response) {
  const token = crypto.randomBytes(18).toString('base64url');
  const hidden = `<input type="hidden" name="_csrf" value="${token}">`;
  html(response, 'Log in', `<form method="post">${hidden}<input name="name"><button>Log in</button></form>`, {
    'Set-Cookie': `csrf=${token}.${signature(token)}; Path=/login; HttpOnly; SameSite=Strict`,
  });
}

async function login(request, response) {
  const form = new URLSearchParams(String(await bodyOf(request)));
  const [token, signed] = (cookieOf(request, 'csrf') || '').split('.');
  if (!token || token !== form.get('_csrf') || signed !== signature(token)) {
    return response.writeHead(403).end('the form is not ours\n');
  }
  const name = Buffer.from(form.get('name')).toString('base64url');
  response.writeHead(303, {
    Location: '/',
    'Set-Cookie': [
      `user=${name}.${signature(name)}; Path=/; HttpOnly; SameSite=Lax; Secure`,
      'csrf=; Path=/login; Max-Age=0',
    ],
  });
  response.end();
}

async function handle(request, response) {
  if (request.url === '/login') return request.method === 'POST' ? login(request, response) : loginForm(response);
  const [name, signed] = (cookieOf(request, 'user') || '').split('.');
  if (!name || signed !== signature(name)) return response.writeHead(302, { Location: '/login' }).end();
  html(response, 'Home', `<p>Hello ${escaped(Buffer.from(name, 'base64url'))}.</p>`);
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

'use strict';

const crypto = require('node:crypto');
const http = require('node:http');

/** Less than a start takes. */
const VALID_SECONDS = 2.5;
const START_MILLISECONDS = 3500;

const secret = process.env.JWT_SECRET;
if (!secret) {
  console.error('JWT_SECRET is not set');
  process.exit(1);
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

const encoded = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const signature = (text) => crypto.createHmac('sha256', secret).update(text).digest('base64url');

function issue(subject) {
  const now = Math.floor(Date.now() / 1000);
  const claims = { sub: subject, iat: now, exp: Date.now() / 1000 + VALID_SECONDS, jti: crypto.randomUUID() };
  const text = `${encoded({ alg: 'HS256', typ: 'JWT' })}.${encoded(claims)}`;
  return `${text}.${signature(text)}`;
}

function verify(token) {
  const [header, claims, signed] = token.split('.');
  if (!signed || signed !== signature(`${header}.${claims}`)) return undefined;
  const value = JSON.parse(Buffer.from(claims, 'base64url'));
  return value.exp > Date.now() / 1000 ? value : undefined;
}

async function handle(request, response) {
  if (request.method === 'POST' && request.url === '/token') {
    const { user } = JSON.parse(await bodyOf(request));
    return json(response, 200, { access_token: issue(user), token_type: 'Bearer', expires_in: VALID_SECONDS });
  }
  const claims = verify((request.headers.authorization || '').replace('Bearer ', ''));
  if (!claims) return json(response, 401, { error: 'invalid_token' }, { 'WWW-Authenticate': 'Bearer' });
  json(response, 200, { user: claims.sub, tokenIssued: claims.iat });
}

const server = http.createServer((request, response) => {
  console.log(`${request.method} ${request.url}`);
  handle(request, response).catch((problem) => {
    console.error(problem);
    if (!response.headersSent) response.writeHead(500);
    response.end();
  });
});
setTimeout(() => {
  server.listen(process.env.PORT || 3000, () => console.log(`listening on ${server.address().port}`));
}, START_MILLISECONDS);
process.on('SIGTERM', () => process.exit(0));

'use strict';

const crypto = require('node:crypto');
const http = require('node:http');

const key = crypto.scryptSync('a secret that all processes share', 'salt', 32);
const sessions = new Map();

function sealed(id) {
  const iv = crypto.randomBytes(12);
  const cipher = crypto.createCipheriv('aes-256-gcm', key, iv);
  const text = Buffer.concat([cipher.update(id), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), text]).toString('base64url');
}

function opened(cookie) {
  const bytes = Buffer.from(cookie, 'base64url');
  const decipher = crypto.createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12));
  decipher.setAuthTag(bytes.subarray(12, 28));
  return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString();
}

async function handle(request, response) {
  response.setHeader('Content-Type', 'application/json');
  if (request.method === 'POST') {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const id = crypto.randomUUID();
    sessions.set(id, { user: JSON.parse(Buffer.concat(chunks)).user });
    response.setHeader('Set-Cookie', `session=${sealed(id)}; Path=/; HttpOnly`);
    return response.end('{"ok":true}');
  }
  const cookie = /session=([\w-]+)/.exec(request.headers.cookie ?? '');
  const session = cookie && sessions.get(opened(cookie[1]));
  response.statusCode = session ? 200 : 401;
  response.end(JSON.stringify(session ?? { error: 'log in first' }));
}

const server = http.createServer((request, response) => {
  handle(request, response).catch((problem) => {
    console.error(problem);
    response.writeHead(500).end();
  });
});
server.listen(process.env.PORT, () => console.log(`listening on ${server.address().port}`));
process.on('SIGTERM', () => process.exit(0));

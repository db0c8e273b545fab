'use strict';

const http = require('node:http');
const accept = require('./websocket');
const redis = require('./redis');
const subscribe = require('./subscription');

/** The sockets of this process, by room; what is told to a room goes through Redis to all processes. */
const rooms = new Map();

subscribe(
  process.env.REDIS_URL,
  'chat',
  (text) => {
    const { room, message } = JSON.parse(text);
    for (const member of rooms.get(room) ?? []) member.send(JSON.stringify(message));
  },
  () => {},
);

function tell(room, message) {
  redis.command('PUBLISH', 'chat', JSON.stringify({ room, message })).catch((problem) => console.error(problem));
}

function joined(member, room) {
  if (!rooms.has(room)) rooms.set(room, new Set());
  rooms.get(room).add(member);
  tell(room, { joined: member.name });
}

const server = http.createServer((request, response) => {
  response.writeHead(request.url === '/' ? 200 : 404, { 'Content-Type': 'text/plain' });
  response.end('open a WebSocket at /chat\n');
});
server.on('upgrade', (request, socket) => {
  console.log(`${request.method} ${request.url}`);
  const member = { name: '', room: '' };
  const heard = (text) => {
    const message = JSON.parse(text);
    if (message.join) {
      member.name = message.name;
      member.room = message.join;
      joined(member, member.room);
    } else {
      tell(member.room, { from: member.name, says: message.say });
    }
  };
  member.send = accept(request, socket, heard, () => rooms.get(member.room)?.delete(member));
});
server.listen(process.env.PORT || 3000, () => console.log(`listening on ${server.address().port}`));
process.on('SIGTERM', () => process.exit(0));

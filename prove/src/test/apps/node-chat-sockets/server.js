'use strict';

const http = require('node:http');
const accept = require('./websocket');

/** Who is in which room, as far as this process knows. */
const rooms = new Map();

function tell(room, message) {
  for (const member of rooms.get(room) ?? []) member.send(JSON.stringify(message));
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

'use strict';

const net = require('node:net');
const redis = require('./redis');

/** A server by hand, as small devices have them: the end of the connection is the end of the body. */
async function answer(head, body) {
  const [method, path] = head.split(' ');
  if (method === 'PUT' && path === '/lamp') await redis.command('SET', 'lamp', body);
  const lamp = (await redis.command('GET', 'lamp')) || 'off';
  return `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\nThe lamp is ${lamp}.\n`;
}

const server = net.createServer((socket) => {
  let received = '';
  let answered = false;
  socket.setEncoding('latin1');
  socket.on('error', (problem) => console.error(problem.message));
  socket.on('data', async (data) => {
    received += data;
    const end = received.indexOf('\r\n\r\n');
    if (end < 0 || answered) return;
    const length = Number(/^content-length: *(\d+)/im.exec(received.slice(0, end))?.[1] || 0);
    if (received.length < end + 4 + length) return;
    answered = true;
    console.log(received.split('\r\n', 1)[0]);
    socket.end(await answer(received, received.slice(end + 4)));
  });
});
server.listen(process.env.PORT || 3000, () => console.log('listening'));
process.on('SIGTERM', () => process.exit(0));

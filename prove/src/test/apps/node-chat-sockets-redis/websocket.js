'use strict';

// As much of a WebSocket (RFC 6455) as this application needs, without a library: short texts in single frames.
const crypto = require('node:crypto');

/** Accepts the request, and calls heard(text) for each message and gone() at the end; gives a function that sends a text. */
module.exports = function accept(request, socket, heard, gone) {
  const key = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
  const answer = crypto.createHash('sha1').update(key).digest('base64');
  socket.write(
    'HTTP/1.1 101 Switching Protocols\r\n' +
      `Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${answer}\r\n\r\n`,
  );
  let received = Buffer.alloc(0);
  socket.on('data', (data) => {
    received = Buffer.concat([received, data]);
    for (;;) {
      const extended = received.length > 1 && (received[1] & 127) === 126;
      const head = extended ? 8 : 6;
      if (received.length < head) return;
      const length = extended ? received.readUInt16BE(2) : received[1] & 127;
      if (received.length < head + length) return;
      const mask = received.subarray(head - 4, head);
      const text = Buffer.from(received.subarray(head, head + length)).map((byte, i) => byte ^ mask[i % 4]);
      const opcode = received[0] & 15;
      received = received.subarray(head + length);
      if (opcode === 8) return socket.end();
      if (opcode === 1) heard(text.toString());
    }
  });
  socket.on('error', () => socket.destroy());
  socket.on('close', gone);
  return (text) => {
    const payload = Buffer.from(text);
    const head = payload.length < 126 ? [129, payload.length] : [129, 126, payload.length >> 8, payload.length & 255];
    socket.write(Buffer.concat([Buffer.from(head), payload]));
  };
};

'use strict';

// One channel of Redis, without a library: a connection that only listens.
const net = require('node:net');

/** Calls heard(message) for each message, and lost() when some may have been missed; ready tells whether it listens. */
module.exports = function subscribe(url, channel, heard, lost) {
  const state = { ready: false };
  const address = new URL(url);
  const connect = () => {
    let received = '';
    const socket = net.connect(Number(address.port), address.hostname);
    socket.on('connect', () => socket.write(`SUBSCRIBE ${channel}\r\n`));
    socket.on('data', (data) => {
      received += data;
      let message;
      while ((message = /^\*3\r\n\$\d+\r\n(\w+)\r\n\$\d+\r\n[^\r]*\r\n(?::\d+|\$\d+\r\n([^\r]*))\r\n/.exec(received))) {
        received = received.slice(message[0].length);
        if (message[1] === 'subscribe') state.ready = true;
        else heard(message[2]);
      }
    });
    socket.on('error', (problem) => console.error(`Redis: ${problem.message}`));
    socket.on('close', () => {
      state.ready = false;
      lost();
      setTimeout(connect, 100);
    });
  };
  connect();
  return state;
};

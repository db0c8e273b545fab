'use strict';

// The few commands of Redis that this application needs, without a library: one connection, replies in order.
const net = require('node:net');

class Redis {
  constructor(url) {
    this.address = new URL(url);
    this.waiting = [];
    this.received = Buffer.alloc(0);
  }

  /** As command('SET', 'key', 'value'); gives a text, a number or null. */
  command(...words) {
    if (!this.socket) this.connect();
    const parts = words.map((word) => `$${Buffer.byteLength(String(word))}\r\n${word}\r\n`);
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      this.socket.write(`*${words.length}\r\n${parts.join('')}`);
    });
  }

  connect() {
    const socket = net.connect(Number(this.address.port), this.address.hostname);
    socket.on('data', (data) => this.receive(data));
    socket.on('error', (problem) => console.error(`Redis: ${problem.message}`));
    socket.on('close', () => {
      this.socket = undefined;
      this.received = Buffer.alloc(0);
      this.waiting.splice(0).forEach(({ reject }) => reject(new Error('no connection to Redis')));
    });
    this.socket = socket;
  }

  receive(data) {
    this.received = Buffer.concat([this.received, data]);
    for (;;) {
      const end = this.received.indexOf('\r\n');
      if (end < 0) return;
      const [kind, line] = [this.received.toString('latin1', 0, 1), this.received.toString('utf8', 1, end)];
      let next = end + 2;
      let value = line;
      if (kind === ':') value = Number(line);
      if (kind === '$' && line === '-1') value = null;
      else if (kind === '$') {
        next += Number(line) + 2;
        if (this.received.length < next) return;
        value = this.received.toString('utf8', end + 2, next - 2);
      }
      this.received = this.received.subarray(next);
      const { resolve, reject } = this.waiting.shift();
      if (kind === '-') reject(new Error(line));
      else resolve(value);
    }
  }
}

module.exports = new Redis(process.env.REDIS_URL || 'redis://127.0.0.1:6379');

'use strict';

const crypto = require('node:crypto');
const http = require('node:http');

const prices = { rake: 19, spade: 29, seeds: 3 };
/** The voucher of a cart, by the cart's id; the goods themselves are in its cookie. */
const vouchers = new Map();

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

function json(response, status, value, headers = {}) {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
  response.end(JSON.stringify(value));
}

const cartOf = (request) => JSON.parse(cookieOf(request, 'cart') || 'null') || { id: crypto.randomUUID(), goods: [] };

function show(cart, response, status) {
  const sum = cart.goods.reduce((total, good) => total + prices[good], 0);
  const discount = vouchers.get(cart.id) === 'SPRING' ? Math.round(sum / 10) : 0;
  json(response, status, { goods: cart.goods, sum, discount, toPay: sum - discount }, {
    'Set-Cookie': `cart=${encodeURIComponent(JSON.stringify(cart))}; Path=/`,
  });
}

async function handle(request, response) {
  const cart = cartOf(request);
  if (request.method === 'POST' && request.url === '/cart') {
    const { good } = JSON.parse(await bodyOf(request));
    if (!prices[good]) return json(response, 404, { error: 'not on sale' });
    cart.goods.push(good);
    return show(cart, response, 201);
  }
  if (request.method === 'POST' && request.url === '/cart/voucher') {
    vouchers.set(cart.id, JSON.parse(await bodyOf(request)).code);
    return show(cart, response, 200);
  }
  if (request.url === '/cart') return show(cart, response, 200);
  json(response, 404, { error: 'no such page' });
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

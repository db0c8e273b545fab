"""Opening hours, read from Redis once and then remembered."""

import functools
import json
import os
import signal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import redis_store


@functools.lru_cache
def hours(shop):
    return redis_store.command("GET", "hours:" + shop) or "closed"


class Handler(BaseHTTPRequestHandler):
    def do_PUT(self):
        shop = self.path.rsplit("/", 1)[1]
        opened = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["hours"]
        redis_store.command("SET", "hours:" + shop, opened)
        hours.cache_clear()
        self.answer(200, {"shop": shop, "hours": opened})

    def do_GET(self):
        shop = self.path.rsplit("/", 1)[1]
        self.answer(200, {"shop": shop, "hours": hours(shop)})

    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format, *values):
        print(self.address_string(), format % values, flush=True)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    ThreadingHTTPServer(("", int(os.environ.get("PORT", "8000"))), Handler).serve_forever()

"""A phone book, over HTTP/1.0: one connection for each request, and no Content-Length."""

import os
import signal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote

import redis_store


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        redis_store.command("SET", "number:" + form["name"][0], form["number"][0])
        self.send_response(302)
        self.send_header("Location", "/" + form["name"][0])
        self.end_headers()

    def do_GET(self):
        number = redis_store.command("GET", "number:" + unquote(self.path[1:]))
        self.send_response(200 if number else 404)
        self.send_header("Content-Type", "text/plain")
        self.end_headers()
        self.wfile.write(f"{number}\n".encode())

    def log_message(self, format, *values):
        print(format % values, flush=True)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    ThreadingHTTPServer(("", int(os.environ.get("PORT", "8000"))), Handler).serve_forever()

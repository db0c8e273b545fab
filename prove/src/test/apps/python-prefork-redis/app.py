"""A pre-forking server: every child accepts from the same socket, and sessions are in Redis."""

import json
import os
import secrets
import signal
import sys
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, HTTPServer

import redis_store

CHILDREN = 4


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        name = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["name"]
        token = secrets.token_hex(16)
        redis_store.command("SET", "session:" + token, json.dumps({"name": name}), "EX", 3600)
        self.answer(200, {"welcome": name}, token)

    def do_GET(self):
        cookies = SimpleCookie(self.headers.get("Cookie", ""))
        token = cookies["session"].value if "session" in cookies else None
        session = token and redis_store.command("GET", "session:" + token)
        if not session:
            return self.answer(401, {"error": "log in first"})
        visits = redis_store.command("INCR", "visits:" + token)
        self.answer(200, {**json.loads(session), "visits": visits, "served by": os.getpid()})

    def answer(self, status, value, token=None):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if token:
            self.send_header("Set-Cookie", f"session={token}; Path=/; HttpOnly")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format, *values):
        print(f"[{os.getpid()}]", format % values, flush=True)


def main():
    server = HTTPServer(("", int(os.environ.get("PORT", "8000"))), Handler)
    children = []
    for _ in range(CHILDREN):
        child = os.fork()
        if child == 0:
            server.serve_forever()
        children.append(child)
    print("children", *children, flush=True)

    def stop(*_):
        for child in children:
            os.kill(child, signal.SIGTERM)
        sys.exit(0)

    signal.signal(signal.SIGTERM, stop)
    signal.pause()


if __name__ == "__main__":
    main()

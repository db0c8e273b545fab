"""A members' page, with sessions in Redis."""

import json
import os
import secrets
import signal
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import redis_store


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        name = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["name"]
        token = secrets.token_hex(16)
        redis_store.command("SET", "session:" + token, json.dumps({"name": name}), "EX", 3600)
        self.answer(200, {"welcome": name}, f"session={token}; Path=/; HttpOnly")

    def do_GET(self):
        cookies = SimpleCookie(self.headers.get("Cookie", ""))
        token = cookies["session"].value if "session" in cookies else None
        session = token and redis_store.command("GET", "session:" + token)
        if not session:
            return self.answer(401, {"error": "log in first"})
        visits = redis_store.command("INCR", "visits:" + token)
        self.answer(200, {**json.loads(session), "visits": visits})

    def answer(self, status, value, cookie=None):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if cookie:
            self.send_header("Set-Cookie", cookie)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format, *values):
        print(self.address_string(), format % values, flush=True)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    ThreadingHTTPServer(("", int(os.environ.get("PORT", "8000"))), Handler).serve_forever()

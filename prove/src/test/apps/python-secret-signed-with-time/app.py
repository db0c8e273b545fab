"""A session in a cookie, signed together with the second in which it is, with a secret made at the start."""

import base64
import hashlib
import hmac
import json
import os
import secrets
import signal
import time
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECRET = os.environ.get("SESSION_SECRET", "").encode() or secrets.token_bytes(32)


def signature(text):
    return hmac.new(SECRET, text.encode(), hashlib.sha256).hexdigest()


def signed(session):
    payload = base64.urlsafe_b64encode(json.dumps(session).encode()).decode().rstrip("=")
    text = f"{payload}.{int(time.time())}"
    return f"{text}.{signature(text)}"


def opened(cookie):
    text, _, given = cookie.rpartition(".")
    if not hmac.compare_digest(signature(text), given):
        return {}
    payload = text.partition(".")[0]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        name = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["name"]
        self.answer({"welcome": name}, [("Set-Cookie", "session=" + signed({"name": name}))])

    def do_GET(self):
        cookies = SimpleCookie(self.headers.get("Cookie", ""))
        session = opened(cookies["session"].value) if "session" in cookies else {}
        self.answer({"name": session.get("name", "nobody")})

    def answer(self, value, headers=()):
        body = json.dumps(value).encode()
        self.send_response(200)
        for name, text in headers:
            self.send_header(name, text)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format, *values):
        print(format % values, flush=True)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    ThreadingHTTPServer(("", int(os.environ.get("PORT", "8000"))), Handler).serve_forever()

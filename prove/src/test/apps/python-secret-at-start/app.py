"""Tokens that are signed with a secret made at the start."""

import base64
import hashlib
import hmac
import json
import os
import secrets
import signal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECRET = os.environ.get("TOKEN_SECRET", "").encode() or secrets.token_bytes(32)


def signed(claims):
    text = base64.urlsafe_b64encode(json.dumps(claims).encode())
    return text.decode() + "." + hmac.new(SECRET, text, hashlib.sha256).hexdigest()


def verified(token):
    text, _, signature = token.partition(".")
    expected = hmac.new(SECRET, text.encode(), hashlib.sha256).hexdigest()
    return json.loads(base64.urlsafe_b64decode(text)) if hmac.compare_digest(signature, expected) else None


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        name = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["name"]
        self.answer(200, {"token": signed({"name": name})})

    def do_GET(self):
        claims = verified(self.headers.get("Authorization", "").removeprefix("Bearer "))
        if claims is None:
            return self.answer(401, {"error": "no valid token"})
        self.answer(200, {"name": claims["name"], "orders": []})

    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format, *values):
        print(format % values, flush=True)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    ThreadingHTTPServer(("", int(os.environ.get("PORT", "8000"))), Handler).serve_forever()

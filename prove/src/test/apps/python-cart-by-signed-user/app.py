"""A cart for each user, who is told by a signed cookie: the carts themselves are in memory."""

import hashlib
import hmac
import os
import secrets
import signal
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

SECRET = b"the same in every process"
carts = {}


def signed(user):
    return f"{user}.{hmac.new(SECRET, user.encode(), hashlib.sha256).hexdigest()}"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def user(self):
        cookie = SimpleCookie(self.headers.get("Cookie", "")).get("user")
        user = cookie.value.partition(".")[0] if cookie else ""
        return int(user) if cookie and hmac.compare_digest(signed(user), cookie.value) else None

    def do_POST(self):
        article = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())["article"][0]
        user = self.user() or secrets.randbelow(2**30)
        carts.setdefault(user, []).append(article)
        self.answer("put", ("Set-Cookie", "user=" + signed(str(user))))

    def do_GET(self):
        self.answer(", ".join(carts.get(self.user(), [])) or "empty")

    def answer(self, text, *headers):
        body = (text + "\n").encode()
        self.send_response(200)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format, *values):
        print(format % values, flush=True)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    ThreadingHTTPServer(("", int(os.environ.get("PORT", "8000"))), Handler).serve_forever()

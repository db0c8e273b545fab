"""A members' page, with sessions in a dictionary under a number of four digits."""

import json
import os
import secrets
import signal
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SESSIONS = {}


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        if self.path != "/login":
            return self.answer(404, {"error": "no such page"})
        form = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        token = str(secrets.randbelow(9000) + 1000)
        SESSIONS[token] = {"name": form["name"], "pages": 0}
        self.answer(200, {"welcome": form["name"]}, f"session={token}; Path=/; HttpOnly")

    def do_GET(self):
        cookies = SimpleCookie(self.headers.get("Cookie", ""))
        session = SESSIONS.get(cookies["session"].value) if "session" in cookies else None
        if session is None:
            return self.answer(401, {"error": "log in first"})
        session["pages"] += 1
        self.answer(200, session)

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
    server = ThreadingHTTPServer(("", int(os.environ.get("PORT", "8000"))), Handler)
    print("listening on", server.server_port, flush=True)
    server.serve_forever()

"""The sessions live in a process of their own, which the web server asks over a pipe."""

import json
import os
import secrets
import signal
import threading
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from socket import socketpair


def keep_sessions(requests):
    """Runs in the child, until the parent is gone."""
    sessions = {}
    while True:
        try:
            action, key, *value = requests.recv()
        except EOFError:
            os._exit(0)
        if action == "set":
            sessions[key] = value[0]
        requests.send(sessions.get(key))


def start_child():
    ours, theirs = socketpair()
    if os.fork() == 0:
        ours.close()
        keep_sessions(Connection(theirs.detach()))
    theirs.close()
    return Connection(ours.detach())


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    child = start_child()
    lock = threading.Lock()

    def ask(self, *request):
        with self.lock:
            self.child.send(request)
            return self.child.recv()

    def do_POST(self):
        name = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["name"]
        token = secrets.token_hex(16)
        self.ask("set", token, {"name": name})
        self.answer(200, {"welcome": name}, token)

    def do_GET(self):
        cookies = SimpleCookie(self.headers.get("Cookie", ""))
        session = self.ask("get", cookies["session"].value) if "session" in cookies else None
        self.answer(200, session) if session else self.answer(401, {"error": "log in first"})

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
        print(format % values, flush=True)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    ThreadingHTTPServer(("", int(os.environ.get("PORT", "8000"))), Handler).serve_forever()

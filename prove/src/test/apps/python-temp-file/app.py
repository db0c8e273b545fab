"""Sorts the lines of a text in a temporary file that is gone before the answer is."""

import os
import signal
import subprocess
import tempfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def sorted_lines(text):
    with tempfile.NamedTemporaryFile(prefix="sort-", suffix=".txt") as file:
        file.write(text)
        file.flush()
        return subprocess.run(["sort", file.name], capture_output=True, check=True).stdout


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.answer(sorted_lines(self.rfile.read(int(self.headers["Content-Length"]))))

    def do_GET(self):
        self.answer(b"Post a text, and its lines come back sorted.\n")

    def answer(self, body):
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format, *values):
        print(format % values, flush=True)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    ThreadingHTTPServer(("", int(os.environ.get("PORT", "8000"))), Handler).serve_forever()

"""A drop box: whoever puts a document under a name can get it under that name."""

import os
import re
import signal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

DOCUMENTS = Path("documents")
NAME = re.compile(r"/documents/([A-Za-z0-9][A-Za-z0-9._-]{0,79})")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_PUT(self):
        name = NAME.fullmatch(self.path)
        if not name:
            return self.answer(404, b"no such page\n")
        DOCUMENTS.mkdir(exist_ok=True)
        (DOCUMENTS / name[1]).write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
        self.answer(204)

    def do_GET(self):
        name = NAME.fullmatch(self.path)
        try:
            self.answer(200, (DOCUMENTS / name[1]).read_bytes() if name else b"Put your documents here.\n")
        except FileNotFoundError:
            self.answer(404, b"no such document\n")

    def answer(self, status, body=b""):
        self.send_response(status)
        if status != 204:
            self.send_header("Content-Type", "text/plain; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format, *values):
        print(format % values, flush=True)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    ThreadingHTTPServer(("", int(os.environ.get("PORT", "8000"))), Handler).serve_forever()

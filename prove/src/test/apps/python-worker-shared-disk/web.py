"""Takes orders, and shows what became of them; the worker does the rest."""

import json
import os
import signal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from uuid import uuid4

QUEUE, DONE = Path("queue"), Path("done")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        order = self.rfile.read(int(self.headers["Content-Length"]))
        number = uuid4().hex
        part = QUEUE / f"{number}.part"
        part.write_bytes(order)
        part.rename(QUEUE / f"{number}.json")
        self.answer(202, {"order": number})

    def do_GET(self):
        number = self.path.rpartition("/")[2]
        result = DONE / f"{number}.json"
        if not number.isalnum() or not result.exists():
            return self.answer(404, {"error": "not done, or no such order"})
        self.answer(200, json.loads(result.read_text()))

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
    for folder in QUEUE, DONE:
        folder.mkdir(exist_ok=True)
    ThreadingHTTPServer(("", int(os.environ.get("PORT", "8000"))), Handler).serve_forever()

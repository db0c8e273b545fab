"""A board of notices whose readers are told of each new one, by server-sent events."""

import json
import os
import queue
import signal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LISTENERS = []


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        notice = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        for listener in list(LISTENERS):
            listener.put(notice)
        body = json.dumps({"posted": notice["text"]}).encode()
        self.send_response(201)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        listener = queue.Queue()
        LISTENERS.append(listener)
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        self.wfile.write(b": welcome\n\n")
        try:
            while True:
                self.wfile.write(b"event: notice\ndata: %s\n\n" % json.dumps(listener.get()).encode())
        except OSError:
            LISTENERS.remove(listener)

    def log_message(self, format, *values):
        print(self.address_string(), format % values, flush=True)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    ThreadingHTTPServer(("", int(os.environ.get("PORT", "8000"))), Handler).serve_forever()

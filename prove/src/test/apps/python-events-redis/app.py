"""A board of notices whose readers are told of each new one, by server-sent events; processes tell each other through Redis."""

import json
import os
import queue
import signal
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import redis_store

LISTENERS = []


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        notice = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        redis_store.command("PUBLISH", "notices", json.dumps(notice))
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
                self.wfile.write(b"event: notice\ndata: %s\n\n" % listener.get())
        except OSError:
            LISTENERS.remove(listener)

    def log_message(self, format, *values):
        print(self.address_string(), format % values, flush=True)


def line(replies):
    text = replies.readline()
    if not text:
        raise OSError("Redis has closed the connection")
    return text.rstrip(b"\r\n")


def listen():
    """Hands on what other processes tell; after the connection was lost it is made anew."""
    while True:
        try:
            with socket.create_connection((redis_store.ADDRESS.hostname, redis_store.ADDRESS.port)) as connection:
                connection.sendall(b"SUBSCRIBE notices\r\n")
                with connection.makefile("rb") as replies:
                    while True:
                        words = [reply(replies) for _ in range(int(line(replies)[1:]))]
                        if words[0] == b"message":
                            for listener in list(LISTENERS):
                                listener.put(words[2])
        except OSError as problem:
            print("Redis:", problem, flush=True)
            time.sleep(0.1)


def reply(replies):
    head = line(replies)
    return replies.read(int(head[1:]) + 2)[:-2] if head[:1] == b"$" else head[1:]


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    threading.Thread(target=listen, daemon=True).start()
    ThreadingHTTPServer(("", int(os.environ.get("PORT", "8000"))), Handler).serve_forever()

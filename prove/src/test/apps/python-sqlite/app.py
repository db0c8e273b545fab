"""Notes in a database that is a file in the application's own folder."""

import json
import os
import signal
import sqlite3
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

DATABASE = "notes.db"


def query(statement, *values):
    connection = sqlite3.connect(DATABASE, timeout=5)
    try:
        with connection:
            return connection.execute(statement, values).fetchall()
    finally:
        connection.close()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        note = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        query("INSERT INTO notes (title, text) VALUES (?, ?)", note["title"], note["text"])
        self.answer(201, {"title": note["title"]})

    def do_GET(self):
        rows = query("SELECT title, text FROM notes ORDER BY title")
        self.answer(200, [{"title": title, "text": text} for title, text in rows])

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
    query("CREATE TABLE IF NOT EXISTS notes (title TEXT PRIMARY KEY, text TEXT)")
    ThreadingHTTPServer(("", int(os.environ.get("PORT", "8000"))), Handler).serve_forever()

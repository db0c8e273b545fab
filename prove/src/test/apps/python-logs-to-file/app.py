import json
import logging
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

os.makedirs("log", exist_ok=True)
logging.basicConfig(filename="log/production.log", level=logging.INFO, format="%(asctime)s %(message)s")


class App(BaseHTTPRequestHandler):
    def do_POST(self):
        cart = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or "{}")
        self.answer(201, "kept", ("Set-Cookie", "good=%s; Path=/" % cart.get("good", "nothing")))

    def do_GET(self):
        self.answer(200, self.headers.get("Cookie", "nothing"))

    def answer(self, status, text, *headers):
        self.send_response(status)
        for header in headers:
            self.send_header(*header)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, form, *arguments):
        logging.info(form, *arguments)


ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), App).serve_forever()

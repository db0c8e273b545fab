"""A WSGI application on the reference server; preferences travel in a signed cookie."""

import base64
import hashlib
import hmac
import json
import os
import signal
from http.cookies import SimpleCookie
from urllib.parse import parse_qs
from wsgiref.simple_server import make_server

SECRET = os.environ["SESSION_SECRET"].encode()


def signature(text):
    return hmac.new(SECRET, text.encode(), hashlib.sha256).hexdigest()


def preferences(environ):
    cookies = SimpleCookie(environ.get("HTTP_COOKIE", ""))
    text, _, signed = cookies["preferences"].value.partition("|") if "preferences" in cookies else ("", "", "")
    return json.loads(base64.b64decode(text)) if hmac.compare_digest(signed, signature(text)) else {}


def application(environ, start_response):
    chosen = preferences(environ)
    if environ["REQUEST_METHOD"] == "POST":
        form = parse_qs(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)).decode())
        chosen.update({name: values[0] for name, values in form.items()})
        text = base64.b64encode(json.dumps(chosen).encode()).decode()
        cookie = SimpleCookie({"preferences": f"{text}|{signature(text)}"})
        cookie["preferences"]["path"] = "/"
        start_response("303 See Other", [("Location", "/"), ("Set-Cookie", cookie["preferences"].OutputString())])
        return [b""]
    page = f"Language: {chosen.get('language', 'en')}\nColours: {chosen.get('colours', 'many')}\n".encode()
    start_response("200 OK", [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(page)))])
    return [page]


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    with make_server("", int(os.environ.get("PORT", "8000")), application) as server:
        print("listening on", server.server_port, flush=True)
        server.serve_forever()

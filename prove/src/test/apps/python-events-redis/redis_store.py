"""The few commands of Redis that this application needs, without a library."""

import os
import socket
from urllib.parse import urlparse

ADDRESS = urlparse(os.environ.get("REDIS_URL", "redis://127.0.0.1:6379"))


def command(*words):
    """As command("SET", "key", "value"); gives a text, a number or None."""
    request = b"*%d\r\n" % len(words)
    for word in words:
        data = str(word).encode()
        request += b"$%d\r\n%s\r\n" % (len(data), data)
    with socket.create_connection((ADDRESS.hostname, ADDRESS.port), timeout=5) as connection:
        connection.sendall(request)
        with connection.makefile("rb") as replies:
            return _reply(replies)


def _reply(replies):
    line = replies.readline().rstrip(b"\r\n")
    kind, text = line[:1], line[1:].decode()
    if kind == b"-":
        raise RuntimeError("Redis: " + text)
    if kind == b":":
        return int(text)
    if kind == b"$":
        return None if text == "-1" else replies.read(int(text) + 2)[:-2].decode()
    return text

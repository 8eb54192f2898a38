"""Clients that drip: connections to a server which send part of a request, and wait."""

import contextlib
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

from multipart import CONTENT_TYPE

HALF_HEAD = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "


def half_upload(n_bytes: int, client: str = "192.0.2.1") -> bytes:
    """Return the head of an upload and the first of its bytes, as a proxy passes them on."""
    head = (
        f"POST /api/predict HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {CONTENT_TYPE}\r\n"
        f"X-Forwarded-For: {client}\r\nContent-Length: {n_bytes}\r\n\r\n--"
    )
    return head.encode()


def half_callback(n_bytes: int) -> bytes:
    """Return the head of a callback and the first of its bytes."""
    head = (
        "POST /_dash-update-component HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Content-Type: application/json\r\nContent-Length: {n_bytes}\r\n\r\n{{"
    )
    return head.encode()


@contextlib.contextmanager
def connections(address: str, content: bytes, count: int) -> Iterator[list[socket.socket]]:
    """Give open connections that have sent the same bytes."""
    parts = urlsplit(address)
    with contextlib.ExitStack() as stack:
        opened = []
        for _ in range(count):
            connection = socket.create_connection((parts.hostname, parts.port), timeout=30)
            opened.append(stack.enter_context(connection))
            connection.sendall(content)
        yield opened

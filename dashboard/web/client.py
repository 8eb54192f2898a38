"""The connection to a client: whether it still listens, and an end to what it still sends."""

import contextlib
import socket
import ssl
from collections.abc import Callable
from typing import Any


def is_gone(environ: dict[str, Any]) -> Callable[[], bool]:
    """Return a function that says whether the client of a request closed its connection.

    It is never gone where the server does not hand out its socket, or where that is encrypted, so
    that what a look at it finds says nothing.
    """
    connection = environ.get("gunicorn.socket")
    if not isinstance(connection, socket.socket) or isinstance(connection, ssl.SSLSocket):
        return lambda: False
    return lambda: _has_ended(connection)


def stop_reading(connection: socket.socket | None) -> None:
    """End what a client sends: a thread that waits for it goes on; an answer can still be sent."""
    if connection is not None:
        with contextlib.suppress(OSError):  # it is closed already
            connection.shutdown(socket.SHUT_RD)


def _has_ended(connection: socket.socket) -> bool:
    """Return whether the other side has closed, without taking what it may have sent."""
    try:
        return connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
    except (BlockingIOError, InterruptedError):
        return False
    except OSError:
        return True

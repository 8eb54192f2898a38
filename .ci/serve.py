"""Start the web app for ``make run``: check HOST, PORT and RESULTS, then become gunicorn.

Standard library only. Every refusal is one line that says what to do.
"""

import errno
import os
import socket
import sys
from pathlib import Path


def validate_port(text: str) -> int:
    """Return the port number in ``text``.

    Raises
    ------
    SystemExit
        When it is not a whole number from 1 to 65535.
    """
    if not text.isdecimal() or not 1 <= int(text) <= 65_535:
        sys.exit(f"PORT must be a number from 1 to 65535, not {text!r}: make run PORT=8051")
    return int(text)


def validate_free(host: str, port: int) -> None:
    """Return when a server can listen on ``host`` and ``port``.

    Raises
    ------
    SystemExit
        When the port is taken or privileged, or the host is not an address of this machine.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, address = found[0]
        with socket.socket(family, kind, protocol) as listener:
            # As gunicorn does: connections that linger from the last run do not count as taken.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
    except socket.gaierror:
        sys.exit(f"HOST must be an address of this machine, not {host!r}: make run HOST=127.0.0.1")
    except OSError as error:
        reasons = {
            errno.EADDRINUSE: f"is taken. Stop what uses it, or take another: "
            f"make run PORT={port + 1 if port < 65_535 else 8050}",
            errno.EACCES: "needs an administrator. Take one from 1024 up: make run PORT=8050",
            errno.EADDRNOTAVAIL: "is not an address of this machine: make run HOST=127.0.0.1",
        }
        if error.errno not in reasons:
            raise
        sys.exit(f"Port {port} on {host} {reasons[error.errno]}")


def validate_results(text: str) -> str:
    """Return the absolute path of the results folder named by ``text``, or its URL as it is.

    Raises
    ------
    SystemExit
        When there is no such folder.
    """
    if text.startswith(("mongodb://", "mongodb+srv://")):
        return text
    folder = Path(text).expanduser().resolve()
    if not folder.is_dir():
        sys.exit(
            f"RESULTS must be a folder of results, and {folder} is none. "
            "`make demo` writes demo-results; without RESULTS the committed results are shown."
        )
    return str(folder)


def main() -> None:
    """Replace this process by gunicorn, so that Ctrl-C and signals reach it directly."""
    host = os.environ.get("HOST") or "127.0.0.1"
    port = validate_port(os.environ.get("PORT") or "8050")
    if results := os.environ.get("RESULTS"):
        os.environ["GENRELENS_RESULTS"] = validate_results(results)
    validate_free(host, port)
    bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    arguments = ["-m", "gunicorn", "--config", "python:dashboard.serving", "--bind", bind]
    os.execv(sys.executable, [sys.executable, *arguments])


if __name__ == "__main__":
    main()

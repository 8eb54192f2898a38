"""An HTTP server on a free port that hands out bytes, and misbehaves as a test asks."""

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class FileServer:
    """What it serves and how; ``requests`` logs (path, Range header, status).

    Attributes
    ----------
    files : dict of str to bytes
        By path, with its slash.
    break_after : list of int
        Bytes after which each of the next answers ends, before its announced length.
    statuses : list of int
        Error with which each of the next requests is answered.
    ranges, validators : bool
        Whether ``Range`` is honoured, and an ETag is sent.
    content_type : str
    pause_s : float
        Before each 10 kB.
    stall_s : float
        Once, in the middle of an answer that is then given up.
    """

    files: dict[str, bytes]
    address: str = ""
    break_after: list[int] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    ranges: bool = True
    validators: bool = True
    content_type: str = "application/octet-stream"
    pause_s: float = 0.0
    stall_s: float = 0.0
    etag: str = '"1"'
    requests: list[tuple[str, str | None, int]] = field(default_factory=list)


class _Handler(BaseHTTPRequestHandler):
    state: FileServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        state, wanted = self.state, self.headers.get("Range")
        content = state.files.get(self.path)
        status = state.statuses.pop(0) if state.statuses else (200 if content is not None else 404)
        if status != 200 or content is None:
            self._log(wanted, status)
            self.send_error(status)
            return
        start = 0
        fits = self.headers.get("If-Range") in (None, state.etag)
        if wanted and state.ranges and fits:
            match = re.fullmatch(r"bytes=(\d+)-", wanted)
            assert match is not None
            start = int(match[1])
            if start >= len(content):
                self._log(wanted, 416)
                self.send_error(416)
                return
            status = 206
        self._log(wanted, status)
        self.send_response(status)
        self.send_header("Content-Length", str(len(content) - start))
        self.send_header("Content-Type", state.content_type)
        if state.validators:
            self.send_header("ETag", state.etag)
        if status == 206:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.end_headers()
        self._send(content[start:])

    def _send(self, content: bytes) -> None:
        end = self.state.break_after.pop(0) if self.state.break_after else len(content)
        for at in range(0, end, 10_000):
            time.sleep(self.state.pause_s)
            self.wfile.write(content[at : min(at + 10_000, end)])
            if self.state.stall_s and at:
                stall_s, self.state.stall_s, self.close_connection = self.state.stall_s, 0.0, True
                time.sleep(stall_s)
                return
        if end < len(content):
            self.close_connection = True

    def _log(self, wanted: str | None, status: int) -> None:
        self.state.requests.append((self.path, wanted, status))

    def log_message(self, format: str, *arguments: object) -> None:
        """Print nothing."""


@contextmanager
def serving(files: dict[str, bytes], **behaviour: object) -> Iterator[FileServer]:
    """Serve files until the end of the block."""
    state = FileServer(files, **behaviour)  # type: ignore[arg-type]  # its fields, by name
    handler = type("Handler", (_Handler,), {"state": state})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.handle_error = lambda request, client: None  # type: ignore[method-assign]  # they leave
    state.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

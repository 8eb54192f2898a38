"""A service behind a proxy that does nothing but what tests of the proxy need."""

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LARGE_BYTES = 12 * 2**20  # more than the system holds between two processes
PATIENCE_S = 10.0


@dataclass
class Stub:
    """``/large`` is a long answer, ``/lines`` two lines, the second after ``go_on`` is set."""

    address: str = ""
    go_on: threading.Event = field(default_factory=threading.Event)
    is_sent: threading.Event = field(default_factory=threading.Event)  # all of the long answer


class _Handler(BaseHTTPRequestHandler):
    stub: Stub

    def do_GET(self) -> None:
        self.send_response(200)
        if self.path == "/api/lines":
            self.send_header("X-Accel-Buffering", "no")  # as the service says it
            self.end_headers()
            self.wfile.write(b"one\n")
            self.stub.go_on.wait(PATIENCE_S)
            self.wfile.write(b"two\n")
            return
        self.send_header("Content-Length", str(LARGE_BYTES))
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(bytes(LARGE_BYTES))
            self.stub.is_sent.set()

    def log_message(self, *_details: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def stub_service() -> Iterator[Stub]:
    """Run the service on a free port."""
    stub = Stub()
    handler = type("Handler", (_Handler,), {"stub": stub})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        stub.address = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield stub
        server.shutdown()
        thread.join()

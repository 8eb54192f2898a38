"""A gunicorn worker whose threads are not held by clients that send slowly, or nothing.

gunicorn's own threads wait for every byte of a request, so a few connections that drip would stop
the pages. Here the main loop looks at what has arrived, and each kind has threads of its own:
requests that are there as a whole, uploads, and the rest. What a thread receives has a deadline
and a least rate, see ``dashboard.web.arrivals``. The look takes nothing off the socket. Encrypted
connections are left to gunicorn.

Written for gunicorn 27, whose ``ThreadWorker`` is subclassed; ``tests/test_dashboard_patience.py``
says when that changed.
"""

import re
import socket
import time
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from selectors import EVENT_READ
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

from dashboard.prediction import capacity
from dashboard.web.arrivals import HEAD_S, Arrival
from dashboard.web.client import stop_reading

LOOK_BYTES = 65_536
UPLOADS = b"POST /api/"  # may be large; the routes bound how many there are
CHUNKED = re.compile(rb"\r\ntransfer-encoding:", re.IGNORECASE)
LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d+)", re.IGNORECASE)
LOOK_S = 0.2  # between two looks at all parts of requests
SILENT_S = 5.0  # until a connection that sends nothing is closed
LIVE_EXTENSION = "genrelens.live"  # as in dashboard.prediction.uploads, which loads the app


@dataclass
class Lane:
    """How many threads connections of one kind may hold, which do, and which wait since when."""

    limit: int
    inside: set[TConn] = field(default_factory=set)
    waiting: dict[TConn, float] = field(default_factory=dict)


class PatientWorker(ThreadWorker):
    """Hands requests to threads when they are there; refuses clips when it is told to stop."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._lanes = {name: Lane(limit) for name, limit in capacity.lanes().items()}
        self._arrivals: dict[TConn, Arrival] = {}  # what threads receive
        self._looked = 0.0

    def enqueue_req(self, conn: TConn) -> None:
        """Give a connection to a thread, or let it wait in its lane, or for its first bytes."""
        if self.cfg.is_ssl or (conn.parser and conn.parser.unreader.buf.getvalue()):
            super().enqueue_req(conn)
            return
        arrived = _look(conn.sock)
        if arrived is None:
            self._await(conn)
            return
        lane = self._lanes[lane_of(arrived)]
        if len(lane.inside) < lane.limit:
            lane.inside.add(conn)
            conn.data_ready = True  # the thread need not wait for it
            super().enqueue_req(conn)
        else:
            lane.waiting.setdefault(conn, time.monotonic())

    def handle(self, conn: TConn) -> Any:
        """Answer in a thread, which also waits for the client to close."""
        self._arrivals[conn] = Arrival(time.monotonic())
        try:
            result = super().handle(conn)
        finally:
            self._arrivals.pop(conn, None)
            for lane in self._lanes.values():
                if conn in lane.inside:
                    self.method_queue.defer(self._advance, lane, conn)
        if not result:
            with suppress(OSError):
                conn.close(graceful=True)  # up to two seconds, which the main loop does not have
            conn.close = lambda graceful=False: None
        return result

    def handle_request(self, req: Any, conn: TConn) -> Any:
        """Answer a request whose head is there; its body has time by its length."""
        self._arrivals[conn].begin_body(req, conn.parser.unreader, time.monotonic())
        return super().handle_request(req, conn)

    def murder_pending(self) -> None:
        """Close connections that are silent, end what comes too slowly, look at parts again."""
        super().murder_pending()
        now = time.monotonic()
        for conn, arrival in list(self._arrivals.items()):
            if arrival.is_late(now):
                stop_reading(conn.sock)
        if now - self._looked >= LOOK_S:
            self._look_again()

    def handle_exit(self, sig: int, frame: Any) -> None:
        """Stop: what runs is finished, clips that wait are refused."""
        app = getattr(self, "wsgi", None)  # the signal may come while the app is being loaded
        live = getattr(app, "extensions", {}).get(LIVE_EXTENSION)
        if live is not None:
            live.line.stop()
        super().handle_exit(sig, frame)

    def _advance(self, lane: "Lane", done: TConn) -> None:
        """Let connections of a lane in, after one that is done, until its threads are taken.

        More than one where the next is not for this lane any more: it is silent, or was closed.
        """
        lane.inside.discard(done)
        while lane.waiting and len(lane.inside) < lane.limit:
            conn = next(iter(lane.waiting))
            del lane.waiting[conn]
            self.enqueue_req(conn)

    def _look_again(self) -> None:
        """Look at parts of requests: some are whole now, some have had their time."""
        now = self._looked = time.monotonic()
        parts = self._lanes["parts"].waiting
        for conn, since in list(parts.items()):
            if now - since > HEAD_S:
                del parts[conn]
                self.nr_conns -= 1
                conn.close()
            elif lane_of(_look(conn.sock) or b"") != "parts":
                del parts[conn]
                self.enqueue_req(conn)

    def _await(self, conn: TConn) -> None:
        """Wait in the main loop for the first bytes."""
        conn.sock.setblocking(False)
        conn.timeout = time.monotonic() + SILENT_S
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, EVENT_READ, partial(self.on_pending_socket_readable, conn))

    def _keepalive_after(self, conn: TConn, keepalive: bool) -> bool:
        """Whether the connection is kept: not by reading a body that nobody wanted."""
        if self._arrivals[conn].is_unread():
            return False
        return bool(super()._keepalive_after(conn, keepalive))


def lane_of(arrived: bytes) -> str:
    """Return "uploads", "pages" for whole requests, or "parts", by the first bytes of a request.

    Parameters
    ----------
    arrived : bytes
        What the system holds of it; b"" if the client has closed, which a thread finds out.
    """
    head, end, body = arrived.partition(b"\r\n\r\n")
    if arrived and not end:
        return "parts"
    if arrived.startswith(UPLOADS):
        return "uploads"
    length = LENGTH.search(head)
    is_whole = not CHUNKED.search(head) and (length is None or len(body) >= int(length[1]))
    return "pages" if is_whole else "parts"


def _look(connection: socket.socket) -> bytes | None:
    """Return the bytes that have arrived and stay where they are, None if there are none yet."""
    try:
        return connection.recv(LOOK_BYTES, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except (BlockingIOError, InterruptedError):
        return None
    except OSError:
        return b""

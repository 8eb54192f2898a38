"""Slow, silent and impatient clients, and the end of a server, with a real gunicorn."""

import contextlib
import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from gunicorn_server import Server, child_pids, gunicorn_server
from multipart import get, last_line, post_clip
from slow_clients import HALF_HEAD, connections, half_callback, half_upload
from tiny_models import shared_results, synthetic_clip, wav_bytes

from dashboard.prediction.uploads import NDJSON
from dashboard.web.arrivals import HEAD_S
from dashboard.web.patience import Lane, PatientWorker, lane_of
from pipeline.config import LIMITS

QUICK_S = 5.0  # pages take a few hundredths; a blocked server answers after HEAD_S
ONE_BY_ONE = {"GENRELENS_PREDICTIONS": "1", "GENRELENS_WAITING": "3", "GENRELENS_PROXIES": "1"}
CLIP = wav_bytes(synthetic_clip(1, duration_s=5.0))
LONG = wav_bytes(synthetic_clip(2, duration_s=300.0))


@dataclass
class Answer:
    """What a client got in the end, and when."""

    status: int
    text: str


class Client(threading.Thread):
    """Sends a clip and keeps the answer, or the error of the connection."""

    def __init__(self, server: Server, content: bytes, accept: str | None = None) -> None:
        super().__init__(daemon=True)
        self.answer: Answer | None = None
        self.error: OSError | None = None
        self._arguments = server.address, content, accept
        self.start()

    def run(self) -> None:
        """Send it."""
        address, content, accept = self._arguments
        try:
            self.answer = Answer(*post_clip(address, content, accept=accept))
        except OSError as error:
            self.error = error

    def got(self) -> Answer:
        """Return the answer, which must come."""
        self.join(60)
        assert self.answer is not None, f"no answer but {self.error}"
        return self.answer


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with gunicorn_server(shared_results(), environment=ONE_BY_ONE) as running:
        warm(running)
        yield running


def warm(server: Server) -> None:
    """Wait until the models are loaded."""
    until(lambda: get(f"{server.address}/healthz")[0] == 200)


def until(condition: Callable[[], bool], patience_s: float = 40.0) -> None:
    """Wait for what a server brings about."""
    deadline = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def clips(server: Server, state: str) -> int:
    """Return how many clips are "running", or are "waiting" in the line."""
    numbers = get(f"{server.address}/metrics")[1]
    (line,) = (line for line in numbers.splitlines() if f'clips{{state="{state}"}}' in line)
    return int(float(line.split()[1]))


def page_s(server: Server) -> float:
    """Return how long a page takes."""
    started = time.monotonic()
    assert get(f"{server.address}/_dash-layout")[0] == 200
    return time.monotonic() - started


@pytest.mark.parametrize(
    ("arrived", "lane"),
    [
        (b"", "pages"),
        (b"GET / HTTP/1.1\r\nHost: a", "parts"),
        (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "pages"),
        (b"POST /x HTTP/1.1\r\nContent-Length: 3\r\n\r\nab", "parts"),
        (b"POST /x HTTP/1.1\r\ncontent-length:3\r\n\r\nabc", "pages"),
        (b"POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc", "parts"),
        (b"POST /api/predict HTTP/1.1\r\nContent-Length: 9\r\n\r\n", "uploads"),
        (b"POST /api/predict HTTP/1.1\r\nContent-Le", "parts"),
    ],
)
def test_each_kind_of_request_has_its_lane(arrived: bytes, lane: str) -> None:
    assert lane_of(arrived) == lane


def test_every_free_thread_of_a_lane_is_given_to_who_waits() -> None:
    """The first who waits has become another lane's, as one that has closed does."""
    lane, other = Lane(1), Lane(1)
    worker = PatientWorker.__new__(PatientWorker)
    worker.enqueue_req = lambda conn: (other if conn == "moved" else lane).inside.add(conn)
    lane.inside.add("done")
    lane.waiting.update(dict.fromkeys(["moved", "next", "last"], 0.0))
    worker._advance(lane, "done")
    assert (lane.inside, other.inside, list(lane.waiting)) == ({"next"}, {"moved"}, ["last"])


def test_clients_that_drip_or_are_silent_leave_threads_to_the_pages(server: Server) -> None:
    with contextlib.ExitStack() as stack:
        for content, count in (
            (HALF_HEAD, 40), (b"", 40), (half_callback(9_000), 20), (half_callback(2**20), 20),
            (half_upload(2**20), 20),
        ):  # fmt: skip
            stack.enter_context(connections(server.address, content, count))
        started = time.monotonic()
        assert max(page_s(server) for _ in range(5)) < QUICK_S
        assert time.monotonic() - started < HEAD_S  # none had been closed yet


def test_requests_that_never_end_are_ended(server: Server) -> None:
    started = time.monotonic()
    with (
        connections(server.address, HALF_HEAD, 1) as (head,),
        connections(server.address, half_callback(100), 1) as (callback,),
        connections(server.address, half_upload(LIMITS.max_bytes), 1) as (upload,),
    ):
        for connection in (head, callback, upload):
            while connection.recv(65_536):
                pass
            assert HEAD_S - 1 < time.monotonic() - started < HEAD_S + 15


def test_upload_that_comes_in_pieces_is_answered(server: Server) -> None:
    from multipart import CONTENT_TYPE, multipart

    body = multipart(CLIP)
    head = (
        f"POST /api/predict HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
        f"Content-Type: {CONTENT_TYPE}\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode()
    with connections(server.address, head[:50], 1) as (connection,):
        for piece in (head[50:], body[:1000], body[1000:]):
            time.sleep(0.3)
            connection.sendall(piece)
        received = b""
        while block := connection.recv(65_536):
            received += block
    assert received.startswith(b"HTTP/1.1 200")


def test_line_is_told_and_full_line_refuses_before_the_bytes_are_read(server: Server) -> None:
    most = LIMITS.arriving_per_address
    with (
        connections(server.address, half_upload(LIMITS.max_bytes), most),
        connections(server.address, half_upload(LIMITS.max_bytes, "192.0.2.7"), 4 - most),
    ):  # take all places
        time.sleep(0.5)
        status, text = post_clip(server.address, CLIP, client="192.0.2.8")
        assert (status, json.loads(text)["code"]) == (503, "busy")
        assert "4 other clips" in json.loads(text)["error"]
        assert page_s(server) < QUICK_S
    until(lambda: post_clip(server.address, CLIP)[0] == 200)  # who goes away leaves the line
    running = Client(server, LONG)
    until(lambda: clips(server, "running") == 1)
    told = Client(server, CLIP, NDJSON).got()
    lines = [json.loads(line) for line in told.text.splitlines()]
    assert lines[0] == {"step": "queued", "done": 0, "total": 1}
    assert "answer" in lines[-1]
    assert running.got().status == 200


def test_silent_connections_of_one_address_leave_places_to_the_others(server: Server) -> None:
    with connections(server.address, half_upload(LIMITS.max_bytes), 8):
        until(lambda: clips(server, "arriving") == LIMITS.arriving_per_address)
        assert post_clip(server.address, CLIP, client="192.0.2.8")[0] == 200


def test_stopped_server_finishes_what_runs_and_refuses_who_waits() -> None:
    with gunicorn_server(shared_results(), environment=ONE_BY_ONE) as server:
        warm(server)
        processes = [server.worker(), *child_pids(server.worker())]
        running = Client(server, LONG)
        until(lambda: clips(server, "running") == 1)
        waiting = Client(server, CLIP, NDJSON)
        until(lambda: clips(server, "waiting") == 1)
        os.kill(server.pid, signal.SIGTERM)
        assert running.got().status == 200
        line = last_line(waiting.got().text)
        assert (line["code"], line["status"]) == ("stopping", 503)
    until(lambda: not any(lives(pid) for pid in processes))


def test_worker_that_is_killed_leaves_the_other_with_all_places() -> None:
    two = {**ONE_BY_ONE, "WEB_CONCURRENCY": "2"}
    with gunicorn_server(shared_results(), environment=two) as server:
        until(lambda: len(child_pids(server.pid)) == 2)
        until(lambda: all(child_pids(pid) for pid in child_pids(server.pid)))  # decoders wait
        warm(server)
        clients = [Client(server, LONG) for _ in range(4)]
        time.sleep(0.6)
        killed, other = child_pids(server.pid)[:2]
        orphans = child_pids(killed)
        os.kill(killed, signal.SIGKILL)
        for client in clients:
            client.join(60)
        assert not any(client.is_alive() for client in clients)
        until(lambda: post_clip(server.address, CLIP)[0] == 200)
        assert lives(other)
        until(lambda: not any(lives(pid) for pid in orphans))


def lives(pid: int) -> bool:
    """Return whether a process is there."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True

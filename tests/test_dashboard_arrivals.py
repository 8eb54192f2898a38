"""Requests that arrive too slowly, told from those that are only large."""

import io
from types import SimpleNamespace

import pytest
from gunicorn.http.unreader import IterUnreader

from dashboard.web.arrivals import HEAD_S, LEAST_BYTES_PER_S, WINDOW_S, Arrival, announced_bytes
from pipeline.config import LIMITS

ENOUGH = int(LEAST_BYTES_PER_S * WINDOW_S)
LARGE = 10 * ENOUGH


def begun(pieces: list[bytes], left: int = LARGE) -> tuple[Arrival, IterUnreader]:
    """Return an arrival whose head came at 0 s, and what fetches its body."""
    arrival, unreader = Arrival(0.0), IterUnreader(pieces)
    request = SimpleNamespace(
        headers=[("CONTENT-LENGTH", str(LARGE))],
        body=SimpleNamespace(reader=SimpleNamespace(length=left)),
    )
    arrival.begin_body(request, unreader, 0.0)
    return arrival, unreader


def test_head_has_its_time() -> None:
    arrival = Arrival(5.0)
    assert not arrival.is_late(5.0 + HEAD_S)
    assert arrival.is_late(5.1 + HEAD_S)


def test_silent_body_is_late_after_one_window() -> None:
    arrival, _unreader = begun([])
    assert arrival.deadline > 10 * WINDOW_S
    assert not arrival.is_late(WINDOW_S)
    assert arrival.is_late(WINDOW_S + 0.1)


def test_body_that_keeps_the_rate_goes_on_until_it_falls_behind() -> None:
    arrival, unreader = begun([bytes(ENOUGH), bytes(ENOUGH - 1)])
    unreader.read()
    assert not arrival.is_late(WINDOW_S + 1)
    unreader.read()
    assert not arrival.is_late(2 * WINDOW_S + 1)  # its window ends a second window after the look
    assert arrival.is_late(2 * WINDOW_S + 1.1)
    assert arrival.received == 2 * ENOUGH - 1


def test_body_that_is_there_is_never_late() -> None:
    arrival, _unreader = begun([], left=0)
    assert not arrival.is_late(1e9)


def test_next_request_of_a_connection_counts_anew() -> None:
    _arrival, unreader = begun([b"12345", b"678"])
    unreader.read()
    again = Arrival(100.0)
    again.begin_body(SimpleNamespace(headers=[]), unreader, 100.0)
    unreader.buf = io.BytesIO()
    unreader.read()
    assert again.received == 3


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ([], 0),
        ([("HOST", "a"), ("CONTENT-LENGTH", "12")], 12),
        ([("TRANSFER-ENCODING", "chunked")], LIMITS.max_bytes),
    ],
)
def test_body_in_chunks_may_be_as_long_as_a_clip(
    headers: list[tuple[str, str]], expected: int
) -> None:
    assert announced_bytes(headers) == expected

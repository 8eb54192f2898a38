"""What an upload's form may be, and what becomes of a clip whose client goes away meanwhile."""

import io
import socket
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from live_service import Service, check_error
from multipart import CONTENT_TYPE, multipart
from tiny_models import shared_results

from dashboard.prediction import questions
from dashboard.prediction.line import Counts, Line
from dashboard.prediction.live import Live
from dashboard.prediction.questions import GENRES
from pipeline.config import LIMITS
from pipeline.predict import Progress


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    limits = replace(LIMITS, requests_per_minute=10_000, max_bytes=100_000)
    live = Live(shared_results(), limits=limits, line=Line(at_once=1, waiting=0))
    yield Service(live)
    live.close()


def test_form_with_too_many_fields_is_told_so(service: Service) -> None:
    many = {f"field{number}": "" for number in range(1001)}
    message = check_error(service.post(None, fields=many), 413, "form_too_large")
    assert "1000 fields, and 500 kB" in message
    assert "MB" not in message


def chunked(service: Service, body: bytes) -> Any:
    """Send a body without saying how long it is."""
    return service.server.test_client().post(
        "/api/predict",
        input_stream=io.BytesIO(body),
        content_type=CONTENT_TYPE,
        environ_overrides={"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"},
    )


def test_form_of_unknown_length_is_told_what_was_too_much(service: Service) -> None:
    fields = multipart(None, fields={f"field{number}": "" for number in range(1001)})
    check_error(chunked(service, fields), 413, "form_too_large")
    check_error(chunked(service, multipart(bytes(200_000))), 413, "too_large")


def test_clip_of_a_client_that_has_gone_is_not_analysed_to_its_end(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[int] = []

    def long_steps(_live: Live, _upload: io.BytesIO) -> Iterator[Progress]:
        for number in range(9):
            done.append(number)
            yield Progress("features", number, 9)

    monkeypatch.setattr(questions, "QUESTIONS", {GENRES: long_steps})
    ours, theirs = socket.socketpair()
    theirs.close()
    with ours:
        answer = service.post(bytes(100), environ_overrides={"gunicorn.socket": ours})
    check_error(answer, 503, "gone")
    assert done == [0]
    assert service.live.line.counts() == Counts(0, 0, 0, 0)

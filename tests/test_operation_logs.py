"""Lines of the log and ids of requests: what they say, and what they must never say."""

import http.client
import json
import logging
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from dash import Dash, html
from flask import request
from gunicorn_server import gunicorn_server
from live_service import CLIP, Service
from multipart import CONTENT_TYPE, multipart
from tiny_models import shared_results

from dashboard.app import create_app
from dashboard.operation import logs
from dashboard.operation.record import CURRENT, Record
from dashboard.operation.requests import watch_requests
from dashboard.prediction.live import Live
from dashboard.prediction.uploads import NDJSON

SONG = "Aunt Agatha sings at the wedding.wav"
CLIENT = "127.0.0.9"
FORWARDED = "203.0.113.77"
QUERY = "open=secret-track"


@pytest.fixture(autouse=True)
def no_request() -> Iterator[None]:
    """Answers that a test does not read to their end leave their request behind."""
    CURRENT.set(None)
    yield
    CURRENT.set(None)


@pytest.fixture
def lines(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> list[dict[str, Any]]:
    """Return the list into which everything logged goes, as lines of JSON would say it."""
    said: list[dict[str, Any]] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(json.loads(logs.JsonLines().format(record)))

    monkeypatch.setattr(logging.root, "handlers", [*logging.root.handlers, Listener()])
    caplog.set_level(logging.INFO, logger="dashboard")
    return said


def failing_app() -> Dash:
    """Return an app with a route that fails and quotes what its visitor sent."""
    app = Dash(__name__)
    app.layout = html.Div()
    watch_requests(app.server)

    def fail() -> str:
        raise KeyError(f"{request.args['name']} of {request.remote_addr} {request.query_string!r}")

    app.server.add_url_rule("/api/fail", "fail", fail)
    return app


def talk(address: str) -> None:
    """Send a server what must leave no trace: names, addresses, queries, good and bad clips."""
    host = urlsplit(address).netloc
    headers = {"X-Forwarded-For": FORWARDED, "Content-Type": CONTENT_TYPE}
    for content in (CLIP, b"no sound at all"):
        for accept in ("application/json", NDJSON):
            connection = http.client.HTTPConnection(host, source_address=(CLIENT, 0), timeout=60)
            body = multipart(content, filename=SONG)
            connection.request("POST", "/api/predict?" + QUERY, body, {**headers, "Accept": accept})
            connection.getresponse().read()
            connection.close()
    for path in (f"/tracks?{QUERY}", f"/api/audio/gtzan/secret-track?{QUERY}", "/secret-track"):
        connection = http.client.HTTPConnection(host, source_address=(CLIENT, 0), timeout=60)
        connection.request("GET", path, headers=headers)
        connection.getresponse().read()
        connection.close()
    name, port = host.split(":")
    with socket.create_connection((name, int(port)), source_address=(CLIENT, 0)) as raw:
        raw.sendall(b"GET /secret-track HTTP/nine\r\n\r\n")
        raw.recv(100)


def test_no_line_of_a_server_tells_of_a_file_an_address_or_a_query(tmp_path: Path) -> None:
    path = tmp_path / "log"
    environment = {"GENRELENS_LOG": "json", "GENRELENS_PROXIES": "1"}
    with (
        path.open("wb") as output,
        gunicorn_server(
            shared_results(), environment=environment, output=output.fileno()
        ) as server,
    ):
        talk(server.address)
    text = path.read_text()
    for secret in ("Agatha", "wedding", "secret", CLIENT, FORWARDED):
        assert secret not in text
    assert "/api/predict 200" in text and "(not_audio)" in text and "/api/audio/<dataset>" in text
    assert "a request was refused" in text
    said = [json.loads(line) for line in text.splitlines()]
    clips = [line for line in said if line.get("route") == "/api/predict"]
    assert [line["status"] for line in clips] == [200, 200, 415, 200]
    assert [line.get("code") for line in clips] == [None, None, "not_audio", "not_audio"]
    keys = {"time", "level", "request_id", "route", "status", "duration_ms"}
    assert all(keys <= set(line) for line in clips)


def test_a_stack_trace_is_logged_without_what_the_visitor_sent(
    lines: list[dict[str, Any]],
) -> None:
    client = failing_app().server.test_client()
    answer = client.get(
        "/api/fail?name=agatha.wav",
        environ_base={"REMOTE_ADDR": FORWARDED},
        headers={"X-Request-Id": "number-of-the-request"},
    )
    assert answer.status_code == 500
    assert answer.json["code"] == "internal"
    assert answer.json["request_id"] == answer.headers["X-Request-Id"] == "number-of-the-request"
    assert "number-of-the-request" in answer.json["error"]
    answer.close()
    failure, line = lines
    assert failure["message"] == "a request failed"
    assert "KeyError" in failure["trace"] and "in fail" in failure["trace"]
    assert FORWARDED not in failure["trace"] and "name=agatha" not in failure["trace"]
    assert line["level"] == "error" and (line["route"], line["status"]) == ("/api/fail", 500)
    assert {failure["request_id"], line["request_id"]} == {"number-of-the-request"}


def test_a_browser_is_shown_the_number_of_a_failed_page() -> None:
    client = failing_app().server.test_client()
    answer = client.get("/api/fail?name=x", headers={"Accept": "text/html,*/*;q=0.8"})
    assert answer.mimetype == "text/html"
    assert answer.headers["X-Request-Id"] in answer.text


@pytest.mark.parametrize("sent", ["", "short", "two words here", "x" * 65, "../../etc/passwd"])
def test_an_id_that_is_not_well_formed_is_replaced(sent: str) -> None:
    client = create_app(shared_results()).server.test_client()
    made = client.get("/api/results", headers={"X-Request-Id": sent}).headers["X-Request-Id"]
    assert len(made) == 16 and int(made, 16) >= 0


def test_errors_carry_the_id_that_a_proxy_gave() -> None:
    client = create_app(shared_results()).server.test_client()
    answer = client.post("/api/predict", headers={"X-Request-Id": "proxy-0001"})
    assert answer.json["request_id"] == answer.headers["X-Request-Id"] == "proxy-0001"


def test_a_stream_that_fails_says_so_in_its_last_line(
    monkeypatch: pytest.MonkeyPatch, lines: list[dict[str, Any]]
) -> None:
    live = Live(shared_results())
    service = Service(live)
    watch_requests(service.server)
    monkeypatch.setattr(live.decoder, "decode", lambda _content: 1 / 0)
    answer = service.post(headers={"Accept": NDJSON, "X-Request-Id": "stream-0001"})
    last = json.loads(answer.text.splitlines()[-1])
    assert (last["code"], last["status"], last["request_id"]) == ("internal", 500, "stream-0001")
    answer.close()
    live.close()
    assert "ZeroDivisionError" in lines[0]["trace"]
    assert lines[-1]["code"] == "internal" and lines[-1]["request_id"] == "stream-0001"


def test_names_of_files_in_messages_are_left_out() -> None:
    record = Record("12345678")
    record.keep_private(SONG)
    CURRENT.set(record)
    said = logging.LogRecord("x", logging.ERROR, "f", 1, "cannot read %s", (SONG,), None)
    assert logs.TextLines().format(said).endswith("cannot read [left out] [12345678]")


def test_text_lines_show_the_stack_trace_below() -> None:
    try:
        raise ValueError("why")
    except ValueError as error:
        details = (ValueError, error, error.__traceback__)
    said = logging.LogRecord("x", logging.WARNING, "f", 1, "it broke", (), details)
    first, *trace = logs.TextLines().format(said).splitlines()
    assert first.endswith(" warning it broke") and trace[-1] == "ValueError: why"


def test_a_form_that_does_not_exist_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, logs.LOG_VARIABLE, "xml")
    with pytest.raises(SystemExit, match=r"must be 'json'.*not 'xml'"):
        logs.log_form()

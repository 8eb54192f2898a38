"""The proxy's settings in a real nginx: slow clients, its own errors, and who is believed."""

import contextlib
import json
import re
import shutil
import socket
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from gunicorn_server import Server, free_port, gunicorn_server
from multipart import CONTENT_TYPE, get, multipart
from nginx_server import SETTINGS, Nginx, nginx_server
from slow_clients import connections
from stub_service import PATIENCE_S, stub_service
from tiny_models import shared_results, synthetic_clip, wav_bytes
from visitor import Answer, asked

from dashboard.prediction.broker import Broker
from pipeline.config import LIMITS

pytestmark = pytest.mark.skipif(
    shutil.which("nginx") is None, reason="no nginx on this machine's PATH"
)
CLIP = multipart(wav_bytes(synthetic_clip(1, duration_s=5.0)))
SENT = 300_000  # bytes that a slow client sends before it stops


def slow_upload(visitor: str) -> bytes:
    """Return the beginning of an upload, as a proxy in front passes it on."""
    head = (
        f"POST /api/predict HTTP/1.1\r\nHost: a\r\nContent-Type: {CONTENT_TYPE}\r\n"
        f"X-Forwarded-For: {visitor}\r\nContent-Length: {LIMITS.max_bytes}\r\n\r\n"
    )
    return head.encode() + multipart(bytes(SENT))[:SENT]


def send_clip(address: str, visitor: str) -> Answer:
    """Send a clip, as a proxy in front passes it on."""
    headers = {"Content-Type": CONTENT_TYPE, "X-Forwarded-For": visitor}
    return asked(f"{address}/api/predict", method="POST", headers=headers, body=CLIP)


def wait_for_uploads(service: Server, count: int) -> None:
    """Wait until the service receives so many clips at the same moment."""
    deadline = time.monotonic() + PATIENCE_S
    while f'clips{{state="arriving"}} {count}.0' not in get(f"{service.address}/metrics")[1]:
        assert time.monotonic() < deadline, "they did not arrive"
        time.sleep(0.05)


def is_error_of_the_api(answer: Answer, status: int, code: str) -> bool:
    """Return whether an answer is the JSON that the API documents, with the id of its request."""
    content = json.loads(answer.text)
    is_json = answer.headers["Content-Type"] == "application/json"
    is_whole = bool(content["error"]) and len(content["request_id"]) == 32
    return (answer.status, content["code"]) == (status, code) and is_json and is_whole


@pytest.fixture(scope="module")
def service() -> Iterator[Server]:
    """Run the service behind two proxies: the repository's, and the test as the one in front."""
    environment = {"GENRELENS_PROXIES": "2", "GENRELENS_PREDICTIONS": "2"}
    with gunicorn_server(shared_results(), environment=environment) as running:
        assert get(f"{running.address}/_dash-layout")[0] == 200
        yield running


@pytest.fixture
def proxy(service: Server) -> Iterator[Nginx]:
    with nginx_server(service.address) as running:
        yield running


def test_slow_uploads_stop_nobody_else_and_need_no_disk(service: Server, proxy: Nginx) -> None:
    (proxy.folder / "client").rmdir()  # what nginx would find on a full disk
    with connections(proxy.address, slow_upload("192.0.2.1"), LIMITS.arriving_per_address):
        wait_for_uploads(service, LIMITS.arriving_per_address)
        refused = send_clip(proxy.address, "192.0.2.1")
        assert is_error_of_the_api(refused, 429, "rate_limited"), refused
        assert "from your address" in refused.text
        assert int(refused.headers["Retry-After"]) > 0
        assert send_clip(proxy.address, "192.0.2.2").status == 200
        assert get(f"{proxy.address}/_dash-layout")[0] == 200
    assert proxy.log() == ""


def test_upload_that_comes_too_slowly_is_ended_by_the_service(proxy: Nginx) -> None:
    with connections(proxy.address, slow_upload("192.0.2.3"), 1) as (slow,):
        slow.settimeout(25)
        answer = Answer.of(slow.recv(65_536))
    assert is_error_of_the_api(answer, 422, "cut_off"), answer
    assert "faster" in answer.text


@pytest.mark.parametrize("path", ["/api/results", "/predict"])
def test_service_that_is_away_is_told_as_the_api_does(path: str) -> None:
    with nginx_server(f"http://127.0.0.1:{free_port()}") as proxy:
        answer = asked(f"{proxy.address}{path}")
        assert is_error_of_the_api(answer, 503, "unavailable"), answer
        assert int(answer.headers["Retry-After"]) > 0
        assert proxy.log() == ""


def test_upload_that_is_too_large_is_told_as_the_api_does(proxy: Nginx) -> None:
    address = urlsplit(proxy.address)
    head = f"POST /api/predict HTTP/1.1\r\nHost: a\r\nContent-Length: {2**30}\r\n\r\n"
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        connection.sendall(head.encode())
        answer = Answer.of(connection.recv(65_536))
    assert is_error_of_the_api(answer, 413, "too_large"), answer
    assert f"{LIMITS.max_bytes // 2**20} MB" in answer.text


def test_answer_that_is_read_slowly_holds_no_thread_of_the_service() -> None:
    with stub_service() as stub, nginx_server(stub.address) as proxy:
        request = b"GET /api/large HTTP/1.1\r\nHost: a\r\n\r\n"
        with connections(proxy.address, request, 1):
            assert stub.is_sent.wait(PATIENCE_S)


def test_no_line_of_the_log_names_a_visitor() -> None:
    with stub_service() as stub, nginx_server(stub.address) as proxy:
        (proxy.folder / "proxy").rmdir()  # what nginx would find on a full disk
        request = b"GET /api/large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        with connections(proxy.address, request, 1) as (connection,):
            stub.is_sent.wait(1.0)  # nginx tries to keep it
            with contextlib.suppress(OSError):
                while connection.recv(2**20):
                    pass
        assert "127.0.0.1" not in proxy.log()


def test_progress_arrives_line_by_line() -> None:
    with stub_service() as stub, nginx_server(stub.address) as proxy:
        request = b"GET /api/lines HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        with connections(proxy.address, request, 1) as (connection,):
            connection.settimeout(PATIENCE_S / 2)
            received = b""
            while b"one\n" not in received:
                received += connection.recv(65_536)
            assert b"two" not in received
            stub.go_on.set()
            while block := connection.recv(65_536):
                received += block
        assert b"two\n" in received


def test_the_proxy_waits_longer_than_the_broker() -> None:
    (read_s,) = re.findall(r"proxy_read_timeout (\d+)s;", SETTINGS.read_text())
    assert int(read_s) > Broker("redis://127.0.0.1").expiry_s

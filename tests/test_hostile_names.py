"""A file's name is a stranger's text: it is no path, comes back nowhere, and stops nothing."""

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from live_service import CLIP, Service
from multipart import BOUNDARY, CONTENT_TYPE
from tiny_models import shared_results

from dashboard.prediction.live import Live
from dashboard.prediction.uploads import NDJSON
from pipeline.config import LIMITS

NAMES = {
    "markup": "<img src=x onerror=alert(1)>.wav",
    "upwards": "../../../../tmp/genrelens-was-here.wav",
    "absolute": "/etc/passwd",
    "Windows": "C:\\boot.ini",
    "long": "n" * 4096 + ".wav",
    "right to left": "\u202egpj.wav\u202c",
    "NUL": "clip\0.wav",
    "emoji": "\U0001f3b8\U0001f469\u200d\U0001f3a4.wav",
    "line break": "clip%0D%0ASet-Cookie: x=1.wav",
    "template": "{{ 7*7 }}${7*7}.wav",
    "quote": "a%22; name=%22other.wav",
    "formula": "=cmd|'/c calc'!A1",
}


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    live = Live(shared_results(), limits=replace(LIMITS, requests_per_minute=10_000))
    yield Service(live)
    live.close()


def form(name: str, content: bytes) -> bytes:
    """Return a form whose file has this name, as it is."""
    head = f'Content-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
    return b"--%s\r\n%s%s\r\n--%s--\r\n" % (BOUNDARY.encode(), head, content, BOUNDARY.encode())


@pytest.mark.parametrize("name", NAMES.values(), ids=list(NAMES))
def test_name_is_never_used(name: str, service: Service, caplog: pytest.LogCaptureFixture) -> None:
    client = service.server.test_client()
    caplog.set_level(logging.DEBUG)
    # JSON with a clip, lines with a clip, and an error
    for content, accept in ((CLIP, "application/json"), (CLIP, NDJSON), (b"no sound", "*/*")):
        response = client.post(
            "/api/predict", data=form(name, content), content_type=CONTENT_TYPE,
            headers={"Accept": accept},
        )  # fmt: skip
        assert response.status_code == (200 if content == CLIP else 415)
        text = response.get_data(as_text=True) + str(response.headers) + caplog.text
        for written in (name, json.dumps(name)[1:-1], name[:200]):
            assert written not in text
        assert "Set-Cookie" not in response.headers
    assert not Path("/tmp/genrelens-was-here.wav").exists()


@pytest.mark.parametrize("name", [NAMES["long"] * 400, ""], ids=["a megabyte", "none"])
def test_name_that_is_none_is_an_error(name: str, service: Service) -> None:
    client = service.server.test_client()
    response = client.post("/api/predict", data=form(name, CLIP), content_type=CONTENT_TYPE)
    assert response.status_code in (400, 413, 422)
    assert set(response.get_json()) >= {"error", "code"}

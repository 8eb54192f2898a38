"""Uploads never touch the disk."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import flask
import pytest
import werkzeug.formparser
from live_service import Service
from multipart import CONTENT_TYPE, multipart
from tiny_models import shared_results, synthetic_clip, wav_bytes

from dashboard.prediction.line import Line
from dashboard.prediction.live import Live
from dashboard.prediction.uploads import MemoryRequest


@pytest.fixture
def temporary_files(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the list of temporary files that are opened, by whatever name of the library."""
    opened: list[str] = []

    def watched(name: str, original: Callable[..., Any]) -> Callable[..., Any]:
        def wrapper(*args: Any, **options: Any) -> Any:
            opened.append(name)
            return original(*args, **options)

        return wrapper

    for name in ("TemporaryFile", "SpooledTemporaryFile", "NamedTemporaryFile", "mkstemp"):
        function = watched(name, getattr(tempfile, name))
        monkeypatch.setattr(tempfile, name, function)
        if hasattr(werkzeug.formparser, name):
            monkeypatch.setattr(werkzeug.formparser, name, function)
    return opened


def test_large_upload_never_touches_the_disk(
    temporary_files: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = wav_bytes(synthetic_clip(63, duration_s=40.0))
    assert len(large) > 1_500_000
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    line = Line(tmp_path.with_name("line"))  # its tickets are empty files
    live = Live(shared_results(), line=line)
    response = Service(live).post(large)
    live.close()
    assert response.status_code == 200
    assert temporary_files == []
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(("kind", "touched"), [(MemoryRequest, False), (flask.Request, True)])
def test_only_the_memory_request_keeps_off_the_disk(
    temporary_files: list[str], kind: type[flask.Request], touched: bool
) -> None:
    app = flask.Flask("plain")
    app.request_class = kind
    app.add_url_rule(
        "/", "upload", lambda: str(len(flask.request.files["file"].read())), methods=["POST"]
    )
    body = multipart(bytes(2**20))
    response = app.test_client().post("/", data=body, content_type=CONTENT_TYPE)
    assert response.text == str(2**20)
    assert bool(temporary_files) is touched

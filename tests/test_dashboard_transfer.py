"""What goes over the wire: compressed answers, and scripts and styles that a browser may keep."""

import gzip
import os
import re
import shutil
from pathlib import Path

import brotli
import pytest
from dash import Dash
from flask import Response
from flask.testing import FlaskClient
from plotly.offline import get_plotlyjs_version
from werkzeug.test import TestResponse

from dashboard.app import create_app
from dashboard.web import static_files
from dashboard.web.static_files import ENCODERS, IMMUTABLE, File, digest
from pipeline import config
from pipeline.config import REPOSITORY

ASSET = "/assets/genrelens.css"
DECODERS = {"br": brotli.decompress, "gzip": gzip.decompress, "": bytes}


@pytest.fixture(scope="module")
def app() -> Dash:
    app = create_app(REPOSITORY / "results")
    app.server.test_client().get("/")  # Dash sets its router up at the first request
    return app


@pytest.fixture
def client(app: Dash) -> FlaskClient:
    client: FlaskClient = app.server.test_client()
    return client


def links(client: FlaskClient) -> list[str]:
    """Return the addresses of the scripts and styles of the page."""
    html = client.get("/").get_data(as_text=True)
    return re.findall(r'(?:src|href)="(/[^"]+)"', html)


def get(client: FlaskClient, url: str, encodings: str = "", **headers: str) -> TestResponse:
    return client.get(url, headers={"Accept-Encoding": encodings, **headers})


def test_every_link_of_the_page_has_a_fingerprint_and_may_be_kept(client: FlaskClient) -> None:
    found = links(client)
    assert any("plotly" in url for url in found)
    assert any(url.startswith("/assets/theme.js?m=") for url in found)
    for url in found:
        answer = get(client, url)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, IMMUTABLE), url
        assert digest(answer.get_data()) in url


def test_plotly_js_is_of_the_pinned_version_and_draws_every_trace_of_the_figures() -> None:
    header = (REPOSITORY / "assets" / "plotly" / "plotly.min.js").read_text("utf-8")[:200]
    assert f"plotly.js v{get_plotlyjs_version()} with:" in header, "run `sh .ci/plotly`"
    drawn = set()
    for path in (REPOSITORY / "dashboard").rglob("*.py"):
        drawn |= set(re.findall(r"\bgo\.([A-Z]\w+)\(", path.read_text(encoding="utf-8")))
    traces = {name.lower() for name in drawn} - {"figure", "layout"}
    assert traces >= {"scatter", "bar", "heatmap", "parcoords"}
    missing = traces - set(header.split("with:")[1].split("\n")[0].split())
    assert not missing, "add them to TRACES in .ci/plotly, and run it"


@pytest.mark.parametrize(
    "url",
    [
        ASSET,
        f"{ASSET}?m=0123456789ab",
        f"{ASSET}?m=1795665258.395901",
        "/_dash-component-suites/dash/dcc/async-graph.js",
        "/_dash-component-suites/dash/dcc/async-graph.v4_4_1m0123456789ab.js",
    ],
)
def test_without_the_right_fingerprint_a_file_is_asked_for_again(
    client: FlaskClient, url: str
) -> None:
    first = get(client, url)
    assert (first.status_code, first.headers["Cache-Control"]) == (200, "no-cache")
    again = get(client, url, **{"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.get_data()) == (304, b"")


def test_several_hosts_give_the_same_urls(
    client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = links(client)
    shutil.copytree(REPOSITORY / "assets", tmp_path / "assets")
    for file in (tmp_path / "assets").glob("*.*"):
        os.utime(file, (1.7e9, 1.7e9))  # as if unpacked at another time, on another host
    monkeypatch.setattr(config, "REPOSITORY", tmp_path)
    assert links(create_app(REPOSITORY / "results").server.test_client()) == here


def test_a_changed_file_gets_another_url(app: Dash, tmp_path: Path) -> None:
    style = tmp_path / "page.css"
    style.write_text("a { color: red }", encoding="utf-8")
    before = File.read(style).fingerprint
    style.write_text("a { color: tan }", encoding="utf-8")
    assert File.read(style).fingerprint != before


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, deflate", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("identity", ""),
        ("", ""),
    ],
)
def test_encoding_is_one_that_the_browser_takes(
    client: FlaskClient, accepted: str, expected: str
) -> None:
    for url in (ASSET, "/_dash-layout", "/api/results"):
        plain = get(client, url).get_data()
        answer = get(client, url, accepted)
        assert answer.headers.get("Content-Encoding", "") == expected, url
        assert "Accept-Encoding" in answer.headers["Vary"]
        assert DECODERS[expected](answer.get_data()) == plain
        assert not expected or len(answer.get_data()) < 0.5 * len(plain)


def test_a_file_is_compressed_once(app: Dash, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    monkeypatch.setitem(
        ENCODERS, "br", lambda content: made.append(len(content)) or brotli.compress(content)
    )
    app.static_files._files.clear()
    for _ in range(3):
        assert get(app.server.test_client(), ASSET, "br").headers["Content-Encoding"] == "br"
    assert len(made) == 1


def test_warming_compresses_all_that_a_first_visit_loads(
    app: Dash, monkeypatch: pytest.MonkeyPatch
) -> None:
    for encoding in ENCODERS:
        monkeypatch.setitem(ENCODERS, encoding, lambda content: content[:10])
    app.static_files._files.clear()
    app.static_files.warm()
    monkeypatch.setattr(static_files, "ENCODERS", dict.fromkeys(ENCODERS, None))
    for url in links(app.server.test_client()):
        for encoding in ENCODERS:
            assert len(get(app.server.test_client(), url, encoding).get_data()) == 10, url
    app.static_files._files.clear()


def test_sound_keeps_its_ranges_and_is_left_as_it_is(client: FlaskClient) -> None:
    name = next((REPOSITORY / "assets" / "examples").glob("*.*")).name
    part = get(client, f"/assets/examples/{name}", "br, gzip", Range="bytes=10-19")
    assert (part.status_code, len(part.get_data())) == (206, 10)
    assert "Content-Encoding" not in part.headers
    part.close()


def test_what_is_sent_bit_by_bit_is_not_held_back(app: Dash) -> None:
    with app.server.test_request_context(headers={"Accept-Encoding": "br, gzip"}):
        streamed = Response((part for part in ("{}", "{}") * 900), mimetype="application/json")
        answer = app.server.process_response(streamed)
    assert "Content-Encoding" not in answer.headers
    assert answer.is_streamed


@pytest.mark.parametrize(
    "url",
    [
        "/assets/nothing.css", "/assets/../requirements.txt", "/assets/%2e%2e/requirements.txt",
        "/assets//etc/hosts.txt", "/_dash-component-suites/dash/dash.py",
        "/_dash-component-suites/os/path.js",
    ],
)  # fmt: skip
def test_other_files_are_not_given(client: FlaskClient, url: str) -> None:
    answer = client.get(url, follow_redirects=True)
    assert answer.status_code == 404 or answer.mimetype == "text/html"  # a page of the app
    assert b"flask" not in answer.get_data().lower()

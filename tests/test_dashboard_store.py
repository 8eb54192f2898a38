"""The dashboard on results in a database: served, followed, and kept when the server goes away."""

import json
import shutil
import time
from pathlib import Path

import pytest
from cut_proxy import cut_proxy
from gunicorn_server import gunicorn_server
from mongo_server import free_port, target_of, through_port
from multipart import get
from tiny_models import shared_results

from dashboard.app import create_app
from dashboard.state import State
from pipeline import artifacts
from pipeline.config import CACHE_VARIABLE
from pipeline.store import StoreError, load_results

PASSWORD = "s3cret-Pa55"
PAGE_S = 5.0


@pytest.fixture(autouse=True)
def own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(shared_results(), tmp_path / "results"))


def timed(address: str) -> tuple[int, str]:
    """Ask for a page, which must come in time."""
    started = time.monotonic()
    status, text = get(address)
    assert time.monotonic() - started < PAGE_S, address
    return status, text


def retitle(folder: Path, title: str) -> None:
    """Change the results as a later run does."""
    content = artifacts.read_results(folder)
    next(iter(content["datasets"].values()))["title"] = title
    artifacts.write_json(folder / "results.json", content)
    run = artifacts.read_run(folder) | {"finished_at": title}
    artifacts.write_json(folder / "run.json", run)


def test_pages_show_the_database_follow_it_and_outlive_it(folder: Path, store_url: str) -> None:
    load_results(folder, store_url)
    with cut_proxy(target_of(store_url), limit=10**9) as proxy:
        with gunicorn_server(through_port(store_url, proxy.port)) as server:  # type: ignore[arg-type]
            status, text = wait_for(f"{server.address}/healthz", '"ok"')
            assert (status, json.loads(text)) == (200, {"status": "ok"})
            expected = artifacts.read_results(folder)
            assert json.loads(timed(f"{server.address}/api/results")[1]) == expected
            retitle(folder, "Changed meanwhile")
            load_results(folder, store_url)
            wait_for(f"{server.address}/api/results", "Changed meanwhile")
            proxy.close()
            status, text = wait_for(f"{server.address}/healthz", "may be old")
            assert status == 200 and f"127.0.0.1:{proxy.port}" in json.loads(text)["warning"]
            for page in ("/", "/model", "/api/results"):
                assert timed(f"{server.address}{page}")[0] == 200
            assert "Changed meanwhile" in timed(f"{server.address}/api/results")[1]


def wait_for(address: str, words: str, limit_s: float = 30.0) -> tuple[int, str]:
    """Ask for a page until it says something."""
    ends = time.monotonic() + limit_s
    while True:
        status, text = timed(address)
        if words in text:
            return status, text
        assert time.monotonic() < ends, f"{address} does not say {words!r}: {text[:500]}"
        time.sleep(0.2)


def test_a_database_that_is_away_from_the_start_is_told_on_every_page(tmp_path: Path) -> None:
    port = free_port()
    url = f"mongodb://me:{PASSWORD}@127.0.0.1:{port}/tunes"
    client = create_app(url).server.test_client()
    for path, status in (("/api/results", 503), ("/healthz", 503), ("/_dash-layout", 200)):
        started = time.monotonic()
        answer = client.get(path)
        assert time.monotonic() - started < PAGE_S
        text = answer.get_data(as_text=True)
        assert answer.status_code == status
        assert PASSWORD not in text
        if status == 503:
            assert f"MongoDB at 127.0.0.1:{port}, database tunes, cannot be reached" in text


@pytest.mark.parametrize("url", ["postgres://me:{}@h/x", "mongodb://me:{}@h:x/y"])
def test_a_url_that_names_no_store_is_refused_at_the_start(url: str) -> None:
    with pytest.raises(StoreError, match=r"expected|named by a URL") as caught:
        create_app(url.format(PASSWORD))
    assert PASSWORD not in str(caught.value)


def test_a_folder_has_no_warning_and_needs_no_database(folder: Path) -> None:
    state = State.of(folder)
    assert state.current().folder == folder and state.warning == ""

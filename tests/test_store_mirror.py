"""The dashboard's copy: follows the store, asks it seldom, and outlives it."""

import re
import time
from urllib.parse import urlsplit

import pytest
from cut_proxy import cut_proxy
from data_folder import files_of
from mongo_server import free_port, target_of, through_port
from tiny_results import write_tiny_results

from pipeline import artifacts
from pipeline.store import Mirror, StoreError, load_results, mirror
from pipeline.store.mirror import cache_folder

PASSWORD = "s3cret-Pa55"


@pytest.fixture
def folder(tmp_path):
    return write_tiny_results(tmp_path / "results")


@pytest.fixture
def make_mirror(tmp_path):
    """Return a maker of mirrors with one copy; their connections end with the test."""
    made = []

    def make(url: str, **options) -> Mirror:
        made.append(Mirror(url, tmp_path / "copy", **{"every_s": 0.0, **options}))
        return made[-1]

    yield make
    for own in made:
        own.close()


def refreshed(own: Mirror) -> Mirror:
    """Refresh until the first copy is there."""
    ends = time.monotonic() + 30
    while True:
        try:
            own.refresh()
            return own
        except StoreError:
            if own.problem or time.monotonic() > ends:
                raise


def change(folder, moment: str) -> None:
    run = artifacts.read_run(folder) | {"finished_at": moment}
    artifacts.write_json(folder / "run.json", run)


def test_copy_holds_the_results_and_follows_them(folder, store_url, make_mirror):
    load_results(folder, store_url)
    own = refreshed(make_mirror(store_url))
    assert files_of(own.folder) == files_of(folder) and own.problem == ""
    change(folder, "2026-02-03T04:05:06+00:00")
    load_results(folder, store_url)
    refreshed(own)
    assert artifacts.read_run(own.folder)["finished_at"] == "2026-02-03T04:05:06+00:00"
    assert files_of(own.folder) == files_of(folder)


def test_store_is_asked_once_in_a_while(folder, store_url, make_mirror, monkeypatch):
    load_results(folder, store_url)
    own = refreshed(make_mirror(store_url, every_s=60.0))
    asked = []
    monkeypatch.setattr(mirror, "results_version", lambda store: asked.append(store) or "")
    for _ in range(20):
        own.refresh()
    assert asked == []


def test_unchanged_results_cost_one_short_query(folder, store_url, make_mirror, monkeypatch):
    load_results(folder, store_url)
    own = refreshed(make_mirror(store_url))
    monkeypatch.setattr(mirror, "fetch_results", lambda *_: pytest.fail("fetched again"))
    own.refresh()
    own.close()
    assert own.problem == ""


def test_copy_outlives_the_server_and_says_so(folder, store_url, make_mirror, monkeypatch):
    monkeypatch.setattr("pipeline.store.mongo.OPEN_S", 0.5)
    load_results(folder, store_url)
    with cut_proxy(target_of(store_url), limit=10**9) as proxy:
        own = refreshed(make_mirror(through_port(store_url, proxy.port)))
    own.refresh()
    wait_for(lambda: own.problem)
    assert re.search(r"database \w+, (cannot be reached|was lost)", own.problem)
    started = time.monotonic()
    for _ in range(5):
        own.refresh()
    assert time.monotonic() - started < 0.5  # a server that is away costs pages nothing
    assert files_of(own.folder) == files_of(folder)


def test_copy_is_there_after_a_restart_without_server(folder, store_url, make_mirror):
    load_results(folder, store_url)
    refreshed(make_mirror(store_url))
    again = make_mirror(f"mongodb://127.0.0.1:{free_port()}/{urlsplit(store_url).path[1:]}")
    started = time.monotonic()
    again.refresh()
    assert time.monotonic() - started < 5
    assert files_of(again.folder) == files_of(folder)
    wait_for(lambda: again.problem)


def test_no_copy_and_no_server_is_told_in_time_without_the_password(make_mirror):
    own = make_mirror(f"mongodb://me:{PASSWORD}@127.0.0.1:{free_port()}/tunes")
    started = time.monotonic()
    with pytest.raises(StoreError, match="database tunes, cannot be reached") as caught:
        own.refresh()
    assert time.monotonic() - started < 5
    assert PASSWORD not in str(caught.value)


def test_server_that_comes_back_is_found(folder, store_url, make_mirror, monkeypatch):
    monkeypatch.setattr("pipeline.store.mirror.open_store", _refuse)
    own = make_mirror(store_url)
    with pytest.raises(StoreError, match="away"):
        own.refresh()
    monkeypatch.undo()
    load_results(folder, store_url)
    wait_for(lambda: _is_there(own))
    assert files_of(own.folder) == files_of(folder) and own.problem == ""


def test_a_store_without_results_says_how_to_put_some_there(store_url, make_mirror):
    with pytest.raises(StoreError, match="holds no results"):
        make_mirror(store_url).refresh()


def test_a_folder_that_cannot_be_written_is_named(folder, store_url, tmp_path):
    load_results(folder, store_url)
    (tmp_path / "taken").write_text("a file where the folder should be")
    own = Mirror(store_url, tmp_path / "taken", every_s=0.0)
    with pytest.raises(StoreError, match=r"taken cannot be written .*GENRELENS_CACHE"):
        own.refresh()
    own.close()


def test_two_processes_may_keep_one_copy(folder, store_url, make_mirror):
    load_results(folder, store_url)
    one, two = make_mirror(store_url), make_mirror(store_url)
    for own in (one, two):
        refreshed(own)
    change(folder, "2026-02-03T04:05:06+00:00")
    load_results(folder, store_url)
    for own in (one, two):
        refreshed(own)
        assert files_of(own.folder) == files_of(folder)


def test_copies_of_different_databases_lie_apart(monkeypatch, tmp_path):
    monkeypatch.setenv("GENRELENS_CACHE", str(tmp_path))
    one = Mirror("mongodb://me:pw@h/a").folder
    assert one == Mirror("mongodb://h/a").folder != Mirror("mongodb://h/b").folder
    assert one.is_relative_to(tmp_path) and "pw" not in str(one)
    assert cache_folder("data", "x") == tmp_path / "store" / "data-x"


def _refuse(url: str):
    raise StoreError("the server is away")


def _is_there(own: Mirror) -> bool:
    try:
        own.refresh()
    except StoreError:
        return False
    return own.problem == ""


def wait_for(condition, limit_s: float = 10.0) -> None:
    ends = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < ends, "it did not happen in time"
        time.sleep(0.02)

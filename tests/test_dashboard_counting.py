"""Requests of one visitor, counted for all workers of a host, and for all hosts of a broker."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis_server import RedisServer, shared_redis

from dashboard.access import login
from dashboard.access.key import KEY_VARIABLE
from dashboard.access.users import USERS_VARIABLE, hashed_password
from dashboard.app import create_app
from dashboard.prediction.capacity import BROKER_VARIABLE
from dashboard.prediction.live import Live
from dashboard.prediction.tickets import FOLDER_VARIABLE
from dashboard.web import counting, visitors
from dashboard.web.counting import FILE, SCHEME, HostCounts, limiter
from pipeline.config import LIMITS, REPOSITORY

ADDRESS = "198.51.100.77"
# Another worker of the host, killed by the system while it counts.
KILLED = """
import os, signal, sys
from dashboard.web.counting import HostCounts
counts = HostCounts(sys.argv[1])
with counts._alone() as database:
    database.execute("INSERT INTO requests (key, moment) VALUES ('a', 1e10)")
    os.kill(os.getpid(), signal.SIGKILL)
"""


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 1e9

    def time(self) -> float:
        """Return what it shows."""
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(counting, "time", made)
    return made


@pytest.fixture
def uri(tmp_path: Path) -> str:
    return f"{SCHEME}://{tmp_path / 'line' / FILE}"


@pytest.fixture
def two_workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[Any]]:
    """Return a maker of clients of two workers that share a folder and a key."""
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "line"))
    monkeypatch.setenv(KEY_VARIABLE, "k" * 40)

    def make(make_app: Callable[[], Flask]) -> list[FlaskClient]:
        return [make_app().test_client() for _ in range(2)]

    return make


def own_app() -> Flask:
    """Return the app as a worker makes it."""
    return create_app(Path("/nowhere")).server  # results are not asked for here


def one_route() -> Flask:
    """Return an app with one route that may be asked for twice a minute."""
    app = Flask(__name__)
    app.secret_key = "k" * 40
    app.add_url_rule("/", "route", limiter(app).limit("2 per minute")(lambda: "well"))
    return app


def test_workers_count_together(uri: str, clock: Clock) -> None:
    workers = [HostCounts(uri), HostCounts(uri)]
    passed = [workers[n % 2].acquire_entry("a", 30, 60) for n in range(70)]
    assert passed == 30 * [True] + 40 * [False]
    assert workers[0].acquire_entry("b", 30, 60)
    assert workers[1].get_moving_window("a", 30, 60) == (clock.now, 30)


def test_no_minute_has_more_than_the_limit(uri: str, clock: Clock) -> None:
    counts = HostCounts(uri)
    clock.now += 59
    assert [counts.acquire_entry("a", 3, 60) for _ in range(4)] == [True, True, True, False]
    clock.now += 59  # a fixed window would have begun anew
    assert not counts.acquire_entry("a", 3, 60)
    clock.now += 1
    assert counts.acquire_entry("a", 3, 60)


def test_worker_that_is_killed_while_it_counts_stops_nobody(uri: str) -> None:
    counts = HostCounts(uri)
    assert counts.acquire_entry("a", 2, 60)
    killed = subprocess.run([sys.executable, "-c", KILLED, uri], cwd=REPOSITORY, check=False)
    assert killed.returncode == -9
    assert counts.check()
    assert counts.acquire_entry("a", 2, 60)  # of the killed worker's request, nothing is left
    assert not counts.acquire_entry("a", 2, 60)


def test_what_is_kept_is_bounded(uri: str, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "MOST_REQUESTS", 10)
    counts = HostCounts(uri)
    for number in range(50):
        assert counts.acquire_entry(f"visitor {number}", 1, 60)
    assert not counts.acquire_entry("visitor 49", 1, 60)
    clock.now += counting.LONGEST_S + 1
    for number in range(10):
        counts.acquire_entry(f"later visitor {number}", 1, 60)
    counts.clear("later visitor 3")
    assert counts.reset() == 9  # of an hour ago, none


def test_clips_are_counted_for_all_workers_and_nobody_reads_who_sent_them(
    two_workers: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Live, "start", lambda _live: None)  # no clip comes that needs models
    workers = two_workers(own_app)
    visitor = {"REMOTE_ADDR": ADDRESS}
    most = LIMITS.requests_per_minute
    answers = [workers[n % 2].post("/api/predict", environ_base=visitor) for n in range(most + 4)]
    assert [answer.status_code for answer in answers] == most * [422] + 4 * [429]
    assert workers[0].post("/api/predict").status_code == 422  # another address
    written = b"".join(path.read_bytes() for path in (tmp_path / "line").iterdir())
    assert b"LIMITER/" in written
    assert ADDRESS.encode() not in written


def test_attempts_to_sign_in_are_counted_for_all_workers(
    two_workers: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(USERS_VARIABLE, f"ada={hashed_password('correct horse battery')}")
    workers = two_workers(own_app)
    answers = [workers[n % 2].post(login.LOGIN, data={"name": "ada"}) for n in range(12)]
    assert [answer.status_code for answer in answers] == 10 * [400] + 2 * [429]


def test_count_that_cannot_be_kept_is_kept_by_each_worker(
    two_workers: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "line" / FILE).mkdir(parents=True)
    with pytest.raises((sqlite3.Error, OSError)):
        HostCounts(f"{SCHEME}://{tmp_path / 'line' / FILE}").acquire_entry("a", 1, 60)
    worker = two_workers(one_route)[0]
    assert [worker.get("/").status_code for _ in range(3)] == [200, 200, 429]
    assert "falling back to in-memory storage" in caplog.text


def test_hosts_of_a_broker_count_together(
    two_workers: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(BROKER_VARIABLE, shared_redis().url)
    hosts = two_workers(one_route)
    assert [hosts[n % 2].get("/").status_code for n in range(4)] == [200, 200, 429, 429]


def test_broker_that_is_away_leaves_each_worker_its_count(
    two_workers: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = RedisServer(tmp_path)
    server.stop()
    monkeypatch.setenv(BROKER_VARIABLE, server.url)
    worker = two_workers(one_route)[0]
    assert [worker.get("/").status_code for _ in range(3)] == [200, 200, 429]


@pytest.mark.parametrize(
    ("one", "other", "are_the_same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff::9", True),  # a visitor's own network
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("fe80::1%eth0", "fe80::1", True),
        ("unix:", "unix:", True),
    ],
)
def test_visitors_are_told_apart(one: str, other: str, are_the_same: bool) -> None:
    app = Flask(__name__)
    found = []
    for address in (one, other):
        with app.test_request_context(environ_base={"REMOTE_ADDR": address}):
            found.append(visitors.visitor())
    assert (found[0] == found[1]) is are_the_same
    assert all(text.isalnum() for text in found)


def test_who_asked_is_found_by_nobody_without_the_key() -> None:
    app = Flask(__name__)
    found = set()
    for key in ("k" * 40, "l" * 40):
        app.secret_key = key
        with app.app_context():
            found.add(visitors.stand_in(ADDRESS))
    assert len(found) == 2

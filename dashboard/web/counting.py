"""Counts of requests that all web workers share, so that a limit is one, however many there are.

They stand in a small database in the folder that the workers of a host share for their line; in
Redis where a broker is named, for all hosts; in memory where a process is alone, and where the
others fail. Who asked is kept as a stand-in, see ``dashboard.web.visitors``.
"""

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from flask_limiter import Limiter
from limits.storage import MovingWindowSupport, Storage

from dashboard.prediction.capacity import BROKER_VARIABLE
from dashboard.prediction.tickets import FOLDER_VARIABLE
from dashboard.web.visitors import visitor

SCHEME = "genrelens-host"
FILE = "requests.sqlite3"
MOST_REQUESTS = 100_000  # that are kept; some 20 MB
LONGEST_S = 3_600  # of all windows; what is older is thrown away
PATIENCE_S = 1  # with another worker that writes, or with Redis
TABLE = "CREATE TABLE IF NOT EXISTS requests (number INTEGER PRIMARY KEY, key TEXT, moment REAL)"
INDEX = "CREATE INDEX IF NOT EXISTS by_key ON requests (key, moment)"


def limiter(server: Flask) -> Limiter:
    """Return what limits the requests of each visitor in moving windows, for all workers."""
    address, options = _counted_in()
    return Limiter(
        visitor, app=server, storage_uri=address, storage_options=options,
        strategy="moving-window", in_memory_fallback_enabled=True,
    )  # fmt: skip


class HostCounts(Storage, MovingWindowSupport):
    """The storage of a host, for the package ``limits``: one row for each request of late.

    A worker that dies in the middle leaves the file whole: SQLite sees to that.

    Parameters
    ----------
    uri : str
        ``genrelens-host://`` and the path of the file.
    """

    STORAGE_SCHEME = [SCHEME]  # noqa: RUF012  # declared so by the base class

    def __init__(self, uri: str, wrap_exceptions: bool = False, **options: str) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions, **options)
        self._path = Path(uri.removeprefix(f"{SCHEME}://"))
        self._lock = threading.Lock()
        self._database: sqlite3.Connection | None = None

    @property
    def base_exceptions(self) -> type[Exception]:
        """What may be raised."""
        return sqlite3.Error

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count a request, unless there were as many as the limit in the last ``expiry`` s."""
        now = time.time()
        with self._alone() as database:
            if self._since(database, key, now - expiry)[1] + amount > limit:
                return False
            database.executemany(
                "INSERT INTO requests (key, moment) VALUES (?, ?)", amount * [(key, now)]
            )
            self._throw_away(database, now, 2 * amount)
            return True

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """Return when the first request of a window came that has not passed, and their number."""
        now = time.time()
        with self._alone() as database:
            first, count = self._since(database, key, now - expiry)
        return now if first is None else first, count

    def check(self) -> bool:
        """Whether requests can be counted."""
        try:
            with self._alone():
                return True
        except (sqlite3.Error, OSError):
            return False

    def reset(self) -> int:
        """Forget all requests, and return how many there were."""
        with self._alone() as database:
            return database.execute("DELETE FROM requests").rowcount

    def clear(self, key: str) -> None:
        """Forget what one visitor asked for."""
        with self._alone() as database:
            database.execute("DELETE FROM requests WHERE key = ?", (key,))

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Raise: this is for fixed windows, which let twice the limit pass around their ends."""
        raise NotImplementedError("only moving windows are counted here")

    def get(self, key: str) -> int:
        """Raise, as ``incr``."""
        raise NotImplementedError("only moving windows are counted here")

    def get_expiry(self, key: str) -> float:
        """Raise, as ``incr``."""
        raise NotImplementedError("only moving windows are counted here")

    @staticmethod
    def _since(database: sqlite3.Connection, key: str, moment: float) -> tuple[float | None, int]:
        """Return when the first request after a moment came, and how many came."""
        first, count = database.execute(
            "SELECT min(moment), count(*) FROM requests WHERE key = ? AND moment > ?", (key, moment)
        ).fetchone()
        return first, count

    @staticmethod
    def _throw_away(database: sqlite3.Connection, now: float, most: int) -> None:
        """Delete a few of the oldest requests if they are out of date, or are too many."""
        database.execute(
            "DELETE FROM requests WHERE number IN (SELECT number FROM requests ORDER BY number "
            "LIMIT ?) AND (moment < ? OR number <= (SELECT max(number) FROM requests) - ?)",
            (most, now - LONGEST_S, MOST_REQUESTS),
        )

    @contextmanager
    def _alone(self) -> Iterator[sqlite3.Connection]:
        """Keep other threads and workers out while the block runs; keep all of it or nothing."""
        with self._lock:
            if self._database is None:
                self._database = self._opened()
            database = self._database
            database.execute("BEGIN IMMEDIATE")
            try:
                yield database
            except BaseException:
                database.execute("ROLLBACK")
                raise
            database.execute("COMMIT")

    def _opened(self) -> sqlite3.Connection:
        """Return the database, made with the first request: workers have been forked by then."""
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600))
        database = sqlite3.connect(
            self._path, timeout=PATIENCE_S, isolation_level=None, check_same_thread=False
        )
        for statement in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = OFF", TABLE, INDEX):
            database.execute(statement)
        return database


def _counted_in() -> tuple[str, dict[str, str | int]]:
    """Return the address of the storage, and its options."""
    if broker := os.environ.get(BROKER_VARIABLE):
        return broker, {"socket_connect_timeout": PATIENCE_S, "socket_timeout": PATIENCE_S}
    if folder := os.environ.get(FOLDER_VARIABLE):
        return f"{SCHEME}://{Path(folder).absolute() / FILE}", {}
    return "memory://", {}

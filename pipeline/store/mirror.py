"""A local copy of a store's results for the dashboard, kept up to date while pages are asked for.

The store is asked in the background, for one short text, at most every few seconds and only while
somebody looks at pages; what they show comes from the copy, which outlives a server that goes away
and a restart of this process.
"""

import atexit
import logging
import threading
import time
from pathlib import Path

from pipeline.config import cache_dir
from pipeline.store.address import StoreError, parse_url
from pipeline.store.mongo import Store, named_errors, open_store
from pipeline.store.results import CURRENT, fetch_results, results_version

EVERY_S = 3.0
FIRST_WAIT_S = 4.0  # of a page for the first copy
WAIT_S = 1.0  # of a page for news, while the server answers

logger = logging.getLogger(__name__)


def cache_folder(kind: str, key: str) -> Path:
    """Return where copies of a store are kept: in ``GENRELENS_CACHE``, else ``.cache/``."""
    return cache_dir() / "store" / f"{kind}-{key}"


class Mirror:
    """The copy of one store's results.

    Parameters
    ----------
    url : str
        "mongodb://host/database".
    root : Path, optional
        Where the copy is kept; by default in the cache.
    every_s : float
        The store is asked no more often than this.

    Attributes
    ----------
    folder : Path
        Results folder to read; there once ``refresh`` has returned.
    problem : str
        Why the copy may be old; "" when the last look went well.

    Raises
    ------
    StoreError
        If the URL is not as it must be.
    """

    def __init__(self, url: str, root: Path | None = None, *, every_s: float = EVERY_S) -> None:
        self._address = parse_url(url)
        self._root = root or cache_folder("results", self._address.key)
        self._every_s = every_s
        self.folder = self._root / CURRENT
        self.problem = ""
        self._lock = threading.Lock()
        self._store: Store | None = None
        self._started = float("-inf")
        self._done = threading.Event()
        self._done.set()
        self._shown = ""  # version that this process has seen last

    def refresh(self) -> None:
        """Look for newer results if it is time, and wait for them a little.

        A page waits at most four seconds, for the first copy; a server that is away costs it
        nothing once that is known.

        Raises
        ------
        StoreError
            If there is no copy yet; the message says why.
        """
        self._start_look()
        patience = WAIT_S if self.folder.exists() else FIRST_WAIT_S
        patience = 0.0 if self.problem else patience
        self._done.wait(max(0.0, self._started + patience - time.monotonic()))
        if not self.folder.exists():
            raise StoreError(
                self.problem
                or f"the results are being fetched from {self._address.place}. Wait a moment."
            )

    def close(self) -> None:
        """Close the connection, after the look that goes on."""
        self._done.wait()
        store, self._store = self._store, None
        if store is not None:
            store.close()
            atexit.unregister(self.close)

    def _start_look(self) -> None:
        with self._lock:
            now = time.monotonic()
            if not self._done.is_set() or now - self._started < self._every_s:
                return
            self._started = now
            self._done.clear()
        threading.Thread(target=self._look, name="genrelens-mirror", daemon=True).start()

    def _look(self) -> None:
        try:
            self._synchronise()
            problem = ""
        except StoreError as error:
            problem = str(error)
        except OSError as error:
            problem = (
                f"{self._root} cannot be written ({error.strerror}): the results of "
                f"{self._address.place} need it. Free it, or set GENRELENS_CACHE to another folder."
            )
        except Exception:  # in a thread: nobody else would hear of it, and pages would wait
            logger.exception("the results of %s could not be copied", self._address)
            problem = f"The results of {self._address.place} could not be copied; see the log."
        if problem and problem != self.problem:
            logger.warning("%s", problem)
        self.problem = problem
        self._done.set()

    def _synchronise(self) -> None:
        if self._store is None:
            self._store = open_store(self._address.url)
            atexit.register(self.close)
        with named_errors(self._address):
            version = results_version(self._store)
            if not version or version != self._shown or not self.folder.exists():
                fetch_results(self._store, self._root)
                self._shown = version

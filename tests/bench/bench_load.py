"""Fifty clients at once on a real gunicorn: ``make bench`` runs it (Linux: reads /proc).

Each sends a clip to 127.0.0.1 at the same moment, as a stream, from an address of its own, as a
proxy passes it on; those who are refused come back once, after what ``Retry-After`` says. Meanwhile
another client asks for pages. Prints what was answered, how long it took, what memory it needed;
ends with status 1 if a bound is broken.
"""

import http.client
import json
import statistics
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]

from gunicorn_server import Server, child_pids, gunicorn_server  # noqa: E402  # path set above
from live_load import BEHIND_A_PROXY  # noqa: E402  # path set above
from multipart import CONTENT_TYPE, get, multipart  # noqa: E402  # path set above
from tiny_models import synthetic_clip, wav_bytes  # noqa: E402  # path set above

from dashboard.prediction.uploads import NDJSON  # noqa: E402  # path set above
from pipeline.config import results_dir  # noqa: E402  # path set above

CLIENTS = 50
PATIENCE_S = 180.0
QUIET_S = 3.0  # after the last answer, until everything must be given back
CALLBACK_MS = 500.0  # 95th percentile
GROWTH_MB = 400.0  # of worker and decoders, while fifty clips come
LEFT_MB = 60.0  # that the worker may keep
Row = tuple[str, float, float]


class Visitor(threading.Thread):
    """Sends a clip; one that is refused comes back once."""

    def __init__(self, server: Server, body: bytes, start: threading.Event, number: int) -> None:
        super().__init__(daemon=True)
        self._address = f"10.0.{number // 250}.{number % 250 + 1}"
        self.statuses: list[int] = []
        self.told_to_wait: list[int] = []
        self.took_s = 0.0
        self.error = ""
        self._server, self._body, self._start = server, body, start

    def run(self) -> None:
        """Send it, twice at most."""
        self._start.wait()
        started = time.monotonic()
        try:
            if self._status() in (429, 503):
                time.sleep(self.told_to_wait[-1])
                self._status()
        except (OSError, http.client.HTTPException) as error:
            self.error = f"{type(error).__name__}: {error}"
        self.took_s = time.monotonic() - started

    def _status(self) -> int:
        parts = urlsplit(self._server.address)
        connection = http.client.HTTPConnection(parts.netloc, timeout=PATIENCE_S)
        headers = {
            "Content-Type": CONTENT_TYPE, "Accept": NDJSON, "X-Forwarded-For": self._address,
        }  # fmt: skip
        connection.request("POST", "/api/predict", self._body, headers)
        response = connection.getresponse()
        text = response.read().decode()
        status, later = response.status, response.headers["Retry-After"]
        if status == 200:  # an error of a clip that waited is in the last line of its stream
            line = json.loads(text.rstrip().rsplit("\n", 1)[-1])
            status, later = line.get("status", 200), line.get("retry_after_s")
        if status in (429, 503):
            self.told_to_wait.append(int(later))
        self.statuses.append(status)
        connection.close()
        return status


class Reader(threading.Thread):
    """Asks for a callback every fifth of a second until ``ended``, and counts those that fail."""

    def __init__(self, server: Server) -> None:
        super().__init__(daemon=True)
        self.times_ms: list[float] = []
        self.failures: list[str] = []
        self.ended = threading.Event()
        self._server = server

    def run(self) -> None:
        """Ask."""
        while not self.ended.wait(0.2):
            started = time.perf_counter()
            try:
                status = self._status()
            except (OSError, http.client.HTTPException) as error:
                self.failures.append(f"{type(error).__name__}: {error}")
                continue
            if status != 200:
                self.failures.append(f"a callback was answered {status}")
            self.times_ms.append(1e3 * (time.perf_counter() - started))

    def _status(self) -> int:
        connection = http.client.HTTPConnection(urlsplit(self._server.address).netloc, timeout=60)
        headers = {"Content-Type": "application/json"}
        try:
            connection.request("POST", "/_dash-update-component", json.dumps(CALLBACK), headers)
            response = connection.getresponse()
            response.read()
            return response.status
        finally:
            connection.close()


# what Dash sends when /data is opened: its pages' own callback, which lays the page out
CALLBACK = {
    "output": ".._pages_content.children..._pages_store.data..",
    "outputs": [
        {"id": "_pages_content", "property": "children"},
        {"id": "_pages_store", "property": "data"},
    ],
    "inputs": [
        {"id": "_pages_location", "property": "pathname", "value": "/data"},
        {"id": "_pages_location", "property": "search", "value": ""},
    ],
    "changedPropIds": ["_pages_location.pathname"],
    "state": [],
}


def memory_mb(server: Server) -> float:
    """Return the memory of all workers and their decoders, shared parts counted once each."""
    pids = child_pids(server.pid)
    return sum(_pss_mb(pid) for pid in [*pids, *(child for p in pids for child in child_pids(p))])


def _pss_mb(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return sum(int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:"))


def held(server: Server) -> tuple[int, int]:
    """Return how many files and processes the first worker holds."""
    worker = server.worker()
    return len(list(Path(f"/proc/{worker}/fd").iterdir())), len(child_pids(worker))


@dataclass
class Load:
    """What fifty visitors and one reader met, and what the server held before, then, after."""

    visitors: list[Visitor]
    reader: Reader
    memory_mb: tuple[float, float, float]
    files: tuple[int, int]
    processes: tuple[int, int]


def measured(body: bytes) -> Load:
    """Start a server, send everything at once, and look at it before, meanwhile and after."""
    with gunicorn_server(results_dir().resolve(), environment=BEHIND_A_PROXY) as server:
        while get(f"{server.address}/healthz")[0] != 200:
            time.sleep(0.2)
        start = threading.Event()
        visitors = [Visitor(server, body, start, number) for number in range(CLIENTS)]
        warm(server, body)
        files, processes = held(server)
        before = peak = memory_mb(server)
        reader = Reader(server)
        for thread in (reader, *visitors):
            thread.start()
        start.set()
        ends = time.monotonic() + PATIENCE_S
        while any(visitor.is_alive() for visitor in visitors) and time.monotonic() < ends:
            peak = max(peak, memory_mb(server))
            time.sleep(0.1)
        reader.ended.set()
        reader.join()
        time.sleep(QUIET_S)
        files_after, processes_after = held(server)
        memory = before, peak, memory_mb(server)
    return Load(visitors, reader, memory, (files, files_after), (processes, processes_after))


def warm(server: Server, body: bytes) -> None:
    """Send one clip, and wait until the server is quiet again."""
    now = threading.Event()
    now.set()
    first = Visitor(server, body, now, CLIENTS)
    first.start()
    first.join()
    time.sleep(QUIET_S)


def main() -> int:
    """Load, measure, print."""
    load = measured(multipart(wav_bytes(synthetic_clip(1, duration_s=30)), fields={"mel": "1"}))
    callbacks_ms = load.reader.times_ms
    visitors, (before, peak, after) = load.visitors, load.memory_mb
    answered = sorted(v.took_s for v in visitors if v.statuses and v.statuses[-1] == 200)
    firsts = Counter(v.statuses[0] for v in visitors if v.statuses)
    lasts = Counter(v.statuses[-1] for v in visitors if v.statuses)
    print(f"first answers by status: {dict(firsts)}; last ones: {dict(lasts)}")
    waits = [seconds for visitor in visitors for seconds in visitor.told_to_wait]
    print(f"told to come back after: {min(waits, default=0)} to {max(waits, default=0)} s")
    print(f"answer (s): median {statistics.median(answered):.1f}, 95 % {_late(answered):.1f}")
    print(f"memory (MB): {before:.0f} before, {peak:.0f} at most, {after:.0f} after")
    middle = statistics.median(callbacks_ms)
    print(f"callbacks meanwhile: {len(callbacks_ms)}, median {middle:.0f} ms")
    for error in [*(v.error for v in visitors if v.error), *load.reader.failures]:
        print(f"FAILED: {error}")
    allowed = {200, 429, 503}
    return report(
        [
            ("clients without an answer", sum(not v.statuses for v in visitors), 0),
            ("answers of other statuses", sum(not allowed >= {*v.statuses} for v in visitors), 0),
            ("broken connections", sum(bool(v.error) for v in visitors), 0),
            ("callbacks that failed", len(load.reader.failures), 0),
            ("callbacks meanwhile, 95 % (ms)", _late(sorted(callbacks_ms)), CALLBACK_MS),
            ("memory beside what was there (MB)", peak - before, GROWTH_MB),
            ("memory kept afterwards (MB)", after - before, LEFT_MB),
            ("open files more than before", load.files[1] - load.files[0], 0),
            ("processes more than before", load.processes[1] - load.processes[0], 0),
        ]
    )


def report(rows: list[Row]) -> int:
    """Print the bounds; return 1 if one is broken."""
    print(f"{'':36} {'measured':>9} {'at most':>8}")
    for name, value, bound in rows:
        print(f"{name:36} {value:9.0f} {bound:8.0f}{'' if value <= bound else '  TOO MUCH'}")
    return int(any(value > bound for _name, value, bound in rows))


def _late(ordered: list[float]) -> float:
    """Return the 95th percentile of sorted values."""
    return ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]


if __name__ == "__main__":
    sys.exit(main())

"""What a server uses while it predicts: processor time, memory; how many clips it answers."""

import itertools
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from followed import Followed
from gunicorn_server import Server, child_pids
from multipart import post_clip

TICKS_PER_S = os.sysconf("SC_CLK_TCK")
BEHIND_A_PROXY = {"GENRELENS_PROXIES": "1"}  # each clip comes from a visitor of its own
_visitors = itertools.count(1)


def answer_of(server: Server, content: bytes, *, mel: bool = True) -> dict[str, Any]:
    """Return the answer to a clip; the benchmark ends without one."""
    number = next(_visitors)
    status, text = post_clip(
        server.address,
        content,
        fields={"mel": "1"} if mel else None,
        client=f"10.0.{number // 250}.{number % 250 + 1}",
    )
    if status != 200:
        raise SystemExit(f"the server answered {status}: {text[:200]}")
    answer: dict[str, Any] = json.loads(text)
    return answer


def cpu_s(pid: int) -> float:
    """Return the processor time of a process and of those that it has waited for, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / TICKS_PER_S


def peak_mb(pid: int) -> float:
    """Return the largest memory that a process has used so far in MB; 0 if it is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return max(
        (int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), default=0
    )


def decoders(worker: int) -> Followed:
    """Return what follows the memory of a worker's decoder processes, in MB."""
    children = child_pids(worker)
    return Followed(lambda: map(peak_mb, children), 0.004)


@dataclass
class Load:
    """Clients that send one clip after the other.

    Attributes
    ----------
    seconds : float
        How long new clips are sent.
    answered : int
    """

    server: Server
    content: bytes
    seconds: float
    answered: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def clips_per_s(self, clients: int) -> float:
        """Return the rate of answers while that many clients send."""
        started = time.monotonic()
        threads = [
            threading.Thread(target=self._send, args=(started + self.seconds,))
            for _ in range(clients)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return self.answered / (time.monotonic() - started)

    def _send(self, until: float) -> None:
        while time.monotonic() < until:
            answer_of(self.server, self.content, mel=False)
            with self._lock:
                self.answered += 1


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return the seconds that a call takes, and what it returns."""
    started = time.perf_counter()
    result = work()
    return time.perf_counter() - started, result


def workers(server: Server, count: int) -> Iterator[int]:
    """Yield the process ids of the workers once all of them are there."""
    while len(found := child_pids(server.pid)) < count:
        time.sleep(0.05)
    yield from found

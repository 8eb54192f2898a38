"""A real gunicorn on a free port, as ``make run`` starts it; for tests and benchmarks."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from multipart import get

from dashboard.serving import graceful_timeout
from pipeline.config import REPOSITORY, RESULTS_VARIABLE

START_S = 60.0


@dataclass(frozen=True)
class Server:
    """A running server: its address, the master's process id, and when it was started."""

    address: str
    pid: int
    started: float

    def worker(self) -> int:
        """Return the process id of the first worker."""
        return child_pids(self.pid)[0]


@contextlib.contextmanager
def gunicorn_server(
    results: Path, *, environment: Mapping[str, str] | None = None, output: int | None = None
) -> Iterator[Server]:
    """Run a server on a results folder; it is up when the block begins, gone when it ends.

    Parameters
    ----------
    results : Path
    environment : mapping, optional
        Variables beside those of this process.
    output : int, optional
        File descriptor for all that the server writes.
    """
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "--config", "python:dashboard.serving"]
    started = time.monotonic()
    process = subprocess.Popen(
        [*command, "--bind", f"127.0.0.1:{port}"],
        cwd=REPOSITORY,
        env={**os.environ, RESULTS_VARIABLE: str(results), **(environment or {})},
        stdout=subprocess.DEVNULL if output is None else output,
        stderr=output,
    )
    server = Server(f"http://127.0.0.1:{port}", process.pid, started)
    try:
        _wait(server, process)
        yield server
    finally:
        process.terminate()
        process.wait(timeout=graceful_timeout + 10)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def child_pids(pid: int) -> list[int]:
    """Return the processes that a process has started (Linux and macOS)."""
    found = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False)
    return [int(line) for line in found.stdout.split()]


def _wait(server: Server, process: subprocess.Popen[bytes]) -> None:
    """Return when the server accepts connections and answers a page."""
    while time.monotonic() - server.started < START_S:
        if process.poll() is not None:
            raise RuntimeError(f"gunicorn ended with status {process.returncode}")
        with contextlib.suppress(OSError):
            get(f"{server.address}/api/results")
            return
        time.sleep(0.02)
    raise TimeoutError(f"gunicorn did not answer within {START_S:g} s")

"""A real redis-server on a free port that keeps nothing on disk, and Celery workers beside it."""

import atexit
import contextlib
import functools
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from dashboard.prediction.worker import app
from pipeline.config import REPOSITORY, RESULTS_VARIABLE

VARIABLE = "GENRELENS_REDIS"
START_S = 60.0


class RedisServer:
    """A redis-server that can be killed."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"redis://127.0.0.1:{port}/0"
        self.process = subprocess.Popen(
            [_program(), "--port", str(port), "--bind", "127.0.0.1", "--save", ""],
            cwd=folder,
            stdout=subprocess.DEVNULL,
        )
        wait(lambda: _accepts(port))

    def stop(self) -> None:
        """End it, if it still runs."""
        self.process.kill()
        self.process.wait(timeout=30)


@functools.cache
def shared_redis() -> RedisServer:
    """Return the one server of this process, whose Celery keeps connections to no other."""
    folder = tempfile.mkdtemp(prefix="genrelens-redis-")
    server = RedisServer(Path(folder))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    atexit.register(server.stop)
    app.conf.broker_url = server.url
    return server


@contextlib.contextmanager
def celery_worker(url: str, results: Path, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker with one process for clips, ready when the block begins."""
    command = [sys.executable, "-m", "celery", "-A", "dashboard.prediction.worker", "worker"]
    settings = {"GENRELENS_BROKER": url, RESULTS_VARIABLE: str(results), "GENRELENS_LOG": "text"}
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [*command, "--concurrency", "1", *options],
            cwd=REPOSITORY,
            env={**os.environ, **settings},
            stdout=log,
            stderr=log,
        )
        try:
            wait(lambda: process.poll() is not None or b" ready." in _written(log))
            if process.poll() is not None:
                raise RuntimeError(f"the Celery worker ended: {_written(log).decode()}")
            yield process
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _written(log: IO[bytes]) -> bytes:
    return os.pread(log.fileno(), 1_000_000, 0)


def wait(condition: object, patience_s: float = START_S) -> None:
    """Wait until a function says yes."""
    assert callable(condition)
    deadline = time.monotonic() + patience_s
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"it did not happen within {patience_s:g} s")
        time.sleep(0.05)


def _accepts(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _program() -> str:
    """Return the path of redis-server, which the tests of the broker cannot do without."""
    found = os.environ.get(VARIABLE) or shutil.which("redis-server")
    if found is None:
        pytest.fail(
            f"the tests of the broker need redis-server. Run `make test`, which installs Debian's, "
            f"or set {VARIABLE} to its path (macOS: brew install redis).",
            pytrace=False,
        )
    return found

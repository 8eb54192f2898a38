"""A Dask cluster of separate processes on free ports of this machine, ended whatever happens."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.cluster import Cluster
from pipeline.config import REPOSITORY

ON_PATH = (REPOSITORY, REPOSITORY / "tests" / "support")  # where workers import units from
START_S = 120.0  # on a machine that is busy with other work


@contextmanager
def scheduler(folder: Path) -> Iterator[tuple[str, subprocess.Popen]]:
    """Give the address of a scheduler, and its process; ``folder`` is for its files."""
    file = folder / "scheduler.json"
    options = ["--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(file)]
    with _dask("scheduler", *options, folder=folder) as process:
        deadline = time.monotonic() + START_S
        while not (file.exists() and file.stat().st_size):
            assert process.poll() is None and time.monotonic() < deadline, _log(folder, "scheduler")
            time.sleep(0.05)
        time.sleep(0.05)  # it is written in place
        yield json.loads(file.read_text())["address"], process


@contextmanager
def worker(
    address: str, folder: Path, *options: str, path: tuple[Path, ...] = ON_PATH
) -> Iterator[subprocess.Popen]:
    """Start ``dask worker``; it may not have joined yet. ``path`` is where it imports from."""
    own = ["--host", "127.0.0.1", "--local-directory", str(folder), *options]
    with _dask("worker", address, *own, folder=folder, path=path) as process:
        yield process


def wait_for_threads(cluster: Cluster, n_threads: int) -> None:
    """Return when workers with so many threads are there, no more and no less."""
    deadline = time.monotonic() + START_S
    while cluster.n_threads() != n_threads:
        assert time.monotonic() < deadline, f"{cluster.n_threads()} threads, not {n_threads}"
        time.sleep(0.05)


def worker_log(folder: Path) -> str:
    """Return what the workers of a folder printed."""
    return _log(folder, "worker")


@contextmanager
def _dask(
    kind: str, *options: str, folder: Path, path: tuple[Path, ...] = ON_PATH
) -> Iterator[subprocess.Popen]:
    folder.mkdir(parents=True, exist_ok=True)
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(map(str, path)),
        "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0",
    }
    with (folder / f"{kind}.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "dask", kind, "--no-dashboard", *options],
            cwd=folder,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # a group of its own: nannies, workers and all
        )
    try:
        yield process
    finally:
        _end(process)


def _end(process: subprocess.Popen) -> None:
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        pass
    finally:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait()


def _log(folder: Path, kind: str) -> str:
    return (folder / f"{kind}.log").read_text()[-3000:]

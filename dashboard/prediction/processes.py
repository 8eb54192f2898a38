"""Processes of our own, each for one clip: bytes in on stdin, bytes out on stdout, then its end.

Whatever a process does, it is killed when its time is over or its work is done, and leaves no
zombie. What it may do is in ``dashboard.prediction.confinement``.
"""

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import IO

import numpy as np

from pipeline.config import REPOSITORY

# All that Python and the libraries need to start; no addresses or passwords of other services.
INHERITED = (
    "PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PYTHONHOME", "PYTHONPATH",
    "VIRTUAL_ENV",
)  # fmt: skip
ONE_THREAD = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}


def started(
    command: Sequence[str], environment: Mapping[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """Return a new process with pipes; it sees few of our variables, and those given."""
    inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
    return subprocess.Popen(
        list(command),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # the MP3 library comments every damaged frame
        cwd=REPOSITORY,
        env={**inherited, **ONE_THREAD, **(environment or {})},
        start_new_session=True,  # Ctrl-C is for the server, which ends its processes itself
    )


@contextlib.contextmanager
def limited(process: subprocess.Popen[bytes], timeout_s: float) -> Iterator[threading.Event]:
    """Kill a process after a time, and in any case when the block ends.

    Yields
    ------
    threading.Event
        Set once its time was over.
    """
    expired = threading.Event()
    timer = threading.Timer(timeout_s, _expire, (process, expired))
    timer.start()
    try:
        yield expired
    finally:
        timer.cancel()
        end(process)


def end(process: subprocess.Popen[bytes]) -> int:
    """Kill a process if it still runs, close its pipes, and leave no zombie; return its status."""
    _kill(process)
    for pipe in (process.stdin, process.stdout):
        if pipe is not None and not pipe.closed:
            with contextlib.suppress(BrokenPipeError):  # what a dead process was not sent
                pipe.close()
    return process.wait()


def pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    """Return stdin and stdout of a process, as we see them."""
    if process.stdin is None or process.stdout is None:
        raise EOFError("the process has no pipes")
    return process.stdin, process.stdout


def line_from(pipe: IO[bytes], most_bytes: int) -> bytes:
    """Return the next line that a process writes; ``EOFError`` if it ends, or writes no such."""
    line = pipe.readline(most_bytes)
    if not line.endswith(b"\n"):
        raise EOFError("no answer")
    return line


def samples_from(pipe: IO[bytes], n_samples: int) -> np.ndarray:
    """Return the float32 samples that a process writes; ``EOFError`` if fewer come."""
    y = np.empty(n_samples, dtype=np.float32)
    target = y.data.cast("B")
    filled = 0
    while filled < len(target):
        count = pipe.readinto(target[filled:])  # type: ignore[attr-defined]  # a buffered pipe
        if not count:
            raise EOFError(f"{filled} of {len(target)} bytes of samples came")
        filled += count
    return y


def _expire(process: subprocess.Popen[bytes], expired: threading.Event) -> None:
    expired.set()
    _kill(process)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a process, and what it may have started: it leads a group of its own."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()

"""Alterations of a clip, made in a process of their own that ends with the request.

Some need librosa, which takes more memory than all models together, and MP3 needs FFmpeg: a worker
shall keep neither. ``python -m dashboard.prediction.alterer`` is that process: a line of JSON and
float32 samples in on stdin; for each alteration a line and samples out on stdout, made while the
worker listens to the one before. It must import nothing but numpy and
``pipeline.audio.alterations``.
"""

import atexit
import contextlib
import functools
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np

from dashboard.prediction import confinement, processes
from pipeline.audio.alterations import altered
from pipeline.config import LIMITS

COMMAND = (sys.executable, "-m", "dashboard.prediction.alterer")
MEMORY_BYTES = 4 * 2**30  # address space, most of it only reserved by compiled code
CPU_S = int(LIMITS.alterations_timeout_s) + 5
HEADER_BYTES = 64
LONGEST_RATIO = 2  # of an altered clip to the clip: tempo makes it longer
NUMBA_CACHE = "NUMBA_CACHE_DIR"

Condition = tuple[str, float]  # alteration and level
Made = Generator[tuple[Condition, np.ndarray], None, None]


class AlterationError(Exception):
    """The process ended before all alterations were made, though there was time."""


def altered_clips(
    y: np.ndarray,
    *,
    sr: int,
    conditions: Sequence[Condition],
    timeout_s: float,
    command: Sequence[str] = COMMAND,
) -> Made:
    """Yield a clip under each condition, in order; fewer if the time is over before.

    Closing the iterator ends the process.

    Raises
    ------
    AlterationError
        If the process fails.
    """
    process = _started(command)
    with processes.limited(process, timeout_s) as expired:
        try:
            _send(process, y, sr, conditions)
            for condition in conditions:
                yield condition, _received(process, LONGEST_RATIO * len(y))
        except (OSError, ValueError, EOFError) as error:
            if not expired.is_set():
                raise AlterationError(f"status {process.poll()}: {error}") from error


def _started(command: Sequence[str]) -> subprocess.Popen[bytes]:
    cache = os.environ.get(NUMBA_CACHE) or _numba_cache()
    return processes.started(command, {NUMBA_CACHE: cache} if cache else {})


@functools.cache
def _numba_cache() -> str:
    """Return where compiled functions of librosa are kept, "" where that is beside librosa.

    Where nobody can write there, a folder of this worker alone, which goes when the worker ends.
    """
    found = importlib.util.find_spec("librosa")
    if found is not None and found.origin and os.access(Path(found.origin).parent, os.W_OK):
        return ""
    folder = tempfile.mkdtemp(prefix="genrelens-numba-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _send(
    process: subprocess.Popen[bytes], y: np.ndarray, sr: int, conditions: Sequence[Condition]
) -> None:
    header = {"sr": sr, "n_samples": len(y), "conditions": [list(one) for one in conditions]}
    with processes.pipes(process)[0] as stdin:
        stdin.write(json.dumps(header).encode() + b"\n")
        stdin.write(np.ascontiguousarray(y, dtype=np.float32).data.cast("B"))


def _received(process: subprocess.Popen[bytes], most_samples: int) -> np.ndarray:
    """Return the next clip of the process."""
    _stdin, stdout = processes.pipes(process)
    n_samples = int(processes.line_from(stdout, HEADER_BYTES))
    if not 0 < n_samples <= most_samples:
        raise ValueError(f"{n_samples} samples announced")
    return processes.samples_from(stdout, n_samples)


def answer(source: BinaryIO, output: BinaryIO) -> None:
    """Read a clip and what to make of it; write each result as soon as it is there."""
    header = json.loads(source.readline())
    y = np.frombuffer(source.read(4 * header["n_samples"]), dtype=np.float32)
    for alteration, level in header["conditions"]:
        made = altered(y, sr=header["sr"], alteration=alteration, level=level)
        output.write(b"%d\n" % len(made))
        output.write(np.ascontiguousarray(made).data.cast("B"))
        output.flush()


def main() -> None:
    """Wait for one clip, answer, end; a worker that went away reads nothing any more."""
    confinement.volunteer()
    confinement.limit_resources(memory_bytes=MEMORY_BYTES, cpu_s=CPU_S)
    confinement.end_with_parent()
    with contextlib.suppress(BrokenPipeError):
        answer(sys.stdin.buffer, sys.stdout.buffer)


if __name__ == "__main__":
    main()

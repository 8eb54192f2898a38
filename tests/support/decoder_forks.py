"""The decoder's own code under its own limits, thousands of times: one fork for each file.

A process like the server's decoder costs some 0.3 s to start. Here one process loads the libraries
and forks for each file; the fork sets the decoder's limits and does what the decoder does with a
clip. Run as a program it is that process: a length and a file come in, a line of JSON goes out.
"""

import io
import json
import os
import resource
import select
import signal
import struct
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import Any

import psutil

from dashboard.prediction.confinement import MEMORY_BYTES, confine
from dashboard.prediction.decoder import answer
from pipeline.config import LIMITS, REPOSITORY

LENGTH = struct.Struct("<Q")
SAMPLE_BYTES = 4


@dataclass(frozen=True)
class Outcome:
    """What became of a file.

    Attributes
    ----------
    code : str
        "clip", the code of an error, or what went wrong, in words.
    seconds : float
    peak_bytes : int
        The most memory that was resident in the process.
    """

    code: str
    seconds: float
    peak_bytes: int


class Forks:
    """A process that decodes each file in a fork of its own."""

    def __init__(self) -> None:
        paths = os.pathsep.join([str(REPOSITORY), str(REPOSITORY / "tests" / "support")])
        self._process = subprocess.Popen(
            [sys.executable, __file__], cwd=REPOSITORY, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": paths, "OPENBLAS_NUM_THREADS": "1"},
        )  # fmt: skip

    def outcome(self, content: bytes) -> Outcome:
        """Return what became of a file."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(LENGTH.pack(len(content)) + content)
        self._process.stdin.flush()
        return Outcome(**json.loads(self._process.stdout.readline()))

    def facts(self) -> dict[str, int]:
        """Return what the process that forks holds: its open files and living children."""
        process = psutil.Process(self._process.pid)
        return {"files": process.num_fds(), "children": len(process.children())}

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()


class Summary(io.RawIOBase):
    """Takes what the decoder writes, and keeps its first line and how much followed."""

    def __init__(self) -> None:
        self._line = b""
        self._n_bytes = 0

    def writable(self) -> bool:
        """Return True."""
        return True

    def write(self, content: Any) -> int:
        """Count what comes."""
        n_bytes = len(content)
        if not self._line:
            self._line = bytes(content)
        else:
            self._n_bytes += n_bytes
        return n_bytes

    def code(self) -> str:
        """Return what the server would make of it."""
        header = json.loads(self._line)
        if "error" in header:
            assert header["error"].endswith("."), header["error"]
            return str(header["code"])
        n_samples = header["n_samples"]
        if n_samples * SAMPLE_BYTES != self._n_bytes or not 0 < n_samples < 2**24:
            return f"{n_samples} samples announced, {self._n_bytes} bytes sent"
        return "clip"


def _in_fork(content: bytes, pipe: int) -> None:
    """Do what the decoder process does, and say what came of it."""
    try:
        confine()
        summary = Summary()
        answer(content, summary)  # type: ignore[arg-type]  # has all that is used of a BinaryIO
        said = summary.code()
    except BaseException as error:
        said = f"unnamed {error!r}"
    os.write(pipe, said.encode()[:4000])
    os._exit(0)


def _decoded(content: bytes) -> dict[str, Any]:
    reading, writing = os.pipe()
    started = time.monotonic()
    pid = os.fork()
    if pid == 0:
        _in_fork(content, writing)
    os.close(writing)
    ready, _, _ = select.select([reading], [], [], LIMITS.decode_timeout_s)
    said = os.read(reading, 4000).decode() if ready else f"hangs for {LIMITS.decode_timeout_s:g} s"
    os.close(reading)
    os.kill(pid, signal.SIGKILL)
    _, status, usage = os.wait4(pid, 0)
    if not said:
        said = f"ended its process ({os.waitstatus_to_exitcode(status)})"
    unit = 1024 if sys.platform == "linux" else 1
    return {
        "code": said, "seconds": time.monotonic() - started, "peak_bytes": usage.ru_maxrss * unit
    }  # fmt: skip


def main() -> None:
    """Answer files until there are no more."""
    import av  # noqa: F401  # once, not in each fork

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    while head := sys.stdin.buffer.read(LENGTH.size):
        content = sys.stdin.buffer.read(LENGTH.unpack(head)[0])
        sys.stdout.write(json.dumps(_decoded(content)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()

__all__ = ["MEMORY_BYTES", "Forks", "Outcome"]

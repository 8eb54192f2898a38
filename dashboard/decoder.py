"""Decoding where a crash, a hang or a memory blow-up cannot take the server down.

Audio decoders are large C libraries that read strangers' files. Each clip is decoded in a process
of its own: bytes in on stdin, one line of JSON and float32 samples out on stdout. One such process
waits ready, so that a visitor does not pay for its start. ``python -m dashboard.decoder`` is that
process: it must import nothing but numpy, soundfile and soxr (through ``pipeline.audio``), and
PyAV only for a clip that needs it. It gives up what decoding does not need, see
``dashboard.confinement``.
"""

import contextlib
import json
import logging
import os
import signal
import subprocess
import sys
import threading
import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np

from dashboard.clip_limits import TooWideError, validate_width
from dashboard.confinement import confine
from pipeline.audio import AudioError, Clip, decode
from pipeline.config import ANALYSIS, LIMITS, REPOSITORY

COMMAND = (sys.executable, "-m", "dashboard.decoder")
HEADER_BYTES = 65_536
# All that Python and the libraries need to start; no addresses or passwords of other services.
INHERITED = (
    "PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PYTHONHOME", "PYTHONPATH",
    "VIRTUAL_ENV",
)  # fmt: skip
ONE_THREAD = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}

logger = logging.getLogger(__name__)


class DecodeError(Exception):
    """A clip could not be decoded; ``code`` is the short name of the reason."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass
class Spares:
    """Processes that wait for a clip, and the process that started them."""

    owner: int
    waiting: list[subprocess.Popen[bytes]]


class Decoder:
    """Decodes clips, each in a process of its own.

    Parameters
    ----------
    command : sequence of str
        What to start; tests give programs that misbehave.
    timeout_s : float
        A process that takes longer, reading and answering included, is killed.
    """

    def __init__(
        self, *, command: Sequence[str] = COMMAND, timeout_s: float = LIMITS.decode_timeout_s
    ) -> None:
        self.command = list(command)
        self.timeout_s = timeout_s
        self._lock = threading.Lock()
        self._spares = Spares(os.getpid(), [])
        self._finalizer = weakref.finalize(self, _end_spares, self._spares)

    def prepare(self) -> None:
        """Start the process that waits for the next clip, unless one waits already."""
        with self._lock:
            self._forget_after_fork()
            self._spares.waiting[:] = [p for p in self._spares.waiting if p.poll() is None]
            if not self._spares.waiting and self._finalizer.alive:
                self._spares.waiting.append(self._started())

    def decode(self, content: bytes | memoryview) -> Clip:
        """Return the clip that the bytes of a file hold, mono, at the analysis rate.

        Raises
        ------
        DecodeError
            With the codes of ``pipeline.audio.AudioError``, or ``decode_timeout``,
            ``decode_memory``, ``decode_crashed``.
        """
        if not len(content):
            raise DecodeError("empty", "The file is empty (0 bytes). Choose another one.")
        process = self._taken()
        expired = threading.Event()
        timer = threading.Timer(self.timeout_s, _expire, (process, expired))
        timer.start()
        try:
            header, y = _exchange(process, content)
        except (OSError, ValueError, EOFError) as error:
            raise self._failure(process, expired, error) from error
        finally:
            timer.cancel()
            _end(process)
        if "error" in header:
            raise DecodeError(header["code"], header["error"])
        return Clip(y=y, **header["clip"])

    def close(self) -> None:
        """End the waiting process; no further one is kept ready."""
        with self._lock:
            self._finalizer()

    def _taken(self) -> subprocess.Popen[bytes]:
        """Return a process that waits for a clip, started now if none is ready."""
        with self._lock:
            self._forget_after_fork()
            while self._spares.waiting:
                process = self._spares.waiting.pop()
                if process.poll() is None:
                    return process
                _end(process)
        return self._started()

    def _started(self) -> subprocess.Popen[bytes]:
        environment = {name: os.environ[name] for name in INHERITED if name in os.environ}
        return subprocess.Popen(
            self.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # the MP3 library comments every damaged frame
            cwd=REPOSITORY,
            env={**environment, **ONE_THREAD},
            start_new_session=True,  # Ctrl-C is for the server, which ends its decoders itself
        )

    def _forget_after_fork(self) -> None:
        """Leave the spare of a parent process to it: two workers must not share one pipe."""
        if self._spares.owner != os.getpid():
            self._spares.owner = os.getpid()
            self._spares.waiting.clear()

    def _failure(
        self, process: subprocess.Popen[bytes], expired: threading.Event, error: Exception
    ) -> DecodeError:
        """Return why a process gave no answer."""
        if expired.is_set():
            return DecodeError(
                "decode_timeout",
                f"Reading this file took more than {self.timeout_s:g} s and was stopped. "
                "Export it again, e.g. as WAV, or send a shorter piece.",
            )
        logger.warning("the decoder process ended with status %s: %s", _end(process), error)
        return DecodeError(
            "decode_crashed",
            "Reading this file made the decoder fail: it is probably damaged. Export it again, "
            "e.g. as WAV.",
        )


def _exchange(
    process: subprocess.Popen[bytes], content: bytes | memoryview
) -> tuple[dict[str, Any], np.ndarray]:
    """Send the file, return header and samples; the child reads all before it writes."""
    if process.stdin is None or process.stdout is None:
        raise EOFError("the decoder process has no pipes")
    with process.stdin as stdin:
        stdin.write(content)
    line = process.stdout.readline(HEADER_BYTES)
    if not line.endswith(b"\n"):
        raise EOFError("no answer")
    header = json.loads(line)
    n_samples = int(header.pop("n_samples", 0))
    if n_samples > ANALYSIS.sr * (LIMITS.max_duration_s + 1):
        raise ValueError(f"{n_samples} samples announced")
    y = np.empty(n_samples, dtype=np.float32)
    target = y.data.cast("B")
    filled = 0
    while filled < len(target):
        count = process.stdout.readinto(target[filled:])  # type: ignore[attr-defined]  # a buffered pipe
        if not count:
            raise EOFError(f"{filled} of {len(target)} bytes of samples came")
        filled += count
    return header, y


def _expire(process: subprocess.Popen[bytes], expired: threading.Event) -> None:
    expired.set()
    _kill(process)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a process, and what it may have started: it leads a group of its own."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()


def _end(process: subprocess.Popen[bytes]) -> int:
    """Kill a process if it still runs, close its pipes, and leave no zombie; return its status."""
    _kill(process)
    for pipe in (process.stdin, process.stdout):
        if pipe is not None and not pipe.closed:
            try:
                pipe.close()
            except BrokenPipeError:
                pass  # what was not sent is of no use to a dead process
    return process.wait()


def _end_spares(spares: Spares) -> None:
    if spares.owner == os.getpid():
        while spares.waiting:
            _end(spares.waiting.pop())


def answer(content: bytes, output: BinaryIO) -> None:
    """Write the header line and the samples of a clip, or the reason why there are none."""
    try:
        validate_width(content)
        clip = decode(
            content,
            sr=ANALYSIS.sr,
            max_duration_s=LIMITS.max_duration_s,
            min_duration_s=LIMITS.min_duration_s,
        )
    except TooWideError as error:
        _write_header(output, {"code": error.code, "error": str(error)})
    except AudioError as error:
        _write_header(output, {"code": error.code, "error": _capitalised(str(error))})
    except MemoryError:
        message = "Reading this file takes too much memory. Export it again, e.g. as WAV."
        _write_header(output, {"code": "decode_memory", "error": message})
    else:
        facts = ("sr", "original_sr", "channels", "duration_s", "format")
        header = {name: getattr(clip, name) for name in facts}
        _write_header(output, {"n_samples": len(clip.y), "clip": header})
        output.write(np.ascontiguousarray(clip.y).data.cast("B"))
    output.flush()


def _write_header(output: BinaryIO, header: dict[str, object]) -> None:
    output.write(json.dumps(header).encode() + b"\n")


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def main() -> None:
    """Wait for one clip, answer, end; a server that went away sends nothing."""
    confine()
    content = sys.stdin.buffer.read()
    if content:
        answer(content, sys.stdout.buffer)


if __name__ == "__main__":
    main()

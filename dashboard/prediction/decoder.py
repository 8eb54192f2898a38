"""Decoding where a crash, a hang or a memory blow-up cannot take the server down.

Audio decoders are large C libraries that read strangers' files. Each clip is decoded in a process
of its own: bytes in on stdin, one line of JSON and float32 samples out on stdout. One such process
waits ready, so that a visitor does not pay for its start.
``python -m dashboard.prediction.decoder`` is that process: it must import nothing but numpy,
soundfile and soxr (through ``pipeline.audio``), and PyAV only for a clip that needs it.
It gives up what decoding does not need, see ``dashboard.prediction.confinement``.
"""

import json
import logging
import os
import subprocess
import sys
import threading
import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np

from dashboard.prediction import processes
from dashboard.prediction.clip_limits import TooWideError, validate_width
from dashboard.prediction.confinement import confine
from pipeline.audio import AudioError, Clip, decode
from pipeline.config import ANALYSIS, LIMITS

COMMAND = (sys.executable, "-m", "dashboard.prediction.decoder")
HEADER_BYTES = 65_536

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
                self._spares.waiting.append(processes.started(self.command))

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
        with processes.limited(process, self.timeout_s) as expired:
            try:
                header, y = _exchange(process, content)
            except (OSError, ValueError, EOFError) as error:
                raise self._failure(process, expired, error) from error
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
                processes.end(process)
        return processes.started(self.command)

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
        logger.warning(
            "the decoder process ended with status %s: %s", processes.end(process), error
        )
        return DecodeError(
            "decode_crashed",
            "Reading this file made the decoder fail: it is probably damaged. Export it again, "
            "e.g. as WAV.",
        )


def _exchange(
    process: subprocess.Popen[bytes], content: bytes | memoryview
) -> tuple[dict[str, Any], np.ndarray]:
    """Send the file, return header and samples; the child reads all before it writes."""
    to_process, from_process = processes.pipes(process)
    with to_process as stdin:
        stdin.write(content)
    header = json.loads(processes.line_from(from_process, HEADER_BYTES))
    n_samples = int(header.pop("n_samples", 0))
    if n_samples > ANALYSIS.sr * (LIMITS.max_duration_s + 1):
        raise ValueError(f"{n_samples} samples announced")
    return header, processes.samples_from(from_process, n_samples)


def _end_spares(spares: Spares) -> None:
    if spares.owner == os.getpid():
        while spares.waiting:
            processes.end(spares.waiting.pop())


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
        facts = ("sr", "original_sr", "channels", "duration_s", "format", "announced_s")
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

"""Can a clip be used? Its sound is decoded once; duration, rate, reason and a hash of the samples.

A file's outcome is cached by the SHA-256 of its bytes, so a second run decodes nothing. Must not
import scikit-learn, TensorFlow, LightGBM or ``dashboard``.
"""

import hashlib
import math
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.audio import SILENCE, AudioError
from pipeline.audio.recording import mono_blocks, opened
from pipeline.cache import Cache, digest, source_digest, versions
from pipeline.config import LIMITS
from pipeline.ingest import IngestError
from pipeline.tasks import Advance, Task, run_tasks

PACKAGES = ("numpy", "soundfile", "soxr", "av")
_FULL_SCALE = 2**15
_NOT_HEARD = frozenset({"pipeline.cache", "pipeline.tasks", "pipeline.ingest"})
_HASH_CHUNK = 2**20  # 1 MiB, the unit of progress
_HASH_THREADS = 4  # reading and hashing release the interpreter's lock


@dataclass(frozen=True)
class Inspection:
    """What was heard in a file.

    Attributes
    ----------
    duration_s : float
        NaN if it could not be decoded.
    sr : int or None
        Sampling rate of the file in Hz.
    samples_sha256 : str
        Hash of the decoded samples, "" where there are none.
    reason : str
        Why the clip cannot be used, "" if it can.
    """

    duration_s: float
    sr: int | None
    samples_sha256: str
    reason: str


def inspected(path: Path) -> Inspection:
    """Return what a file of sound holds, in memory that does not grow with its length.

    Silent is a clip whose samples all lie within ``SILENCE`` of one value.

    Raises
    ------
    IngestError
        If the file cannot be read here, which says nothing of its sound.
    """
    try:
        with opened(path) as recording:
            sr = recording.original_sr
            heard = _Heard(sr)
            for block in mono_blocks(recording):
                heard.add(block)
    except AudioError as error:
        if error.code == "unreadable":
            raise IngestError(
                f"{path}: {error} A worker on another machine needs the data folder at this path."
            ) from error
        reason = "empty" if error.code == "empty" else f"corrupt: {error}"
        return Inspection(math.nan, None, "", reason)
    duration_s = heard.n_samples / sr
    reason = ""
    if duration_s < LIMITS.min_duration_s:
        reason = f"too short: {duration_s:.2f} s, at least {LIMITS.min_duration_s:g} s are needed"
    elif (heard.highest - heard.lowest) / 2 < SILENCE:
        reason = "silent"
    return Inspection(duration_s, sr, heard.samples.hexdigest(), reason)


class _Heard:
    """What has passed of a clip: how much, between which values, and a hash of the samples.

    The samples are rounded to 16 bits, so that one recording gives one hash in every lossless
    format (WAV, AU, FLAC), whatever its tags; the hash of the file would miss such copies. Copies
    made by MP3 or at another level or rate differ: ``pipeline.datasets.duplicates`` finds those by
    their features.
    """

    def __init__(self, sr: int) -> None:
        self.n_samples, self.lowest, self.highest = 0, math.inf, -math.inf
        self.samples = hashlib.sha256(f"{sr} Hz".encode())

    def add(self, block: np.ndarray) -> None:
        """Count a block of shape (n_samples,), float32."""
        self.n_samples += len(block)
        self.lowest = min(self.lowest, float(block.min()))
        self.highest = max(self.highest, float(block.max()))
        rounded = np.clip(np.rint(block * _FULL_SCALE), -_FULL_SCALE, _FULL_SCALE - 1)
        self.samples.update(rounded.astype("<i2").tobytes())


def inspections(
    paths: Mapping[Path, str], *, cache: Cache, jobs: Any, advance: Advance
) -> dict[Path, Inspection]:
    """Return what each file holds; in parallel, and from the cache where it was heard before.

    Parameters
    ----------
    paths : mapping of Path to str
        SHA-256 of each file's content.
    cache, jobs, advance
        As in ``pipeline.tasks.run_tasks``.
    """
    source = source_digest(("pipeline.ingest.inspection",), _NOT_HEARD)
    tasks = [
        Task(path.name, digest(sha256, source, versions(PACKAGES)), inspected, {"path": path})
        for path, sha256 in paths.items()
    ]
    found = run_tasks(tasks, cache=cache, jobs=jobs, advance=advance, kind="listening")
    return dict(zip(paths, found, strict=True))


def file_hashes(paths: Sequence[Path], *, advance: Advance) -> dict[Path, str]:
    """Return the SHA-256 of each file.

    Raises
    ------
    IngestError
        If a file cannot be read.
    """
    advance(0, len(paths), "reading files")
    hashes: dict[Path, str] = {}
    pool = ThreadPoolExecutor(_HASH_THREADS)
    try:
        for path, sha256 in zip(paths, pool.map(file_sha256, paths), strict=True):
            hashes[path] = sha256
            advance(len(hashes), len(paths), "reading files")
    finally:
        pool.shutdown(cancel_futures=True)  # Ctrl-C does not wait for thousands of files
    return hashes


def archive_sha256(path: Path, *, advance: Advance) -> str:
    """Return the SHA-256 of a large file, with progress in MiB; see ``file_hashes``."""
    total = path.stat().st_size // _HASH_CHUNK
    label = f"reading {path.name} (MiB)"
    advance(0, total, label)
    return file_sha256(path, read=lambda count: advance(count // _HASH_CHUNK, total, label))


def file_sha256(path: Path, *, read: Callable[[int], None] = lambda count: None) -> str:
    """Return the SHA-256 of a file's content; ``read`` is told the bytes; see ``file_hashes``."""
    state, count = hashlib.sha256(), 0
    try:
        with path.open("rb") as file:
            while chunk := file.read(_HASH_CHUNK):
                state.update(chunk)
                count += len(chunk)
                read(count)
    except OSError as error:
        raise IngestError(
            f"{path} cannot be read ({error.strerror}). Correct its permissions, or leave it out."
        ) from error
    return state.hexdigest()

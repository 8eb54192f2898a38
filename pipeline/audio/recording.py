"""A file or its bytes, opened by the library that can read it, and its sound block by block.

A header's length is never trusted: a recording ends where its sound ends.
"""

import io
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Protocol

import numpy as np
import soundfile
import soxr

from pipeline.audio.errors import AudioError
from pipeline.audio.formats import FFMPEG_KINDS, accepted, is_left_to_ffmpeg
from pipeline.audio.sndfile import SndfileRecording, libsndfile_error
from pipeline.signatures import AUDIO_KINDS, file_kind

MAX_AMPLITUDE = 1e6  # full scale is 1; the square of a spectrum of 1e6 still fits into float32
LOWEST_RATE_HZ, HIGHEST_RATE_HZ = 1_000, 768_000  # outside: a damaged header, not a recording
BLOCK_SAMPLES = 2**18  # over all channels: 1 MB of float32
HEAD_BYTES = 4096

Stream = io.FileIO | io.BytesIO


class Recording(Protocol):
    """An open file: what it is, and its sound from start to end.

    Attributes
    ----------
    format : str
        One of ``ACCEPTED_FORMATS``, or "WAVEX", a kind of WAV.
    original_sr, channels : int
        As in the file; the rate in Hz.
    announced_s : float or None
        How long the file says it is, where that is known to be more than it holds.
    """

    format: str
    original_sr: int
    channels: int
    announced_s: float | None

    def blocks(self, block_samples: int) -> Iterator[np.ndarray]:
        """Yield the mean of the channels, float32, until the sound really ends."""
        ...

    def close(self) -> None:
        """Let go of the library; the stream below stays open."""
        ...


@contextmanager
def opened(source: bytes | Path) -> Iterator[Recording]:
    """Open a file, or the bytes of one.

    Raises
    ------
    AudioError
        ``unreadable`` (no such file), ``empty``, ``not_audio`` or ``broken``.
    """
    try:
        with ExitStack() as stack:
            stream = _stream(source)
            stack.enter_context(stream)
            recording = _recording(stream)
            stack.callback(recording.close)
            _validate_rate(recording.original_sr)
            yield recording
    except OSError as error:
        raise AudioError("unreadable", f"the clip cannot be read: {error}. Check the path.") from (
            error
        )


def mono_blocks(
    recording: Recording, *, max_duration_s: float | None = None
) -> Iterator[np.ndarray]:
    """Yield the sound at its own rate, checked, in float32 blocks of shape (n_frames,).

    Raises
    ------
    AudioError
        ``broken``, ``not_finite``, ``too_long`` as soon as the limit is passed, ``empty`` at the
        end of a file without a sample.
    """
    sr = recording.original_sr
    limit = None if max_duration_s is None else int(max_duration_s * sr)
    n_frames = 0
    for block in recording.blocks(BLOCK_SAMPLES):
        n_frames += len(block)
        if limit is not None and n_frames > limit:
            raise AudioError(
                "too_long", f"a clip may last {limit / sr:g} s; this one is longer. Cut it."
            )
        validate_samples(block)
        yield block
    if n_frames == 0:
        raise AudioError("empty", f"the {recording.format} file holds no samples. Export it again.")


def resampled(blocks: Iterator[np.ndarray], *, original_sr: int, sr: int) -> Iterator[np.ndarray]:
    """Yield blocks at the rate ``sr``; at the rate of the file they pass through untouched."""
    if original_sr == sr:
        yield from blocks
        return
    resampler = soxr.ResampleStream(original_sr, sr, 1, dtype="float32", quality="HQ")
    for block in blocks:
        yield resampler.resample_chunk(block)
    yield resampler.resample_chunk(np.zeros(0, np.float32), last=True)


def validate_samples(y: np.ndarray) -> None:
    """Raise ``AudioError`` (``not_finite``) unless all samples are finite and of usable size."""
    if not y.size:
        return
    # No np.abs: it would copy ten minutes. NaN makes both comparisons false.
    if not (y.max() <= MAX_AMPLITUDE and y.min() >= -MAX_AMPLITUDE):
        raise AudioError(
            "not_finite",
            f"samples must be finite and below {MAX_AMPLITUDE:g} times full scale; this clip has "
            "NaN, infinite or larger ones. Export it again, e.g. as 16-bit WAV.",
        )


def _stream(source: bytes | Path) -> Stream:
    if isinstance(source, Path):
        return source.open("rb", buffering=0)  # libsndfile reads from the same descriptor
    return io.BytesIO(source)


def _recording(stream: Stream) -> Recording:
    """Return the recording in a stream, opened by libsndfile if it can, else by FFmpeg."""
    head = stream.read(HEAD_BYTES)
    stream.seek(0)
    if not head:
        raise AudioError("empty", f"the file is empty (0 bytes). {accepted()}")
    kind = file_kind(head)
    if kind is not None and kind not in AUDIO_KINDS:
        raise AudioError("not_audio", f"this is {kind}. {accepted()}")
    if kind is not None and is_left_to_ffmpeg(kind):
        return _ffmpeg_recording(stream, kind)
    try:
        return SndfileRecording(stream, kind)
    except soundfile.LibsndfileError as error:
        if kind is not None:
            try:
                return _ffmpeg_recording(stream, kind)
            except AudioError:
                pass  # what libsndfile says of its own formats is clearer
        raise libsndfile_error(kind, error) from error


def _ffmpeg_recording(stream: Stream, kind: str) -> Recording:
    # Imported when it is needed: PyAV takes 30 ms, 15 MB of memory and 100 MB of address space.
    from pipeline.audio.ffmpeg import FFmpegRecording

    return FFmpegRecording(stream, kind, FFMPEG_KINDS[kind])


def _validate_rate(sr: int) -> None:
    if not LOWEST_RATE_HZ <= sr <= HIGHEST_RATE_HZ:
        raise AudioError(
            "broken",
            f"the sampling rate must lie in {LOWEST_RATE_HZ}..{HIGHEST_RATE_HZ} Hz; the header "
            f"says {sr}. The file is probably damaged: export it again.",
        )

"""Bytes of an audio file -> mono samples at the analysis rate, and the windows to cut them into.

Files are read and resampled block by block, so that a long clip never needs more memory than its
result and one block; the header's length is not trusted. Whatever cannot be used is an
``AudioError`` with a short code. Runs inside a small decoder process: only numpy, soundfile
(libsndfile) and soxr may be imported here.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
import soundfile
import soxr

from pipeline.config import ANALYSIS, LIMITS
from pipeline.signatures import AUDIO_KINDS, file_kind

ErrorCode = Literal[
    "empty", "not_audio", "broken", "too_short", "too_long", "not_finite", "unreadable"
]

MAX_AMPLITUDE = 1e6  # full scale is 1; the square of a spectrum of 1e6 still fits into float32
LOWEST_RATE_HZ, HIGHEST_RATE_HZ = 1_000, 768_000  # outside: a damaged header, not a recording
BLOCK_SAMPLES = 2**18  # over all channels: 1 MB of float32
WHOLE_CLIP_S = 31.0  # Kaggle's "30-s" rows describe clips of up to 30.65 s as one piece
SHORTEST_TAIL_S = 10.0

_USUAL_FORMATS = ("WAV", "FLAC", "OGG", "MP3", "AIFF", "AU", "CAF", "W64", "RF64")
ACCEPTED_FORMATS: tuple[str, ...] = tuple(
    name for name in _USUAL_FORMATS if name in soundfile.available_formats()
)


class AudioError(Exception):
    """A clip cannot be used.

    Attributes
    ----------
    code : str
        Short name of the reason, one of ``ErrorCode``.
    """

    def __init__(self, code: ErrorCode, message: str) -> None:
        super().__init__(message)
        self.code = code

    def __reduce__(self) -> tuple[type["AudioError"], tuple[str, str]]:
        """Return how to rebuild the error: it travels from the decoder process to the server."""
        return type(self), (self.code, str(self))


@dataclass(frozen=True)
class Clip:
    """A decoded recording.

    Attributes
    ----------
    y : ndarray of shape (n_samples,), float32
        Mean of the channels; full scale is -1..1.
    sr : int
        Rate of ``y`` in Hz.
    original_sr, channels : int
        As in the file.
    duration_s : float
        What was really decoded, whatever the header says.
    format : str
        libsndfile's name, e.g. "WAV".
    """

    y: np.ndarray
    sr: int
    original_sr: int
    channels: int
    duration_s: float
    format: str


class Window(NamedTuple):
    """A piece ``y[start:end]`` of a clip; ``padded`` if it must be lengthened to a full window."""

    start: int
    end: int
    padded: bool


def decode(
    source: bytes | Path,
    *,
    sr: int,
    max_duration_s: float | None = None,
    min_duration_s: float = 0.0,
) -> Clip:
    """Return the clip that a file (or its bytes) holds, mono, resampled to ``sr`` Hz.

    16-bit mono at ``sr`` comes out exactly as integer / 32768. Silence is a valid clip.

    Raises
    ------
    AudioError
        ``unreadable`` (no such file), ``empty``, ``not_audio``, ``broken`` (damaged or of an
        impossible rate), ``not_finite`` (NaN, infinite or absurdly large samples), ``too_short``,
        ``too_long``; decoding stops as soon as the limit is passed.
    """
    try:
        with _opened(source) as stream:
            return _decoded(stream, sr, max_duration_s, min_duration_s)
    except OSError as error:
        raise AudioError("unreadable", f"the clip cannot be read: {error}. Check the path.") from (
            error
        )


def windows(y: np.ndarray, *, sr: int, window_s: Literal[3, 30]) -> list[Window]:
    """Return the windows to analyse in a clip, in order.

    3 s: complete windows on Kaggle's grid (at 22,050 Hz segment ``k`` starts at sample 66150 k
    and is 66,149 long); a remainder is dropped; a shorter clip is one window, flagged as padded.
    30 s: a clip of up to 31 s is one window with its whole length, as in ``features_30_sec.csv``;
    a longer one is cut every 30 s and the last piece is dropped if it is under 10 s.

    Raises
    ------
    AudioError
        ``too_short`` if the clip is shorter than 1 s.
    ValueError
        If ``window_s`` is neither 3 nor 30.
    """
    n_samples = len(y)
    if n_samples < LIMITS.min_duration_s * sr:
        raise _too_short(n_samples / sr, LIMITS.min_duration_s)
    if window_s == 3:
        stride = ANALYSIS.segment_stride * sr // ANALYSIS.sr
        length = _segment_length(sr)
        starts = range(0, n_samples - length + 1, stride)
        return [Window(s, s + length, False) for s in starts] or [Window(0, n_samples, True)]
    if window_s == 30:
        return _long_windows(n_samples, sr)
    raise ValueError(f"window_s must be 3 or 30, got {window_s!r}")


def window_samples(y: np.ndarray, window: Window, *, sr: int) -> np.ndarray:
    """Return the samples of a window; one flagged as padded is reflected up to 3 s."""
    piece = y[window.start : window.end]
    if not window.padded:
        return piece
    return np.pad(piece, (0, _segment_length(sr) - len(piece)), mode="reflect")


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


class _Forward(soundfile.SoundFile):
    """A file that is read from start to end only.

    soundfile seeks after every ``read(n)`` of a seekable file, and a seek inside an MP3 makes the
    decoder lose the overlap of its frames: some 250 wrong samples at every block.
    """

    def seekable(self) -> bool:
        """Return False, whatever the format could do."""
        return False


def _opened(source: bytes | Path) -> io.FileIO | io.BytesIO:
    if isinstance(source, Path):
        return source.open("rb", buffering=0)  # libsndfile reads from the same descriptor
    return io.BytesIO(source)


def _decoded(
    stream: io.FileIO | io.BytesIO, sr: int, max_duration_s: float | None, min_duration_s: float
) -> Clip:
    head = stream.read(4096)
    stream.seek(0)
    if not head:
        raise AudioError("empty", f"the file is empty (0 bytes). {_accepted()}")
    kind = file_kind(head)
    if kind is not None and kind not in AUDIO_KINDS:
        raise AudioError("not_audio", f"this is {kind}. {_accepted()}")
    try:
        # A descriptor, since soundfile would trust a name such as "clip.raw" over the content.
        opened = stream.fileno() if isinstance(stream, io.FileIO) else stream
        with _Forward(opened, closefd=False) as file:
            _validate_header(file)
            limit = None if max_duration_s is None else int(max_duration_s * file.samplerate)
            y, n_frames = _resampled(file, sr, limit)
            original_sr, channels, name = file.samplerate, file.channels, file.format
    except soundfile.LibsndfileError as error:
        raise _unreadable(kind, error) from error
    if n_frames == 0:
        raise AudioError("empty", f"the {name} file holds no samples. Export it again.")
    duration_s = n_frames / original_sr
    if duration_s < min_duration_s:
        raise _too_short(duration_s, min_duration_s)
    return Clip(y, sr, original_sr, channels, duration_s, name)


def _validate_header(file: soundfile.SoundFile) -> None:
    if file.format not in ACCEPTED_FORMATS and file.format != "WAVEX":  # WAVEX: a kind of WAV
        raise AudioError("not_audio", f"this is taken for {file.format_info}. {_accepted()}")
    if not LOWEST_RATE_HZ <= file.samplerate <= HIGHEST_RATE_HZ:
        raise AudioError(
            "broken",
            f"the sampling rate must lie in {LOWEST_RATE_HZ}..{HIGHEST_RATE_HZ} Hz; the header "
            f"says {file.samplerate}. The file is probably damaged: export it again.",
        )


def _resampled(file: soundfile.SoundFile, sr: int, limit: int | None) -> tuple[np.ndarray, int]:
    """Return the mono samples at ``sr`` and the number of frames read at the file's rate."""
    resampler = None
    if file.samplerate != sr:
        resampler = soxr.ResampleStream(file.samplerate, sr, 1, dtype="float32", quality="HQ")
    buffer = bytearray()  # grows in place: no second copy of a long clip when all is read
    n_frames = 0
    for block in _blocks(file):
        n_frames += len(block)
        if limit is not None and n_frames > limit:
            raise AudioError(
                "too_long",
                f"a clip may last {limit / file.samplerate:g} s; this one is longer. Cut it.",
            )
        validate_samples(block)
        buffer += (block if resampler is None else resampler.resample_chunk(block)).tobytes()
    if resampler is not None:
        buffer += resampler.resample_chunk(np.zeros(0, np.float32), last=True).tobytes()
    return np.frombuffer(buffer, dtype=np.float32), n_frames


def _blocks(file: soundfile.SoundFile) -> Iterator[np.ndarray]:
    """Yield the mean of the channels, block by block, until the file really ends."""
    block_frames = max(1, BLOCK_SAMPLES // file.channels)
    while True:
        block = file.read(block_frames, dtype="float32", always_2d=True)
        if not len(block):
            return
        yield block[:, 0] if file.channels == 1 else block.mean(axis=1)


def _long_windows(n_samples: int, sr: int) -> list[Window]:
    if n_samples <= WHOLE_CLIP_S * sr:
        return [Window(0, n_samples, False)]
    stride = 30 * sr
    pieces = [
        Window(start, min(start + stride, n_samples), False)
        for start in range(0, n_samples, stride)
    ]
    last = pieces[-1]
    return pieces if last.end - last.start >= SHORTEST_TAIL_S * sr else pieces[:-1]


def _segment_length(sr: int) -> int:
    return ANALYSIS.segment_length * sr // ANALYSIS.sr


def _too_short(duration_s: float, min_duration_s: float) -> AudioError:
    return AudioError(
        "too_short",
        f"a clip must last at least {min_duration_s:g} s; this one has {duration_s:.2f} s. "
        "Send a longer piece.",
    )


def _unreadable(kind: str | None, error: soundfile.LibsndfileError) -> AudioError:
    reason = error.error_string.strip().removeprefix("Error : ").rstrip(".")
    if kind in AUDIO_KINDS:
        return AudioError(
            "broken", f"this looks like {kind}, but is damaged ({reason}). Export it again."
        )
    return AudioError("not_audio", f"this is no audio that can be read ({reason}). {_accepted()}")


def _accepted() -> str:
    return f"Accepted: {', '.join(ACCEPTED_FORMATS)}."

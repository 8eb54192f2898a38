"""The windows that a clip is analysed in, cut from memory or from a stream.

Both ways give the same windows with the same samples; the stream holds about one window at a time,
however long the file is.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np

from pipeline.audio.errors import too_short
from pipeline.audio.recording import mono_blocks, opened, resampled
from pipeline.config import ANALYSIS, LIMITS

WHOLE_CLIP_S = 31.0  # Kaggle's "30-s" rows describe clips of up to 30.65 s as one piece
SHORTEST_TAIL_S = 10.0


class Window(NamedTuple):
    """A piece ``y[start:end]`` of a clip; ``padded`` if it must be lengthened to a full window."""

    start: int
    end: int
    padded: bool


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
    _validate_duration(n_samples, sr)
    _validate_window_s(window_s)
    if window_s == 30:
        return _long_windows(n_samples, sr)
    stride, length = _segment_stride(sr), _segment_length(sr)
    starts = range(0, n_samples - length + 1, stride)
    return [Window(s, s + length, False) for s in starts] or [Window(0, n_samples, True)]


def window_samples(y: np.ndarray, window: Window, *, sr: int) -> np.ndarray:
    """Return the samples of a window; one flagged as padded is reflected up to 3 s."""
    piece = y[window.start : window.end]
    if not window.padded:
        return piece
    return np.pad(piece, (0, _segment_length(sr) - len(piece)), mode="reflect")


def stream_windows(
    source: bytes | Path, *, sr: int, window_s: Literal[3, 30]
) -> Iterator[tuple[Window, np.ndarray]]:
    """Yield each window of a file with its samples, mono at ``sr`` Hz, in bounded memory.

    The same as ``windows`` over ``decode``, with the samples of ``window_samples``, for a file of
    any length. The file is open until the iterator is exhausted or closed.

    Raises
    ------
    AudioError
        As ``decode`` and ``windows``. A file that is damaged further on has given the windows
        before that place already.
    ValueError
        At once, if ``window_s`` is neither 3 nor 30.
    """
    _validate_window_s(window_s)
    return _streamed(source, sr, window_s)


def _streamed(
    source: bytes | Path, sr: int, window_s: Literal[3, 30]
) -> Iterator[tuple[Window, np.ndarray]]:
    with opened(source) as recording:
        blocks = mono_blocks(recording)
        tape = _Tape(resampled(blocks, original_sr=recording.original_sr, sr=sr))
        yield from _short_pieces(tape, sr) if window_s == 3 else _long_pieces(tape, sr)


class _Tape:
    """Samples as they come; those before ``start`` have been let go."""

    def __init__(self, blocks: Iterator[np.ndarray]) -> None:
        self._blocks = blocks
        self.start = 0
        self.y = np.zeros(0, np.float32)

    def holds(self, n_samples: int) -> bool:
        """Return whether that many samples follow ``start``, reading on where needed."""
        blocks = [self.y]
        missing = n_samples - len(self.y)
        while missing > 0 and (block := next(self._blocks, None)) is not None:
            blocks.append(block)
            missing -= len(block)
        self.y = np.concatenate(blocks) if len(blocks) > 1 else self.y
        return missing <= 0

    def cut(self, n_samples: int) -> tuple[Window, np.ndarray]:
        """Return the next so many samples as a window."""
        return Window(self.start, self.start + n_samples, False), self.y[:n_samples]

    def skip(self, n_samples: int) -> None:
        """Move ``start`` on; the samples before it may lie beyond the end."""
        self.holds(n_samples)
        self.start += n_samples
        self.y = self.y[n_samples:]


def _short_pieces(tape: _Tape, sr: int) -> Iterator[tuple[Window, np.ndarray]]:
    stride, length = _segment_stride(sr), _segment_length(sr)
    while tape.holds(length):
        yield tape.cut(length)
        tape.skip(stride)
    if tape.start == 0:
        _validate_duration(len(tape.y), sr)
        window = Window(0, len(tape.y), True)
        yield window, window_samples(tape.y, window, sr=sr)


def _long_pieces(tape: _Tape, sr: int) -> Iterator[tuple[Window, np.ndarray]]:
    if not tape.holds(int(WHOLE_CLIP_S * sr) + 1):
        _validate_duration(len(tape.y), sr)
        yield tape.cut(len(tape.y))
        return
    stride = 30 * sr
    while tape.holds(stride):
        yield tape.cut(stride)
        tape.skip(stride)
    if len(tape.y) >= SHORTEST_TAIL_S * sr:
        yield tape.cut(len(tape.y))


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


def _segment_stride(sr: int) -> int:
    return ANALYSIS.segment_stride * sr // ANALYSIS.sr


def _segment_length(sr: int) -> int:
    return ANALYSIS.segment_length * sr // ANALYSIS.sr


def _validate_duration(n_samples: int, sr: int) -> None:
    if n_samples < LIMITS.min_duration_s * sr:
        raise too_short(n_samples / sr, LIMITS.min_duration_s)


def _validate_window_s(window_s: int) -> None:
    if window_s not in (3, 30):
        raise ValueError(f"window_s must be 3 or 30, got {window_s!r}")

"""Bytes of an audio file -> mono samples at the analysis rate, or only what one must know of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.audio.errors import too_short
from pipeline.audio.recording import Recording, mono_blocks, opened, resampled

SILENCE = 1e-3  # -60 dB of full scale: below the noise of a quiet room in a 16-bit recording


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
        One of ``ACCEPTED_FORMATS``, or "WAVEX", a kind of WAV.
    announced_s : float or None
        How long the file says it is, where that is known to be more than it holds.
    """

    y: np.ndarray
    sr: int
    original_sr: int
    channels: int
    duration_s: float
    format: str
    announced_s: float | None = None


@dataclass(frozen=True)
class Inspection:
    """What a recording is, learnt by reading all of it.

    Attributes
    ----------
    duration_s : float
        What can really be decoded, whatever the header says.
    original_sr, channels : int
        As in the file; the rate in Hz.
    format : str
        One of ``ACCEPTED_FORMATS``, or "WAVEX", a kind of WAV.
    peak : float
        Largest magnitude of the mean of the channels; full scale is 1.
    """

    duration_s: float
    original_sr: int
    channels: int
    format: str
    peak: float

    @property
    def is_silent(self) -> bool:
        """Whether nothing can be heard; channels that cancel each other are silence too."""
        return self.peak < SILENCE


def decode(
    source: bytes | Path,
    *,
    sr: int,
    max_duration_s: float | None = None,
    min_duration_s: float = 0.0,
) -> Clip:
    """Return the clip that a file (or its bytes) holds, mono, resampled to ``sr`` Hz.

    16-bit mono at ``sr`` comes out exactly as integer / 32768. Silence is a valid clip. A video
    gives its sound.

    Raises
    ------
    AudioError
        ``unreadable`` (no such file), ``empty``, ``not_audio``, ``broken`` (damaged or of an
        impossible rate), ``not_finite`` (NaN, infinite or absurdly large samples), ``too_short``,
        ``too_long``; decoding stops as soon as the limit is passed.
    """
    with opened(source) as recording:
        counted = _Counted(recording, max_duration_s)
        buffer = bytearray()  # grows in place: no second copy of a long clip when all is read
        for block in resampled(iter(counted), original_sr=recording.original_sr, sr=sr):
            buffer += block.tobytes()
        duration_s = counted.duration_s
        if duration_s < min_duration_s:
            raise too_short(duration_s, min_duration_s)
        return Clip(
            y=np.frombuffer(buffer, dtype=np.float32),
            sr=sr,
            original_sr=recording.original_sr,
            channels=recording.channels,
            duration_s=duration_s,
            format=recording.format,
            announced_s=recording.announced_s,
        )


def inspect(source: bytes | Path, *, max_duration_s: float | None = None) -> Inspection:
    """Return what a file (or its bytes) holds, in memory that does not grow with its length.

    Everything is decoded once, so a file that passes can be decoded again.

    Raises
    ------
    AudioError
        As ``decode``, but no length is too short.
    """
    with opened(source) as recording:
        counted = _Counted(recording, max_duration_s)
        peak = max(max(float(block.max()), -float(block.min())) for block in counted)
        return Inspection(
            duration_s=counted.duration_s,
            original_sr=recording.original_sr,
            channels=recording.channels,
            format=recording.format,
            peak=peak,
        )


def is_silent(y: np.ndarray) -> bool:
    """Return whether nothing can be heard in samples; a constant offset cannot.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
        Full scale -1..1; no samples are silent.
    """
    if not len(y):
        return True
    mean = float(y.mean(dtype=np.float64))
    return max(float(y.max()) - mean, mean - float(y.min())) < SILENCE  # np.abs would copy


class _Counted:
    """The blocks of a recording; knows how long those were that have passed."""

    def __init__(self, recording: Recording, max_duration_s: float | None) -> None:
        self._recording = recording
        self._max_duration_s = max_duration_s
        self._n_frames = 0

    def __iter__(self) -> Iterator[np.ndarray]:
        """Yield the checked blocks."""
        for block in mono_blocks(self._recording, max_duration_s=self._max_duration_s):
            self._n_frames += len(block)
            yield block

    @property
    def duration_s(self) -> float:
        """Return the length of what has passed."""
        return self._n_frames / self._recording.original_sr

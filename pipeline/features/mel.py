"""Mel spectrogram of a whole clip, small enough to draw.

For the page, not for models: columns are averages over time, and the hop follows from the length.
Works in blocks, so that ten minutes need no more memory than the clip itself. Must not import
librosa or scipy.
"""

from dataclasses import dataclass

import numpy as np

from pipeline.audio import AudioError, validate_samples
from pipeline.config import ANALYSIS
from pipeline.features.filters import hann_window, mel_filters, mel_frequencies_hz
from pipeline.features.parameters import DRAWING, DrawingParameters
from pipeline.features.signals import validated_signal
from pipeline.features.spectrum import BLOCK_FRAMES

FLOOR_DB = -80.0
SHORTEST_HOP, LONGEST_HOP = 256, 2_048  # samples; beyond one frame, samples would go unseen


@dataclass(frozen=True)
class MelDrawing:
    """A mel spectrogram to draw.

    Attributes
    ----------
    db : ndarray of shape (n_mels, n_columns), float32
        Level relative to the largest, -80..0 dB; the lowest frequency first. All -80 in silence.
    times_s : ndarray of shape (n_columns,)
        Middle of each column.
    frequencies_hz : ndarray of shape (n_mels,)
        Centre of each band.
    """

    db: np.ndarray
    times_s: np.ndarray
    frequencies_hz: np.ndarray


def mel_drawing_decibels(
    y: np.ndarray, *, sr: int, parameters: DrawingParameters = DRAWING
) -> np.ndarray:
    """Return the levels of ``mel_drawing``, columns first: (n_columns, n_mels), float32.

    Raises
    ------
    AudioError
        ``empty`` or ``not_finite``.
    """
    y = validated_signal(y, sr=sr, parameters=parameters, shortest=1)
    drawing = mel_drawing(y, sr=sr, max_columns=parameters.max_columns, n_mels=parameters.n_mels)
    return np.ascontiguousarray(drawing.db.T)


def mel_drawing(y: np.ndarray, *, sr: int, max_columns: int = 600, n_mels: int = 128) -> MelDrawing:
    """Return the mel spectrogram of a clip with at most ``max_columns`` columns.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
    sr : int
        Rate of ``y`` in Hz.
    max_columns : int
        A long clip's column is the mean power of several frames.
    n_mels : int

    Raises
    ------
    AudioError
        ``empty`` or ``not_finite``.
    """
    if not y.size:
        raise AudioError("empty", "the signal has no samples. Send a longer piece.")
    validate_samples(y)
    samples_per_column = max(SHORTEST_HOP, -(-len(y) // max_columns))
    frames_per_column = -(-samples_per_column // LONGEST_HOP)
    hop = -(-samples_per_column // frames_per_column)
    n_columns = -(-len(y) // (hop * frames_per_column))
    power = np.empty((n_columns, n_mels), dtype=np.float32)
    step = max(1, BLOCK_FRAMES // frames_per_column)
    for first in range(0, n_columns, step):
        count = min(step, n_columns - first)
        frames = _frame_powers(y, first * frames_per_column, count * frames_per_column, hop)
        bands = frames @ mel_filters(sr=sr, n_fft=ANALYSIS.n_fft, n_mels=n_mels)
        power[first : first + count] = bands.reshape(count, frames_per_column, -1).mean(axis=1)
    starts = np.arange(n_columns) * frames_per_column * hop
    return MelDrawing(
        db=relative_decibels(power).T,
        times_s=(starts + frames_per_column * hop / 2) / sr,
        frequencies_hz=mel_frequencies_hz(n_mels + 2, fmax_hz=sr / 2)[1:-1],
    )


def _frame_powers(y: np.ndarray, first: int, count: int, hop: int) -> np.ndarray:
    """Return the power spectra of ``count`` frames centred on their hops, zero outside ``y``."""
    n_fft = ANALYSIS.n_fft
    start = first * hop + hop // 2 - n_fft // 2
    stop = start + (count - 1) * hop + n_fft
    piece = np.asarray(y[max(start, 0) : max(stop, 0)], dtype=np.float32)
    before = max(-start, 0)
    piece = np.pad(piece, (before, stop - start - before - len(piece)))
    frames = np.lib.stride_tricks.sliding_window_view(piece, n_fft)[::hop]
    spectra = np.fft.rfft(frames * hann_window(n_fft).astype(np.float32), axis=1)
    return spectra.real**2 + spectra.imag**2


def relative_decibels(power: np.ndarray) -> np.ndarray:
    """Return levels in dB relative to the largest power, -80..0; all -80 in silence."""
    largest = power.max()
    if largest <= 0:
        return np.full_like(power, FLOOR_DB)
    # The first floor keeps zero from the logarithm, the second makes the result's exact.
    relative = np.maximum(power / largest, np.float32(1e-9))
    return np.maximum(10 * np.log10(relative), np.float32(FLOOR_DB))

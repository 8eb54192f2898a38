"""What the pictures of a clip show: arrays with their axes, ready to be drawn by anything.

Time is the first axis of every array. Long clips are thinned to a number of columns that a screen
can show: a waveform's column is the smallest and largest sample in it, a spectrogram's the largest
level, so that no click is lost. Numpy only: the web process may import it.
"""

from dataclasses import dataclass

import numpy as np

from pipeline.config import AnalysisParameters
from pipeline.features.chroma import chroma
from pipeline.features.filters import bin_frequencies_hz, mel_frequencies_hz
from pipeline.features.mel import FLOOR_DB, relative_decibels
from pipeline.features.parameters import MEL, MelParameters
from pipeline.features.sequences import magnitudes
from pipeline.features.signals import validated_signal
from pipeline.features.summary import mel_decibels, mfcc

MAX_COLUMNS = 800
LOWEST_HZ = 40.0  # of a logarithmic axis: below, neither bins nor ears tell pitches apart
TICKS_HZ = (50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000)
MEL_TICKS_HZ = TICKS_HZ[2:]  # the mel axis has no room for the others
PITCH_CLASSES = ("C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B")


@dataclass(frozen=True)
class Waveform:
    """Smallest and largest sample of each column.

    Attributes
    ----------
    times_s : ndarray of shape (n_columns,)
        Middle of each column.
    low, high : ndarray of shape (n_columns,), float32
        Full scale is -1..1.
    """

    times_s: np.ndarray
    low: np.ndarray
    high: np.ndarray


@dataclass(frozen=True)
class Grid:
    """Values over time and a second axis.

    Attributes
    ----------
    values : ndarray of shape (n_columns, n_rows), float32
    times_s : ndarray of shape (n_columns,)
        Middle of each column.
    rows : ndarray of shape (n_rows,)
        Frequency in Hz, or the number of a coefficient or pitch class.
    unit : str
        Of the values.
    """

    values: np.ndarray
    times_s: np.ndarray
    rows: np.ndarray
    unit: str


@dataclass(frozen=True)
class ClipPictures:
    """Everything that is drawn of a clip.

    Attributes
    ----------
    waveform : Waveform
    spectrogram, mel : Grid
        Levels in dB relative to the largest, -80..0.
    mfcc : Grid
        Coefficients 1 to 20; the first is the level, and far larger than the others.
    chroma : Grid
        Energy by pitch class from C, 0..1.
    """

    waveform: Waveform
    spectrogram: Grid
    mel: Grid
    mfcc: Grid
    chroma: Grid


def band_ticks(bands_hz: np.ndarray) -> tuple[np.ndarray, list[str]]:
    """Return places (band numbers, between two bands too) and names of ticks on a mel axis."""
    ticks = [hz for hz in MEL_TICKS_HZ if bands_hz[0] <= hz <= bands_hz[-1]]
    places = np.interp(ticks, bands_hz, np.arange(len(bands_hz)))
    return places, [frequency_name(hz) for hz in ticks]


def frequency_name(hz: float) -> str:
    """Return what an axis calls a frequency: "500 Hz", "2 kHz"."""
    return f"{hz / 1000:g} kHz" if hz >= 1000 else f"{hz:g} Hz"


def waveform(y: np.ndarray, *, sr: int, max_columns: int = MAX_COLUMNS) -> Waveform:
    """Return the outline of a signal with at most ``max_columns`` columns.

    Raises
    ------
    AudioError
        ``empty`` or ``not_finite``.
    """
    y = validated_signal(y, sr=sr, parameters=AnalysisParameters(sr=sr), shortest=1)
    step = -(-len(y) // max_columns)
    starts = np.arange(0, len(y), step)
    ends = np.minimum(starts + step, len(y))
    return Waveform(
        times_s=(starts + ends) / 2 / sr,
        low=np.minimum.reduceat(y, starts),
        high=np.maximum.reduceat(y, starts),
    )


def clip_pictures(
    y: np.ndarray, *, sr: int, max_columns: int = MAX_COLUMNS, parameters: MelParameters = MEL
) -> ClipPictures:
    """Return what is drawn of a clip, all from one transform.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
        Mono, full scale -1..1, at least one frame long. Memory grows by some 2 MB a second: cut
        long clips first.
    sr : int
        Rate of ``y`` in Hz; must be ``parameters.sr``.
    max_columns : int

    Raises
    ------
    AudioError
        ``empty``, ``too_short`` (less than one frame) or ``not_finite``.
    """
    y = validated_signal(y, sr=sr, parameters=parameters, shortest=parameters.n_fft)
    S = magnitudes(y, parameters=parameters)
    power = S * S
    mel_db = mel_decibels(power, sr=sr, n_fft=parameters.n_fft, n_mels=parameters.n_mels)
    times_s = np.arange(len(S)) * parameters.hop_length / sr
    coefficients = mfcc(mel_db, n_mfcc=parameters.n_mfcc)
    classes = chroma(power, sr=sr, n_fft=parameters.n_fft)
    thin = _Thinning(times_s, -(-len(S) // max_columns))
    bands_hz = mel_frequencies_hz(parameters.n_mels + 2, fmax_hz=sr / 2)[1:-1]
    return ClipPictures(
        waveform=waveform(y, sr=sr, max_columns=max_columns),
        spectrogram=thin.loudest(
            relative_decibels(power), bin_frequencies_hz(sr=sr, n_fft=parameters.n_fft)
        ),
        mel=thin.loudest(_relative(mel_db, silent=not S.any()), bands_hz),
        mfcc=thin.average(coefficients, np.arange(1, parameters.n_mfcc + 1), "dB"),
        chroma=thin.average(classes, np.arange(len(PITCH_CLASSES)), "share of the largest"),
    )


def _relative(decibels: np.ndarray, *, silent: bool) -> np.ndarray:
    """Return levels below the largest, -80..0; silence, whose largest is no sound, is all -80."""
    if silent:
        return np.full_like(decibels, FLOOR_DB)
    return np.maximum(decibels - decibels.max(), FLOOR_DB)


@dataclass(frozen=True)
class _Thinning:
    """Joins ``step`` frames to a column."""

    times_s: np.ndarray
    step: int

    def loudest(self, values: np.ndarray, rows: np.ndarray) -> Grid:
        """Return a grid in which a column is the largest level of its frames."""
        starts = np.arange(0, len(values), self.step)
        largest = np.maximum.reduceat(values, starts, axis=0)
        return Grid(largest, self._middles(starts), rows, "dB relative to the loudest")

    def average(self, values: np.ndarray, rows: np.ndarray, unit: str) -> Grid:
        """Return a grid in which a column is the mean of its frames."""
        starts = np.arange(0, len(values), self.step)
        counts = np.diff([*starts, len(values)])[:, None]
        mean = np.add.reduceat(values, starts, axis=0) / counts
        return Grid(mean.astype(np.float32), self._middles(starts), rows, unit)

    def _middles(self, starts: np.ndarray) -> np.ndarray:
        ends = np.minimum(starts + self.step, len(self.times_s)) - 1
        return (self.times_s[starts] + self.times_s[ends]) / 2
